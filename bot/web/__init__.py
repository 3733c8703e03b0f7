"""How Slack's payloads come in, by a connection or by requests, and where it is told whether Knobot is well."""

from bot.web.doors import Doors
from bot.web.figures import Figures

__all__ = ["Doors", "Figures"]
