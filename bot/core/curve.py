"""How a namespace fared over a time: how many Services were in trouble, and how often traffic moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.core.updates import FAILURES, News

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from zoneinfo import ZoneInfo

    from bot.core.model import ServiceKey
    from bot.core.stories import Piece

POINTS = 12
"""How many points a curve has; Slack's charts take twenty."""


@dataclass(frozen=True, slots=True)
class Curve:
    """For each span of time its end as a label, how many Services were in trouble in it, how often traffic moved."""

    labels: tuple[str, ...]
    troubled: tuple[int, ...]
    moves: tuple[int, ...]


def curve(
    pieces: Sequence[Piece], broken: Collection[ServiceKey], since: datetime, now: datetime, zone: ZoneInfo
) -> Curve:
    """Return the curve from `since` to `now`.

    Args:
        pieces: what happened in that time, oldest first.
        broken: the Services that are not Ready at its end.
        since: its beginning.
        now: its end.
        zone: for the labels.
    """
    step = max((now - since) / POINTS, timedelta(seconds=1))
    ends = [since + step * number for number in range(1, POINTS + 1)]
    spans = _troubles(pieces, broken, since, now)
    form = "%H:%M" if now - since <= timedelta(days=1, hours=1) else "%a %H:%M"
    return Curve(
        tuple(f"{end.astimezone(zone):{form}}" for end in ends),
        tuple(len({key for key, begin, over in spans if begin < end and over > end - step}) for end in ends),
        tuple(
            sum(piece.update.news is News.TRAFFIC and end - step < piece.at <= end for piece in pieces) for end in ends
        ),
    )


def _troubles(
    pieces: Sequence[Piece], broken: Collection[ServiceKey], since: datetime, now: datetime
) -> list[tuple[ServiceKey, datetime, datetime]]:
    """Return who was in trouble from when to when."""
    later = now + timedelta(seconds=1)
    open_since: dict[ServiceKey, datetime] = {}
    spans = []
    heard = set()
    for piece in pieces:
        key, news = piece.key, piece.update.news
        if news in FAILURES:
            open_since.setdefault(key, piece.at)
        elif news in (News.BACK, News.GONE):
            # Nothing was heard of its beginning: then it began before this time.
            begun = open_since.pop(key, since if news is News.BACK and key not in heard else None)
            spans += [(key, begun, piece.at)] if begun else []
        if news in FAILURES or news is News.BACK:
            heard.add(key)
    spans += [(key, begun, later) for key, begun in open_since.items()]
    return spans + [(key, since, later) for key in broken if key not in heard]
