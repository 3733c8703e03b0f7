"""News of people, user groups and channels: what was known of them is asked anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.handlers.boundary import NEWS, noted

if TYPE_CHECKING:
    from slack_bolt import App

    from bot.operations import Operations


def register(app: App, operations: Operations) -> None:
    """Listen to all events that tell of such a change."""
    for event in NEWS:
        app.event(event)(noted(operations.forget))
