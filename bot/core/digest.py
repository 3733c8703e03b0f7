"""What a digest says about a namespace: what needs a person, what has changed, and one line when all is well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.core.curve import Curve, curve
from bot.core.lingering import Ground, Line, lingering
from bot.core.model import Truth
from bot.core.updates import Update

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Changed:
    """What happened to one Service, oldest first."""

    name: str
    updates: tuple[Update, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """The state of a namespace: how many Services, how many of them Ready, what lingers, worst first, what has changed.

    `since` is when the time began that `changed`, `figures` and `curve` are about. `pods` is how many run.
    """

    namespace: str
    total: int
    ready: int
    lines: tuple[Line, ...] = ()
    changed: tuple[Changed, ...] = ()
    since: datetime | None = None
    pods: int = 0
    figures: tuple[str, ...] = ()
    curve: Curve | None = None

    @property
    def well(self) -> bool:
        """Whether there is nothing that a person should look at."""
        return self.ready == self.total and not self.lines


def digest(ground: Ground) -> Digest:
    """Return what a digest says."""
    news = [piece for piece in ground.pieces if piece.at > ground.since]
    changed: dict[str, list[Update]] = {}
    for piece in news:
        changed.setdefault(piece.key.name, []).append(piece.update)
    broken = {service.key for service in ground.services if service.ready is Truth.FALSE}
    return Digest(
        ground.namespace,
        len(ground.services),
        sum(service.ready is Truth.TRUE for service in ground.services),
        tuple(lingering(ground)),
        tuple(Changed(name, tuple(updates)) for name, updates in changed.items()),
        ground.since,
        sum(revision.replicas or 0 for revision in ground.revisions),
        tuple(_figures(ground.figures)),
        curve(news, broken, ground.since, ground.now, ground.zone) if news else None,
    )


def _figures(figures: Mapping[str, float | None]) -> Iterator[str]:
    requests, success = figures.get("requests"), figures.get("success")
    if requests is not None:
        yield f"{requests:,.0f} requests"
        if success is not None and requests:
            yield f"{success:.4g}% of them without an error"
