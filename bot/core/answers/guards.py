"""What is said about locks and freezes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.change import Person
from bot.core.freezing import Freeze
from bot.core.locking import Lock


@dataclass(frozen=True, slots=True)
class Locked:
    """A Service is locked; `former` is the lock that this one has taken the place of, its owner's own or another's."""

    lock: Lock
    former: Lock | None = None


@dataclass(frozen=True, slots=True)
class LockTaken:
    """Somebody else has locked it already; it can be taken over."""

    lock: Lock
    now: datetime


@dataclass(frozen=True, slots=True)
class Unlocked:
    """A Service is free again, by `person`'s word."""

    lock: Lock
    person: Person


@dataclass(frozen=True, slots=True)
class LockNag:
    """Whether a lock is still needed, asked of its owner."""

    lock: Lock
    now: datetime


@dataclass(frozen=True, slots=True)
class FreezeBegun:
    """A namespace is frozen."""

    freeze: Freeze


@dataclass(frozen=True, slots=True)
class FreezeEnded:
    """A namespace is not frozen any more: by `person`'s word, or None because its time is over."""

    freeze: Freeze
    person: Person | None
