"""Bolt listeners by surface. `register` lists them all; each turns a payload into one call of `Operations`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.handlers import actions, commands, home, mentions, news, shortcuts, views

if TYPE_CHECKING:
    from slack_bolt import App

    from bot.core.panels import Seal
    from bot.operations import Operations


def register(app: App, operations: Operations, command: str, me: str, seal: Seal) -> None:
    """Register every listener on `app`; `me` is the user id of the bot, `seal` closes the tickets of modals."""
    commands.register(app, operations, command)
    actions.register(app, operations)
    mentions.register(app, operations, me)
    views.register(app, operations, command, seal)
    shortcuts.register(app, operations)
    home.register(app, operations)
    news.register(app, operations)
