"""What a channel asked to be told by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.change import Person
from bot.core.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest of one namespace, posted to a channel on a schedule.

    `id` is short enough to type. `timezone` is an IANA name; `next_at` is when it is due next, in UTC.
    """

    id: str
    channel: str
    cluster: str
    namespace: str
    schedule: Schedule
    timezone: str
    creator: Person
    next_at: datetime
