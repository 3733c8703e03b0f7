"""Reads what a bot wants to say out of a call, and refuses what Slack would refuse."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

from bot.sandbox.workspace.blockkit import INTERACTIVE, TOTAL_CHARACTERS, characters, message_problems, view_problems
from bot.sandbox.workspace.errors import SlackError
from bot.sandbox.workspace.messages import Content

if TYPE_CHECKING:
    from collections.abc import Mapping

POST_LIMIT = 40_000
"""Slack truncates longer texts of chat.postMessage."""
UPDATE_LIMIT = 4_000
"""Slack refuses longer texts of chat.update."""
VIEW_LIMIT = 250_000
"""Slack refuses views of more bytes."""
NO_TEXT = "This content can't be displayed."


def read_content(args: Mapping[str, Any], *, total_limit: bool = True) -> Content:
    """The text, blocks and attachments of a call.

    Args:
        args: the call's arguments; lists may be JSON in a string, as form-encoded calls have them.
        total_limit: whether the sum of all text in blocks is limited; for response URLs Slack has been seen not to.

    Raises:
        SlackError: no_text, invalid_blocks_format, invalid_blocks, msg_blocks_too_long, invalid_attachments …
    """
    blocks = structured(args.get("blocks"), "invalid_blocks_format") or []
    attachments = structured(args.get("attachments"), "invalid_attachments") or []
    text = args.get("text") or ""
    if not isinstance(text, str):
        raise SlackError("invalid_arguments", ["must provide a string [json-pointer:/text]"])
    if not (text or blocks or attachments):
        raise SlackError("no_text")
    if problems := message_problems(blocks):
        raise SlackError("invalid_blocks", problems)
    if total_limit and characters(blocks) > TOTAL_CHARACTERS:
        raise SlackError("msg_blocks_too_long")
    for block in (*blocks, *_attached_blocks(attachments)):
        name_block(block)
    return Content(
        text=(text or (NO_TEXT if blocks else ""))[:POST_LIMIT],
        blocks=blocks,
        attachments=attachments,
        metadata=structured(args.get("metadata"), "invalid_metadata_format"),
    )


def _attached_blocks(attachments: Any) -> list[dict[str, Any]]:
    """The blocks within attachments. Slack holds them to the same rules."""
    if not isinstance(attachments, list) or not all(isinstance(entry, dict) for entry in attachments):
        raise SlackError("invalid_attachments")
    found: list[dict[str, Any]] = []
    for index, attachment in enumerate(attachments):
        if problems := message_problems(attachment.get("blocks") or [], f"/attachments/{index}/blocks"):
            raise SlackError("invalid_attachments", problems)
        found += attachment.get("blocks") or []
    return found


def structured(value: Any, error: str) -> Any:
    """A list or object that may have come as JSON in a string."""
    if not isinstance(value, str):
        return value
    if not value:
        return None
    try:
        return json.loads(value)
    except ValueError:
        raise SlackError(error) from None


def read_view(value: Any, surface: str, at: str = "/view") -> dict[str, Any]:
    """A modal ("modal") or home tab ("home") as an app defines it.

    Raises:
        SlackError: invalid_arguments with what is wrong, or view_too_large.
    """
    view = structured(value, "invalid_arguments")
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments", [f"must provide an object [json-pointer:{at}]"])
    if len(json.dumps(view)) > VIEW_LIMIT:
        raise SlackError("view_too_large")
    problems = [str(problem) for problem in view_problems(view, at)]
    if not problems and view["type"] != surface:
        problems = [f"must be of type {surface} [json-pointer:{at}/type]"]
    if problems:
        raise SlackError("invalid_arguments", problems)
    for block in view["blocks"]:
        name_block(block)
    return view


def name_block(block: dict[str, Any]) -> None:
    """Give a block and its elements ids where they have none, as Slack does, so that a click can be told."""
    block.setdefault("block_id", secrets.token_urlsafe(4))
    for element in (*block.get("elements", ()), block.get("accessory"), block.get("element")):
        if isinstance(element, dict) and element.get("type", "") in INTERACTIVE:
            element.setdefault("action_id", secrets.token_urlsafe(4))
