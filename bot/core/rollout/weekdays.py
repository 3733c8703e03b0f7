"""Hours of weekdays in which a rollout may go on by itself: a step at night is one that nobody watches."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from bot.core.errors import Invalid
from bot.core.timezone import zone
from bot.core.week import MIDNIGHT, clock

SATURDAY = 5
_HOURS = re.compile(r"(\d{1,2})(?::(\d{2}))?-(\d{1,2})(?::(\d{2}))?\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Weekdays:
    """Mondays to Fridays from `first` up to `last`, in minutes after midnight of `timezone`."""

    first: int
    last: int
    timezone: str

    def __str__(self) -> str:
        return f"{clock(self.first)}-{clock(self.last)}"

    def opens(self, at: datetime) -> datetime:
        """Return the first moment from `at` on (which has an offset) that lies within, in UTC."""
        local = at.astimezone(zone(self.timezone))
        for ahead in range(8):
            day = local.date() + timedelta(days=ahead)
            if day.weekday() >= SATURDAY:
                continue
            opening, closing = (self._moment(day.year, day.month, day.day, bound) for bound in (self.first, self.last))
            if at < closing:
                return max(opening, at.astimezone(UTC))
        raise AssertionError("a week without a weekday")

    def _moment(self, year: int, month: int, day: int, minutes: int) -> datetime:
        midnight = datetime(year, month, day) + timedelta(days=minutes // MIDNIGHT)  # noqa: DTZ001 # its zone comes now
        at = time(minutes % MIDNIGHT // 60, minutes % 60)
        return datetime.combine(midnight.date(), at, zone(self.timezone)).astimezone(UTC)


def parse(text: str, timezone: str) -> Weekdays:
    """Return the hours that `text` tells, as in 9-17 or 09:00-17:30.

    Raises:
        Invalid: it tells none, or it would never open.
    """
    found = _HOURS.match(text)
    if found is None:
        raise Invalid(f"“{text}” is not a span of hours.", "Write it as 9-17 or 09:00-17:30.")
    first, last = (int(found[group]) * 60 + int(found[group + 1] or 0) for group in (1, 3))
    if not 0 <= first < last <= MIDNIGHT or max(int(found[2] or 0), int(found[4] or 0)) > 59:
        raise Invalid(f"“{text}” is no time of a day.", "Write it as 9-17 or 09:00-17:30.")
    return Weekdays(first, last, zone(timezone).key)
