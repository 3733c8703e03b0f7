"""What people say to Knobot in messages: `@knobot status hello`, in threads too, and anything in direct messages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.core.errors import Invalid
from bot.handlers.boundary import guarded

if TYPE_CHECKING:
    from slack_bolt import App

    from bot.core.ports import Addressee
    from bot.operations import Operations


def register(app: App, operations: Operations, me: str) -> None:
    """Listen to mentions of the user `me`, which is Knobot, and to direct messages."""
    mention = re.compile(rf"<@{re.escape(me)}(?:\|[^>]*)?>[\s:,]*")

    def hear(body: dict[str, Any], to: Addressee) -> None:
        event = body["event"]
        text, identity = event.get("text"), body.get("event_id")
        if not (isinstance(text, str) and isinstance(identity, str) and identity):
            raise Invalid("Slack sent no text that can be read.", "Write it once more.")
        before, *after = mention.split(text, maxsplit=1)
        operations.hear((after[0] if after else "").strip() or before.strip(), to, identity)

    def direct(body: dict[str, Any], to: Addressee) -> None:
        if body["event"].get("channel_type") == "im":  # what is said in channels is not for Knobot
            hear(body, to)

    app.event("app_mention")(guarded(operations, hear))
    app.event("message")(guarded(operations, direct))
