"""The slash command: its text is the whole conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.core.errors import Invalid
from bot.handlers.boundary import guarded

if TYPE_CHECKING:
    from slack_bolt import App

    from bot.core.ports import Addressee
    from bot.operations import Operations


def register(app: App, operations: Operations, command: str) -> None:
    """Listen to the slash command of this name."""

    def submit(body: dict[str, Any], to: Addressee) -> None:
        text = body.get("text", "")
        if not isinstance(text, str):
            raise Invalid("Slack sent no text that can be read.", "Type the command once more.")
        operations.submit(text, to)

    app.command(command)(guarded(operations, submit))
