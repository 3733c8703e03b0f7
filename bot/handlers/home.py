"""The home tab: published when somebody opens it. Its buttons name a change or a channel, and give no right to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.core.commands import Pick
from bot.handlers.actions import value
from bot.handlers.boundary import guarded

if TYPE_CHECKING:
    from slack_bolt import App

    from bot.core.ports import Addressee
    from bot.operations import Operations


def register(app: App, operations: Operations) -> None:
    """Listen to whoever opens the home tab."""

    def opened(body: dict[str, Any], to: Addressee) -> None:
        if body["event"].get("tab") == "home":
            operations.homes.open(to.person)

    def pick(body: dict[str, Any], to: Addressee) -> None:
        operations.forms.begin(Pick(), operations.homes.at(value(body), to))

    app.event("app_home_opened")(guarded(operations, opened))
    app.action("home-pick")(guarded(operations, pick))
