"""What a channel asks to be told by itself, and not to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from bot.core.topics import ANY, Topic


@dataclass(frozen=True, slots=True)
class Pattern:
    """How some Services were named; `service` is a glob, what is None comes from the channel's defaults."""

    service: str = ANY
    namespace: str | None = None
    cluster: str | None = None

    def __str__(self) -> str:
        return "/".join(part for part in (self.cluster, self.namespace, self.service) if part)


@dataclass(frozen=True, slots=True)
class WatchAdd:
    """No `topics` means all; `quiet` is begin and end of quiet hours, in `timezone` (None: the configuration's)."""

    verb: ClassVar[str] = "watch"
    pattern: Pattern
    topics: tuple[Topic, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    quiet: tuple[str, str] | None = None
    timezone: str | None = None


@dataclass(frozen=True, slots=True)
class WatchList:
    verb: ClassVar[str] = "watch"


@dataclass(frozen=True, slots=True)
class WatchRemove:
    """By its id, or all that are about this pattern."""

    verb: ClassVar[str] = "unwatch"
    identity: str
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Mute:
    verb: ClassVar[str] = "mute"
    pattern: Pattern
    length: timedelta


@dataclass(frozen=True, slots=True)
class Unmute:
    """`pattern` None lifts all of the channel."""

    verb: ClassVar[str] = "unmute"
    pattern: Pattern | None
