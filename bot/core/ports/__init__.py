"""What the core's use cases need from the world, as Protocols; adapters stand behind them, fakes in tests.

All of them may raise `errors.Unavailable`; each method names what else it raises.
"""

from __future__ import annotations

from bot.core.ports.knative import Glance, HttpRequest, Knative, LogStream, Response, Sight, Written
from bot.core.ports.metrics import Metrics
from bot.core.ports.slack import BUSY, Addressee, Channel, Directory, PanelHandle, Panels
from bot.core.ports.store import Store
from bot.core.ports.tally import Tally
from bot.core.ports.time import Calendar, Clock
from bot.core.ports.voice import Chronicle, Watches

__all__ = [
    "BUSY",
    "Addressee",
    "Calendar",
    "Channel",
    "Chronicle",
    "Clock",
    "Directory",
    "Glance",
    "HttpRequest",
    "Knative",
    "LogStream",
    "Metrics",
    "PanelHandle",
    "Panels",
    "Response",
    "Sight",
    "Store",
    "Tally",
    "Watches",
    "Written",
]
