"""What is said without having been asked, and about what is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.model import ServiceKey
from bot.core.stories import Entry, Story
from bot.core.subscriptions import Silence, Watch


@dataclass(frozen=True, slots=True)
class StoryCard:
    """The message of one Service's day."""

    story: Story


@dataclass(frozen=True, slots=True)
class StoryReply:
    """What is said below that message."""

    key: ServiceKey
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Bulletin:
    """The news of many Services in one message; `since` is when the first of them came."""

    stories: tuple[Story, ...]
    since: datetime


@dataclass(frozen=True, slots=True)
class WatchTable:
    """What a channel hears of, and what it does not for a while.

    `held` are the ids of those watches by which it hears nothing, since nobody for whom they are may look any more.
    """

    watches: tuple[Watch, ...]
    silences: tuple[Silence, ...]
    held: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WatchAdded:
    """A channel will hear of more."""

    watch: Watch


@dataclass(frozen=True, slots=True)
class WatchRemoved:
    """A channel will hear of less."""

    watches: tuple[Watch, ...]


@dataclass(frozen=True, slots=True)
class Muted:
    """A channel will not hear of some Services for a while."""

    silence: Silence


@dataclass(frozen=True, slots=True)
class Unmuted:
    """A channel hears of them again."""

    silences: tuple[Silence, ...]
