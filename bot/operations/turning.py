"""What is turned away before anybody is known by it: counted, and put on record once a minute.

A request that Slack has not signed is nobody's. A row of the audit log for each would let strangers fill it, and none
would leave an attack off the record. So all that comes within a minute is one row: how often, why, from where, from
when to when. Nothing that stood in it is kept.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.operations.world import World

TOGETHER = timedelta(minutes=1)
"""How long after the first that was turned away all of them are put on record."""
SOURCES = 5
"""How many addresses are named: whoever floods has as many as they like."""


@dataclass(slots=True)
class _Count:
    """What was turned away since it was last put on record."""

    since: datetime
    until: datetime
    reasons: Counter[str] = field(default_factory=Counter)
    sources: dict[str, None] = field(default_factory=dict)


class Turnstile:
    """Counts what was turned away in this process; safe to share between threads."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lock = threading.Lock()
        self._count: _Count | None = None

    def turn_away(self, reason: str, source: str = "") -> None:
        """Count one.

        Args:
            reason: why, in words of Knobot's own, of which there are few.
            source: the address that it came from, "" where Slack itself brought it.
        """
        now = self._world.clock.now()
        with self._lock:
            count = self._count = self._count or _Count(now, now)
            count.until = now
            count.reasons[reason] += 1
            if source and len(count.sources) <= SOURCES:
                count.sources[source] = None

    def record(self, *, at_once: bool = False) -> None:
        """Put what was counted on record, if the first of it is a minute old; `at_once`, whatever its age.

        Raises:
            Unavailable: the database did not answer; it is kept for the next time.
        """
        now = self._world.clock.now()
        with self._lock:
            count = self._count
            if count is None or (not at_once and now - count.since < TOGETHER):
                return
            self._count = None
        sources = list(count.sources)
        named = (*sources[:SOURCES], *(["others"] if len(sources) > SOURCES else []))
        try:
            self._world.store.turned_away(count.reasons, named, count.since, count.until, now)
        except BaseException:
            self._put_back(count)
            raise

    def _put_back(self, count: _Count) -> None:
        with self._lock:
            newer, self._count = self._count, count
            if newer:
                count.until = newer.until
                count.reasons.update(newer.reasons)
                for source in newer.sources:
                    if len(count.sources) <= SOURCES:
                        count.sources[source] = None
