"""Days of the week and times of day, as people write them wherever they name one."""

from __future__ import annotations

import re

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MIDNIGHT = 24 * 60
"""The end of a day, in minutes from its beginning."""
CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})\Z")
"""What is meant as a time of day, right or wrong."""


def weekday(word: str) -> int | None:
    """Return the day that `word` names in small letters, 0 for Monday: three letters or more; None if it names none."""
    return next((index for index, day in enumerate(DAYS) if len(word) > 2 and day.startswith(word)), None)


def minutes(word: str) -> int | None:
    """Return how long after midnight 9:00 is, or 24:00, in minutes; None if `word` is no time of day."""
    found = CLOCK.match(word)
    if not found or int(found[2]) > 59:
        return None
    total = int(found[1]) * 60 + int(found[2])
    return total if total <= MIDNIGHT else None


def clock(minutes: int) -> str:
    """Return minutes after midnight as HH:MM."""
    return f"{minutes // 60:02}:{minutes % 60:02}"
