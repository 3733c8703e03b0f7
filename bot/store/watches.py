"""The port `Watches` on a database: what channels want to hear of, and do not for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, insert, or_, select, update

from bot.core.subscriptions import Scope, Silence, Watch
from bot.store.news_schema import silences, stories, watches

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, RowMapping

    from bot.store.database import Database


class Watches:
    """Subscriptions and silences in one database; safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, watch: Watch) -> None:
        """Store a watch; its id is free to choose within the channel."""
        columns = {name: getattr(watch, name) for name in ("id", "channel", "topics", "quiet", "creator")}
        row = {**columns, **_place(watch.scope), "labels": watch.scope.labels}
        with self._database.write() as connection:
            connection.execute(insert(watches).values(**row))

    def remove(self, channel: str, identities: Iterable[str]) -> None:
        """Remove watches of a channel."""
        removed = delete(watches).where(watches.c.channel == channel, watches.c.id.in_(list(identities)))
        with self._database.write() as connection:
            connection.execute(removed)

    def all(self, channel: str | None = None) -> Sequence[Watch]:
        """Return the watches of a channel, or all, in the order in which they were added."""
        query = select(watches).order_by(watches.c.number)
        if channel is not None:
            query = query.where(watches.c.channel == channel)
        with self._database.read() as connection:
            return [_watch(row) for row in connection.execute(query).mappings()]

    def mute(self, silence: Silence) -> None:
        """Store a silence in place of the one of the same scope; what that one has kept back waits for its end."""
        row = {**_place(silence.scope), "channel": silence.channel, "matter": silence.matter}
        same = and_(*(silences.c[name] == value for name, value in row.items()))
        with self._database.write() as connection:
            former = connection.scalar(select(silences.c.until).where(same))
            if former and not silence.matter:
                _put_off(connection, silence.channel, [former], silence.until)
            connection.execute(delete(silences).where(same))
            connection.execute(insert(silences).values(**row, until=silence.until, creator=silence.creator))

    def unmute(self, channel: str, scopes: Iterable[Scope], now: datetime) -> None:
        """End silences of a channel, and let it be told what they have kept back.

        What its digests leave out they go on to leave out.
        """
        places = [and_(*(silences.c[name] == value for name, value in _place(scope).items())) for scope in scopes]
        if places:
            mine = (silences.c.channel == channel, silences.c.matter == "", or_(*places))
            with self._database.write() as connection:
                ends = list(connection.scalars(select(silences.c.until).where(*mine)))
                _put_off(connection, channel, ends, now)
                connection.execute(delete(silences).where(*mine))

    def silences(self, now: datetime, channel: str | None = None) -> Sequence[Silence]:
        """Return the silences of a channel, or all, that are in force."""
        query = select(silences).where(silences.c.until > now).order_by(silences.c.until)
        if channel is not None:
            query = query.where(silences.c.channel == channel)
        with self._database.read() as connection:
            return [
                Silence(row["channel"], _scope(row), row["until"], row["creator"], row["matter"])
                for row in connection.execute(query).mappings()
            ]


def _put_off(connection: Connection, channel: str, ends: Sequence[datetime], due: datetime) -> None:
    """Have what waits for the ends of silences told at another time."""
    waits = (stories.c.channel == channel, stories.c.due.in_(ends), stories.c.shown < stories.c.version)
    connection.execute(update(stories).where(*waits).values(due=due))


def _place(scope: Scope) -> dict[str, Any]:
    return {"cluster": scope.cluster, "namespace": scope.namespace, "service": scope.service}


def _scope(row: RowMapping, labels: tuple[tuple[str, str], ...] = ()) -> Scope:
    return Scope(row["cluster"], row["namespace"], row["service"], labels)


def _watch(row: RowMapping) -> Watch:
    scope = _scope(row, row["labels"])
    return Watch(row["id"], row["channel"], scope, row["topics"], row["quiet"], row["creator"])
