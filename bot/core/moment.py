"""A moment to come, as people name it: text → Moment, which means one time when the present and the zone are known.

moment = time | day [ SP time ] | date [ ( SP / "T" ) time ]
day    = "today" | "tomorrow" | "mon" | "monday" | …                 ; the next one
time   = hour ":" minute                                             ; 24 hours; without it the day's beginning
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.core.errors import Invalid
from bot.core.week import MIDNIGHT, minutes, weekday

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

EXAMPLES = "Write it as 18:00, “tomorrow 09:00”, “mon 08:00” or “2026-12-24 08:00”."
_SOON = ("today", "tomorrow")


@dataclass(frozen=True, slots=True)
class Moment:
    """The time `clock` on the day `day`: a date, a weekday (0 is Monday), "today", "tomorrow", or None for the next."""

    text: str
    clock: time
    day: date | int | str | None = None

    def after(self, now: datetime, zone: ZoneInfo) -> datetime:
        """Return the moment that is meant after `now`.

        Raises:
            Invalid: it is over.
        """
        here = now.astimezone(zone)
        match self.day:
            case date():
                day = self.day
            case int():
                day = here.date() + timedelta(days=(self.day - here.weekday()) % 7)
            case "tomorrow":
                day = here.date() + timedelta(days=1)
            case _:
                day = here.date()
        found = datetime.combine(day, self.clock, zone)
        if found <= now and not isinstance(self.day, date | str):
            found = datetime.combine(day + timedelta(days=1 if self.day is None else 7), self.clock, zone)
        if found <= now:
            raise Invalid(f"“{self.text}” is over already.", EXAMPLES)
        return found


def parse(text: str) -> Moment:
    """Return the moment that `text` tells.

    Raises:
        Invalid: it tells none.
    """
    words = text.lower().replace("t", " ").split() if re.match(r"\d{4}-", text) else text.lower().split()
    clock = _clock(words[-1], text) if words and ":" in words[-1] else None
    days = words[:-1] if clock else words
    if len(days) > 1 or not words:
        raise Invalid(f"“{text}” is not a moment to come.", EXAMPLES)
    return Moment(text, clock or time(), _day(days[0], text) if days else None)


def _clock(word: str, text: str) -> time:
    found = minutes(word)
    if found is None or found == MIDNIGHT:
        raise Invalid(f"“{word}” in “{text}” is not a time of day.", EXAMPLES)
    return time(found // 60, found % 60)


def _day(word: str, text: str) -> date | int | str:
    if word in _SOON:
        return word
    named = weekday(word)
    if named is not None:
        return named
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise Invalid(f"“{word}” in “{text}” is not a day.", EXAMPLES) from None
