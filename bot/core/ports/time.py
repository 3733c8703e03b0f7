"""When it is, and what a person can guess."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from bot.core.schedule import Schedule


class Calendar(Protocol):
    """When schedules are due: daylight saving and month lengths are a library's business."""

    def next_time(self, schedule: Schedule, timezone: str, after: datetime) -> datetime:
        """Return the first time of `schedule` after `after`, with its offset.

        Raises:
            Invalid: there is no such time zone.
        """
        ...


class Clock(Protocol):
    """The time, and an identity nobody can guess."""

    def now(self) -> datetime:
        """Return the present time, in UTC."""
        ...

    def token(self) -> str:
        """Return a new random opaque id."""
        ...
