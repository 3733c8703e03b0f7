"""Whether Knobot is well, part by part, as it is at the moment of asking."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.errors import BotError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slack_bolt.adapter.socket_mode import SocketModeHandler

    from bot.knative.reflector import Reflector

REMEMBERED = 20.0
"""Seconds for which an answer of Slack's Web API is believed, so that probes do not use up its limits."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that Knobot needs; `fault` is what is wrong with it, "" when nothing is."""

    name: str
    fault: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.fault or 'ok'}"


class Health:
    """Asks all parts.

    Args:
        parts: name → what returns the fault of that part, or ""; a BotError that it raises is one too.
    """

    def __init__(self, parts: Mapping[str, Callable[[], str]]) -> None:
        self._parts = parts

    def look(self) -> tuple[Part, ...]:
        """Return all parts as they are now; may take some seconds."""
        return tuple(Part(name, _fault(ask)) for name, ask in self._parts.items())


def _fault(ask: Callable[[], str]) -> str:
    try:
        return ask()
    except BotError as error:
        return error.message


def socket_health(handler: SocketModeHandler) -> Callable[[], str]:
    """Return what asks whether the connection of Socket Mode is open."""
    return lambda: "" if handler.client.is_connected() else "not connected"


def web_api_health(ask: Callable[[], object], now: Callable[[], float] = time.monotonic) -> Callable[[], str]:
    """Return what tells whether Slack answers, where it calls Knobot: an answer to `ask` is believed for a while."""
    lock = threading.Lock()
    said: list[tuple[float, str]] = []

    def fault() -> str:
        with lock:
            if not said or said[-1][0] <= now():
                said[:] = [(now() + REMEMBERED, _fault(lambda: "" if ask() else "no answer"))]
            return said[-1][1]

    return fault


def watch_health(reflector: Reflector) -> Callable[[], str]:
    """Return what tells whether the copy of a cluster's Services is whole and kept up to date."""

    def fault() -> str:
        health = reflector.health()
        if not health.synced:
            return "Services are not known yet"
        if not health.fresh:
            return f"nothing has been heard of it for {max(health.broken, health.age or 0):.0f} s"
        return ""

    return fault
