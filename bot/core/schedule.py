"""When a digest is due, in words: text → Schedule, Schedule → text.

schedule = days SP time | "every" SP number unit | cron
days     = "daily" | "weekdays" | "weekends" | day *( "," day )      ; "mon" or "monday"
time     = hour ":" minute                                           ; 24 hours
unit     = "m" | "h" | "d"
cron     = five fields: minute hour day-of-month month day-of-week
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from bot.core.errors import Invalid
from bot.core.week import DAYS, MIDNIGHT, minutes, weekday

GROUPS = {"daily": "*", "weekdays": "mon-fri", "weekends": "sat,sun"}
EXAMPLES = 'Try "weekdays 09:00", "mon,thu 16:30", "every 6h" or "0 9 * * mon-fri".'

_EVERY = re.compile(r"every\s+(\d{1,4})\s*(m|min|minutes?|h|hours?|d|days?)\Z")
_CRON = re.compile(r"[\d*/,a-z-]+\Z")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Schedule:
    """Either `every` (an interval) or `cron` (minute, hour, day of month, month, day of week); `text` as written."""

    text: str
    every: timedelta | None = None
    cron: tuple[str, str, str, str, str] | None = None

    def __str__(self) -> str:
        return self.text


def parse(text: str) -> Schedule:
    """Return the schedule that `text` tells.

    Raises:
        Invalid: it tells none; the hint shows some that work.
    """
    words = " ".join(text.lower().split())
    every = _EVERY.match(words)
    if every:
        interval = int(every[1]) * _UNITS[every[2][0]]
        if not interval:
            raise Invalid(f"“{text}” would never stop.", EXAMPLES)
        return Schedule(words, every=interval)
    fields = words.split()
    if len(fields) == 2:
        days, time = fields
        hour, minute = _time(time, text)
        return Schedule(words, cron=(minute, hour, "*", "*", _days(days, text)))
    if len(fields) == 5 and all(_CRON.match(field) for field in fields):
        minute, hour, day, month, weekday = fields
        return Schedule(words, cron=(minute, hour, day, month, weekday))
    raise Invalid(f"“{text}” is not a schedule.", EXAMPLES)


def _time(word: str, text: str) -> tuple[str, str]:
    found = minutes(word)
    if found is None or found == MIDNIGHT:
        raise Invalid(f"“{word}” in “{text}” is not a time of day.", EXAMPLES)
    return str(found // 60), str(found % 60)


def _days(word: str, text: str) -> str:
    if word in GROUPS:
        return GROUPS[word]
    short = []
    for name in word.split(","):
        day = weekday(name)
        if day is None:
            raise Invalid(f"“{name}” in “{text}” is not a day.", EXAMPLES)
        short.append(DAYS[day][:3])
    return ",".join(short)
