"""Locks: one person asks everybody else to leave a Service as it is, and says why.

A lock has one owner and ends by their word, by its own time, or by somebody who takes it over and is named for it. One
that is left lying around is asked about, once a working day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.core import duration
from bot.core.change import Person
from bot.core.model import ServiceKey

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

FORGOTTEN = timedelta(hours=8)
"""A lock that is older than this, and has no end of its own, may have been forgotten."""
WORKING_DAYS = range(5)
WORKING_HOURS = range(9, 17)
"""When people are asked, by the clock of the team's time zone."""


@dataclass(frozen=True, slots=True)
class Lock:
    """Who has locked a Service, and why.

    `id` is random: a button that carries it is about this lock and no later one. `name` is the owner's as it was, for
    sentences that cannot mention people. `channel` is where it was locked, and where it is asked about. `until` is when
    it ends by itself; `nagged` when it was asked about last.
    """

    id: str
    key: ServiceKey
    owner: Person
    name: str
    channel: str
    reason: str
    since: datetime
    until: datetime | None = None
    nagged: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether its time is not over."""
        return self.until is None or now < self.until

    def sentence(self, now: datetime) -> str:
        """Say that it is locked, by whom, since when and why, without markup."""
        why = f": {self.reason}" if self.reason else ""
        return f"{self.key} is locked by {self.name}, {duration.words(now - self.since)} ago{why}"


def forgotten(lock: Lock, now: datetime, zone: ZoneInfo) -> bool:
    """Whether its owner should be asked now whether it is still needed: in working hours, once a day."""
    here = now.astimezone(zone)
    working = here.weekday() in WORKING_DAYS and here.hour in WORKING_HOURS
    asked = lock.nagged is not None and lock.nagged.astimezone(zone).date() == here.date()
    return lock.until is None and now - lock.since >= FORGOTTEN and working and not asked
