"""What must survive a restart so that everything is said once: what is told of each Service, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from bot.core.model import ServiceKey
    from bot.core.standing import Stand
    from bot.core.stories import Piece, Story, Telling
    from bot.core.subscriptions import Scope, Silence, Watch


class Chronicle(Protocol):
    """What is told of each Service, what has happened, and what the channels still have to be told."""

    def begun(self, cluster: str, at: datetime) -> datetime:
        """Return when a cluster was looked at for the first time; it is noted to be `at`, if it was never before."""
        ...

    def stands(self, keys: Iterable[ServiceKey]) -> Mapping[ServiceKey, tuple[Stand, int]]:
        """Return what is told of these Services, with its version; what nothing is told of is left out."""
        ...

    def known(self, cluster: str) -> Sequence[ServiceKey]:
        """Return the Services that something is told of."""
        ...

    def tell(self, tellings: Sequence[Telling], day: str, at: datetime) -> Sequence[ServiceKey]:
        """Take these steps, remember what happened, and put it into the stories of the channels; all or nothing.

        Returns:
            The Services whose stand is not of the version that was read: nothing was done about them.
        """
        ...

    def waiting(self, now: datetime) -> Sequence[Story]:
        """Return the stories that are due, have more than is shown, and that nobody else is telling."""
        ...

    def claim(self, stories: Sequence[Story], now: datetime, until: datetime) -> Sequence[Story]:
        """Take stories to tell them; those that are returned are left alone by all others until then."""
        ...

    def release(self, stories: Sequence[Story], until: datetime) -> None:
        """Let claimed stories go untold; nobody tries again before then."""
        ...

    def shown(self, stories: Sequence[Story]) -> None:
        """Note what the messages of claimed stories tell now, and let them go."""
        ...

    def began(self, channel: str, since: datetime) -> int:
        """Return how many stories of a channel began a message of their own after `since`."""
        ...

    def bulletin(self, channel: str, since: datetime) -> str | None:
        """Return the ts of a channel's newest bulletin, if a story came into it after `since`."""
        ...

    def gathered(self, channel: str, bulletin: str) -> Sequence[Story]:
        """Return the stories that a bulletin tells."""
        ...

    def news(self, cluster: str, namespace: str, since: datetime) -> Sequence[Piece]:
        """Return what has happened in a namespace after `since`, oldest first."""
        ...

    def forget(self, before: datetime) -> None:
        """Drop what happened and was told before then, and silences that ended."""
        ...


class Watches(Protocol):
    """What channels want to hear of, and do not for a while."""

    def add(self, watch: Watch) -> None:
        """Store a watch; its id is free to choose within the channel."""
        ...

    def remove(self, channel: str, identities: Iterable[str]) -> None:
        """Remove watches of a channel."""
        ...

    def all(self, channel: str | None = None) -> Sequence[Watch]:
        """Return the watches of a channel, or all, in the order in which they were added."""
        ...

    def mute(self, silence: Silence) -> None:
        """Store a silence in place of the one of the same scope."""
        ...

    def unmute(self, channel: str, scopes: Iterable[Scope], now: datetime) -> None:
        """End silences of a channel, and let it be told what they have kept back.

        What its digests leave out they go on to leave out.
        """
        ...

    def silences(self, now: datetime, channel: str | None = None) -> Sequence[Silence]:
        """Return the silences of a channel, or all, that are in force."""
        ...
