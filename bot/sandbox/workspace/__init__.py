"""An embedded Slack workspace: what a bot and its users need of Slack, on loopback, with Slack's own refusals."""

from __future__ import annotations

from bot.sandbox.workspace.server import Workspace
from bot.sandbox.workspace.state import Person, Room, Usergroup

__all__ = ["Person", "Room", "Usergroup", "Workspace"]
