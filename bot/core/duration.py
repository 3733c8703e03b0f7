"""Lengths of time as people write them: 90s, 10m, 4h, 2d, 1h30m."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.core.errors import Invalid

_WHOLE = re.compile(r"(?:[0-9]{1,6}[smhd]){1,4}\Z")
_PART = re.compile(r"([0-9]+)([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LONGEST = 366 * 86400


def parse(text: str) -> timedelta:
    """Return the length that `text` tells.

    Raises:
        Invalid: it tells none, nothing, or more than a year: no one waits so long, and calendars end.
    """
    if not _WHOLE.match(text):
        raise Invalid(f"“{text}” is not a length of time.", "Write it as 90s, 10m, 4h or 2d.")
    seconds = sum(int(number) * _SECONDS[unit] for number, unit in _PART.findall(text))
    if not seconds:
        raise Invalid(f"“{text}” is no time at all.", "Write it as 90s, 10m, 4h or 2d.")
    if seconds > _LONGEST:
        raise Invalid(f"“{text}” is longer than a year.", "Write it as 90s, 10m, 4h or 2d.")
    return timedelta(seconds=seconds)


def words(length: timedelta) -> str:
    """Return a length in its largest whole unit, as ages are shown: 45s, 12m, 3h, 5d."""
    seconds = max(0, int(length.total_seconds()))
    for unit in ("d", "h", "m"):
        if seconds >= _SECONDS[unit]:
            return f"{seconds // _SECONDS[unit]}{unit}"
    return f"{seconds}s"
