"""What a digest says about a namespace: what needs a person first, and one line when all is well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core import references, traffic
from bot.core.model import Truth
from bot.core.progress import explain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.model import Service


@dataclass(frozen=True, slots=True)
class Line:
    """One Service that needs a look; `urgent` when people may be hurt by it now."""

    name: str
    text: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Digest:
    """The state of a namespace: how many Services, how many of them Ready, and what lingers, worst first."""

    namespace: str
    total: int
    ready: int
    lines: tuple[Line, ...]


def digest(namespace: str, services: Sequence[Service]) -> Digest:
    """Return what a digest of these Services says."""
    lines = [line for service in services for line in _lines(service)]
    ready = sum(service.ready is Truth.TRUE for service in services)
    return Digest(namespace, len(services), ready, tuple(sorted(lines, key=lambda line: (not line.urgent, line.name))))


def _lines(service: Service) -> list[Line]:
    name = service.key.name
    found = []
    if service.ready is Truth.FALSE:
        route = service.condition("RoutesReady")
        serves = route is not None and route.status is Truth.TRUE
        why = explain(service.condition("Ready"))
        found.append(Line(name, f"not Ready: {why}{' — an older Revision still serves' if serves else ''}", not serves))
    shares = traffic.percents(service.traffic)
    if len(shares) > 1:
        found.append(Line(name, "split " + ", ".join(f"{percent}% {where}" for where, percent in shares.items())))
    elif shares and references.FOLLOW not in shares and service.latest_ready and service.latest_ready not in shares:
        pinned = next(iter(shares))
        found.append(Line(name, f"pinned to {pinned} while {service.latest_ready} waits"))
    return found
