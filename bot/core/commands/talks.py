"""What is said to Knobot about people, channels and itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from bot.core.commands.places import Address, Area
from bot.core.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Help:
    verb: ClassVar[str] = "help"
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Whoami:
    verb: ClassVar[str] = "whoami"


@dataclass(frozen=True, slots=True)
class Approvals:
    """`everywhere` is in all channels that the person is in."""

    verb: ClassVar[str] = "approvals"
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class DigestAdd:
    verb: ClassVar[str] = "digest"
    schedule: Schedule
    timezone: str | None
    area: Area


@dataclass(frozen=True, slots=True)
class DigestList:
    verb: ClassVar[str] = "digest"


@dataclass(frozen=True, slots=True)
class DigestRemove:
    verb: ClassVar[str] = "digest"
    identity: str


@dataclass(frozen=True, slots=True)
class DigestNow:
    """`preview` shows it to the person who asks, and not to the channel."""

    verb: ClassVar[str] = "digest"
    area: Area
    preview: bool = False


@dataclass(frozen=True, slots=True)
class DigestSnooze:
    """Leave one thing that lingers out of this channel's digests for a while; `matter` is the word for it."""

    verb: ClassVar[str] = "digest"
    service: Address
    matter: str
    length: timedelta
