"""The port `Store` on a database: every move of a change is a compare-and-set together with its audit row.

Both are one transaction, so that nothing happens that the audit log does not tell, and the log tells of nothing that
did not happen.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, func, insert, select, update

from bot.core.change import OPEN, Change, Event, State
from bot.core.subscriptions import Digest
from bot.store import audit, places
from bot.store.chronicle import Chronicle
from bot.store.database import Database
from bot.store.holding import Holding
from bot.store.schema import changes, digests, events
from bot.store.watches import Watches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Self

    from sqlalchemy import ColumnElement, RowMapping, Select

    from bot.core.change import Person
    from bot.core.model import ServiceKey

CHANGE = tuple(field.name for field in fields(Change))
DIGEST = tuple(field.name for field in fields(Digest))
MOVES = ("state", "votes", "deadline", "version", "generation", "reason", "actor")
"""What a move writes, beside the plan, which changes only with the steps of a rollout.

The message is noted by `seen`, at any time and by anyone.
"""


REPEATED = timedelta(days=1)
"""How long an event is remembered: Slack delivers one again for some minutes."""


def utc_now() -> datetime:
    return datetime.now(UTC)


class Store(Holding):
    """Changes, the audit log, locks and digests in one database; safe to share between threads.

    Args:
        database: where they lie.
        now: the time for audit rows.
    """

    def __init__(self, database: Database, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._now = now
        self.audit = audit.Audit(database)
        self.chronicle = Chronicle(database)
        self.watches = Watches(database)

    @classmethod
    def open(cls, url: str, now: Callable[[], datetime] = utc_now) -> Self:
        """Open the database at `url` (sqlite:///FILE or postgresql://…), making or migrating its tables.

        Raises:
            Invalid: the URL is no such one, or the database belongs to a newer Knobot.
            Unavailable: the database cannot be reached.
        """
        return cls(Database(url), now)

    @property
    def failed(self) -> int:
        """How often the database did not answer, or refused, since the start."""
        return self._database.failed

    def close(self) -> None:
        self._database.close()

    def ping(self) -> None:
        """Raise Unavailable, if the database does not answer."""
        self._database.ping()

    def add(self, change: Change) -> None:
        """Store a new change together with its audit row, "asked"."""
        key = change.plan.key
        columns = {
            **{name: getattr(change, name) for name in CHANGE},
            "cluster": key.cluster,
            "namespace": key.namespace,
            "service": key.name,
            "channel": change.plan.request.channel,
            "requester": _name(change.requester),
        }
        with self._database.write() as connection:
            connection.execute(insert(changes).values(**columns))
            audit.append(connection, audit.moved(change, "asked", change.requester, self._now()))

    def change(self, identity: str) -> Change | None:
        """Return a change by its id."""
        return next(iter(self._changes(select(changes).where(changes.c.id == identity))), None)

    def move(self, before: Change, after: Change, event: str) -> bool:
        """Replace `before` by `after` and write the audit row, both or neither.

        Returns:
            False, with nothing written, if the stored version is no longer `before.version`.
        """
        if after.id != before.id or after.version <= before.version:
            raise ValueError("a move keeps the id and raises the version")
        columns: dict[str, Any] = {name: getattr(after, name) for name in MOVES}
        if after.plan != before.plan:
            columns["plan"] = after.plan
        if event == Event.WROTE.value:
            columns["written"] = select(func.coalesce(func.max(changes.c.written), 0) + 1).scalar_subquery()
        moved = update(changes).where(changes.c.id == before.id, changes.c.version == before.version).values(**columns)
        with self._database.write() as connection:
            if connection.execute(moved).rowcount != 1:
                return False
            audit.append(connection, audit.moved(after, event, after.actor, self._now()))
            return True

    def seen(self, identity: str, ts: str, version: int) -> bool:
        """Note the message that shows a change, and the version that it tells of; no move of it.

        Returns:
            False, if the change has moved on meanwhile: the message may have replaced one that told of it.
        """
        noted = update(changes).where(changes.c.id == identity).values(message=ts, shown=version)
        with self._database.write() as connection:
            connection.execute(noted)
            return connection.scalar(select(changes.c.version).where(changes.c.id == identity)) == version

    def unseen(self, since: datetime) -> Sequence[Change]:
        """Return the changes asked for after `since` whose message is missing or tells of an older version."""
        behind = changes.c.shown.is_(None) | (changes.c.shown < changes.c.version)
        return self._changes(select(changes).where(behind, changes.c.created > since).order_by(changes.c.created))

    def unfinished(self, key: ServiceKey | None = None) -> Sequence[Change]:
        """Return the changes that have not ended, oldest first; of one Service, or of all."""
        query = select(changes).where(changes.c.state.in_(OPEN)).order_by(changes.c.created, changes.c.id)
        return self._changes(query.where(places.of(changes, key)) if key else query)

    def pending(self, channels: Iterable[str] | None = None) -> Sequence[Change]:
        """Return the changes that wait for approval, oldest first."""
        query = select(changes).where(changes.c.state == State.PENDING).order_by(changes.c.created, changes.c.id)
        return self._changes(query if channels is None else query.where(changes.c.channel.in_(list(channels))))

    def claim_reminder(self, change: Change, at: datetime) -> bool:
        """Note that people are reminded of a pending change; False if they were, or it has moved meanwhile."""
        same = (changes.c.id == change.id) & (changes.c.version == change.version)
        claimed = update(changes).where(same, changes.c.reminded.is_(None)).values(reminded=at)
        with self._database.write() as connection:
            return connection.execute(claimed).rowcount == 1

    def last_written(self, key: ServiceKey) -> Change | None:
        """Return the change of this Service that was written last, however it went afterwards."""
        query = select(changes).where(changes.c.written.is_not(None)).order_by(changes.c.written.desc()).limit(1)
        return next(iter(self._changes(query.where(places.of(changes, key)))), None)

    def history(self, key: ServiceKey, count: int) -> Sequence[Change]:
        """Return the last `count` changes of a Service, newest first, however they went."""
        query = select(changes).order_by(changes.c.created.desc(), changes.c.id).limit(count)
        return self._changes(query.where(places.of(changes, key)))

    def by(self, person: Person, count: int) -> Sequence[Change]:
        """Return the last `count` changes that a person asked for, newest first."""
        query = select(changes).where(changes.c.requester == _name(person))
        return self._changes(query.order_by(changes.c.created.desc(), changes.c.id).limit(count))

    def first(self, event: str, at: datetime) -> bool:
        """Note the id of an event; False if any process has noted it before."""
        with self._database.write() as connection:
            connection.execute(delete(events).where(events.c.at < at - REPEATED))
            if connection.scalar(select(events.c.id).where(events.c.id == event)) is not None:
                return False
            connection.execute(insert(events).values(id=event, at=at))
            return True

    def refused(self, person: Person, channel: str, text: str, reason: str, at: datetime) -> None:
        """Write an audit row for a wish that the rules refused."""
        with self._database.write() as connection:
            audit.append(connection, audit.refused(person, channel, text, reason, at))

    def turned_away(
        self, reasons: Mapping[str, int], sources: Sequence[str], since: datetime, until: datetime, at: datetime
    ) -> None:
        """Write one audit row for all that was turned away from `since` to `until`, by reason and how often."""
        with self._database.write() as connection:
            audit.append(connection, audit.turned_away(reasons, sources, since, until, at))

    def add_digest(self, digest: Digest) -> None:
        """Store a digest; its id is free to choose within the channel."""
        with self._database.write() as connection:
            connection.execute(insert(digests).values(**{name: getattr(digest, name) for name in DIGEST}))

    def remove_digest(self, channel: str, identity: str) -> bool:
        """Remove a digest of a channel; False if there is none."""
        removed = delete(digests).where(digests.c.channel == channel, digests.c.id == identity)
        with self._database.write() as connection:
            return connection.execute(removed).rowcount == 1

    def digests(self, channel: str | None = None) -> Sequence[Digest]:
        """Return the digests of a channel, or all, in the order in which they were added."""
        query = select(digests).order_by(digests.c.number)
        if channel is not None:
            query = query.where(digests.c.channel == channel)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [Digest(**{name: row[name] for name in DIGEST}) for row in rows]

    def lease_digest(self, digest: Digest, now: datetime, until: datetime) -> bool:
        """Take a digest that is due to send it; False if somebody else has it, or has sent it already."""
        free = digests.c.leased.is_(None) | (digests.c.leased <= now)
        with self._database.write() as connection:
            return connection.execute(update(digests).where(_due(digest), free).values(leased=until)).rowcount == 1

    def advance_digest(self, digest: Digest, next_at: datetime, sent_at: datetime) -> None:
        """Note that a digest was sent, and when it is due next."""
        moved = {"next_at": next_at, "sent_at": sent_at, "leased": None}
        with self._database.write() as connection:
            connection.execute(update(digests).where(_due(digest)).values(**moved))

    def _changes(self, query: Select[Any]) -> list[Change]:
        with self._database.read() as connection:
            return [_change(row) for row in connection.execute(query).mappings()]


def _due(digest: Digest) -> ColumnElement[bool]:
    return and_(digests.c.channel == digest.channel, digests.c.id == digest.id, digests.c.next_at == digest.next_at)


def _name(person: Person) -> str:
    return f"{person.team}/{person.user}"


def _change(row: RowMapping) -> Change:
    return Change(**{name: row[name] for name in CHANGE})
