"""Shortcuts in the menu of a message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.handlers.boundary import guarded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_bolt import App

    from bot.core.ports import Addressee
    from bot.operations import Operations

DEPLOY_IMAGE = "deploy-image"
DEEPEST = 20
"""How many levels of blocks within blocks are read."""


def register(app: App, operations: Operations) -> None:
    """Listen to the shortcuts."""

    def deploy_image(body: dict[str, Any], to: Addressee) -> None:
        operations.forms.deploy_image("\n".join(_said(body.get("message"))), to)

    app.message_shortcut(DEPLOY_IMAGE)(guarded(operations, deploy_image))


def _said(part: Any, depth: int = 0) -> Iterator[str]:
    """Yield every text of a message: programs say what they have built in blocks and attachments."""
    if depth > DEEPEST:
        return
    if isinstance(part, dict):
        yield from (value for name in ("text", "fallback", "value") if isinstance(value := part.get(name), str))
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    for value in inner:
        if isinstance(value, dict | list):
            yield from _said(value, depth + 1)
