"""What must survive a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.core.ports.holding import Holding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from bot.core.change import Change, Person
    from bot.core.model import ServiceKey
    from bot.core.ports.voice import Chronicle, Watches
    from bot.core.subscriptions import Digest


class Store(Holding, Protocol):
    """What must survive a restart: changes, the audit log, locks, digests. Every move is a compare-and-set."""

    @property
    def chronicle(self) -> Chronicle:
        """What is told of each Service, and where."""
        ...

    @property
    def watches(self) -> Watches:
        """What channels want to hear of."""
        ...

    def add(self, change: Change) -> None:
        """Store a new change together with its audit row."""
        ...

    def change(self, identity: str) -> Change | None:
        """Return a change by its id."""
        ...

    def move(self, before: Change, after: Change, event: str) -> bool:
        """Replace `before` by `after` and write the audit row, both or neither.

        Returns:
            False, with nothing written, if the stored version is no longer `before.version`.
        """
        ...

    def seen(self, identity: str, ts: str, version: int) -> bool:
        """Note the message that shows a change, and the version that it tells of; no move of it.

        Returns:
            False, if the change has moved on meanwhile: the message may have replaced one that told of it.
        """
        ...

    def unseen(self, since: datetime) -> Sequence[Change]:
        """Return the changes asked for after `since` whose message is missing or tells of an older version."""
        ...

    def unfinished(self, key: ServiceKey | None = None) -> Sequence[Change]:
        """Return the changes that have not ended, oldest first; of one Service, or of all."""
        ...

    def pending(self, channels: Iterable[str] | None = None) -> Sequence[Change]:
        """Return the changes that wait for approval, oldest first."""
        ...

    def claim_reminder(self, change: Change, at: datetime) -> bool:
        """Note that people are reminded of a pending change; False if they were, or it has moved meanwhile."""
        ...

    def last_written(self, key: ServiceKey) -> Change | None:
        """Return the change of this Service that was written last, however it went afterwards."""
        ...

    def history(self, key: ServiceKey, count: int) -> Sequence[Change]:
        """Return the last `count` changes of a Service, newest first, however they went."""
        ...

    def first(self, event: str, at: datetime) -> bool:
        """Note the id of an event that Slack may deliver again; False if any process has noted it before."""
        ...

    def by(self, person: Person, count: int) -> Sequence[Change]:
        """Return the last `count` changes that a person asked for, newest first, however they went."""
        ...

    def refused(self, person: Person, channel: str, text: str, reason: str, at: datetime) -> None:
        """Write an audit row for a wish that the rules refused."""
        ...

    def turned_away(
        self, reasons: Mapping[str, int], sources: Sequence[str], since: datetime, until: datetime, at: datetime
    ) -> None:
        """Write one audit row for all that was turned away from `since` to `until`, by reason and how often."""
        ...

    def add_digest(self, digest: Digest) -> None:
        """Store a digest; its id is free to choose."""
        ...

    def remove_digest(self, channel: str, identity: str) -> bool:
        """Remove a digest of a channel; False if there is none."""
        ...

    def digests(self, channel: str | None = None) -> Sequence[Digest]:
        """Return the digests of a channel, or all, in the order in which they were added."""
        ...

    def lease_digest(self, digest: Digest, now: datetime, until: datetime) -> bool:
        """Take a digest that is due to send it; False if somebody else has it, or has sent it already."""
        ...

    def advance_digest(self, digest: Digest, next_at: datetime, sent_at: datetime) -> None:
        """Note that a digest was sent, and when it is due next."""
        ...
