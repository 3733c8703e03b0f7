"""files.*: the first and the last of an upload's three steps; `workspace.files` takes the bytes in between."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.sandbox.workspace.contents import read_content, structured
from bot.sandbox.workspace.errors import SlackError
from bot.sandbox.workspace.messages import Content

if TYPE_CHECKING:
    from bot.sandbox.workspace.files import File
    from bot.sandbox.workspace.messages import Conversation
    from bot.sandbox.workspace.methods.call import Answer, Call

CHANNELS = 100


def get_upload_url(call: Call) -> Answer:
    name, length = call.required("filename"), call.required("length")
    if not length.isdecimal() or int(length) == 0:
        raise SlackError("invalid_arguments", ["must be greater than 0 [json-pointer:/length]"])
    file = call.slack.files.announce(name, int(length))
    return {"upload_url": f"{call.origin}/upload/v1/{file.ticket}", "file_id": file.id}


def complete_upload(call: Call) -> Answer:
    """Share uploaded files in one message for each channel; without a channel they stay private."""
    wanted = structured(call.required_value("files"), "invalid_arguments")
    if not isinstance(wanted, list) or not wanted or not all(isinstance(one, dict) and "id" in one for one in wanted):
        raise SlackError("invalid_arguments", ["must provide an array of objects with id [json-pointer:/files]"])
    conversations = _destinations(call)
    files = [call.slack.files.complete(str(one["id"]), str(one.get("title") or "")) for one in wanted]
    shown = [_shown(call, file) for file in files]
    comment = {"text": call.optional("initial_comment"), "blocks": call.args.get("blocks")}
    content = read_content(comment) if any(comment.values()) else Content()
    for conversation in conversations:
        call.slack.post(
            conversation, call.slack.bot, replace(content, files=shown), thread_ts=call.optional("thread_ts")
        )
    return {"files": shown}


def info(call: Call) -> Answer:
    return {"file": _shown(call, call.slack.files.get(call.required("file")))}


def _shown(call: Call, file: File) -> dict[str, Any]:
    return file.as_json(call.slack.bot, call.origin, int(call.slack.clock.now()))


def _destinations(call: Call) -> list[Conversation]:
    named = call.optional("channel_id") or call.optional("channels") or ""
    ids = [one for one in named.split(",") if one]
    if len(ids) > CHANNELS:
        raise SlackError("channel_limit_exceeded")
    found = [call.slack.conversation(one) for one in ids]
    conversations = [one for one in found if one is not None]
    if len(conversations) < len(ids):
        raise SlackError("channel_not_found")
    if any(call.slack.bot.id not in call.slack.members(one) for one in conversations):
        raise SlackError("not_in_channel")
    return conversations
