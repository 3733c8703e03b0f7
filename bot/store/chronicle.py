"""The port `Chronicle` on a database: every step of what is told is a compare-and-set, together with whom it is told.

A process that dies between learning something and saying it leaves it behind for the next one to say. One that dies
between saying it and noting so says it once more, by editing the same message where there was one.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, func, insert, select, update

from bot.core.stories import Entry, Piece, Story, carries, extended
from bot.store import places
from bot.store.news_schema import news, silences, stands, stories, surveys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, RowMapping

    from bot.core.model import ServiceKey
    from bot.core.stories import Post, Telling
    from bot.core.updates import Stand
    from bot.store.database import Database

MANY = 300
"""How many Services one query names at most: databases limit the parameters of one."""
STORY = ("id", "channel", "day", "entries", "due", "version", "shown", "told", "ts", "bulletin", "posted")
SHOWN = ("shown", "told", "ts", "bulletin", "posted")


class Chronicle:
    """What is told, what has happened and what is still to be told; safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begun(self, cluster: str, at: datetime) -> datetime:
        """Return when a cluster was looked at for the first time; it is noted to be `at`, if it was never before."""
        query = select(surveys.c.begun).where(surveys.c.cluster == cluster)
        with self._database.read() as connection:
            found: datetime | None = connection.scalar(query)
        if found is None:
            with self._database.write() as connection:
                found = connection.scalar(query)
                if found is None:
                    connection.execute(insert(surveys).values(cluster=cluster, begun=at))
        return found or at

    def stands(self, keys: Iterable[ServiceKey]) -> Mapping[ServiceKey, tuple[Stand, int]]:
        """Return what is told of these Services, with its version; what nothing is told of is left out."""
        with self._database.read() as connection:
            rows = [
                row
                for some in _portions(keys)
                for row in connection.execute(select(stands).where(places.among(stands, some))).mappings()
            ]
        return {places.read(row): (row["stand"], row["version"]) for row in rows}

    def known(self, cluster: str) -> Sequence[ServiceKey]:
        """Return the Services that something is told of."""
        query = select(*places.columns(stands)).where(stands.c.cluster == cluster)
        with self._database.read() as connection:
            return [places.read(row) for row in connection.execute(query).mappings()]

    def tell(self, tellings: Sequence[Telling], day: str, at: datetime) -> Sequence[ServiceKey]:
        """Take these steps, remember what happened, and put it into the stories of the channels; all or nothing."""
        lost = []
        with self._database.write() as connection:
            versions = {
                places.read(row): row["version"]
                for some in _portions(telling.key for telling in tellings)
                for row in connection.execute(
                    select(*places.columns(stands), stands.c.version).where(places.among(stands, some))
                ).mappings()
            }
            for telling in tellings:
                if versions.get(telling.key, 0) != telling.version:
                    lost.append(telling.key)
                    continue
                _step(connection, telling)
                where = places.values(telling.key)
                rows = [{**where, "at": at, "update": piece} for piece in telling.updates]
                if rows:
                    connection.execute(insert(news), rows)
                for post in telling.posts:
                    _put(connection, telling.key, post, day, at)
        return lost

    def waiting(self, now: datetime) -> Sequence[Story]:
        """Return the stories that are due, have more than is shown, and that nobody else is telling."""
        return self._stories(_free(now), stories.c.due <= now, stories.c.shown < stories.c.version)

    def claim(self, found: Sequence[Story], now: datetime, until: datetime) -> Sequence[Story]:
        """Take stories to tell them; those that are returned are left alone by all others until then."""
        taken = []
        with self._database.write() as connection:
            for story in found:
                same = and_(
                    stories.c.id == story.id,
                    stories.c.version == story.version,
                    stories.c.shown == story.shown,  # it may have been told and let go since it was read
                    _free(now),
                )
                if connection.execute(update(stories).where(same).values(leased=until)).rowcount:
                    taken.append(story)
        return taken

    def release(self, untold: Sequence[Story], until: datetime) -> None:
        """Let claimed stories go untold; nobody tries again before then."""
        mine = stories.c.id.in_([story.id for story in untold])
        with self._database.write() as connection:
            connection.execute(update(stories).where(mine).values(leased=until))

    def shown(self, told: Sequence[Story]) -> None:
        """Note what the messages of claimed stories tell now, and let them go."""
        with self._database.write() as connection:
            for story in told:
                values: dict[str, Any] = {name: getattr(story, name) for name in SHOWN}
                connection.execute(update(stories).where(stories.c.id == story.id).values(**values, leased=None))

    def began(self, channel: str, since: datetime) -> int:
        """Return how many stories of a channel began a message of their own after `since`."""
        mine = (stories.c.channel == channel, stories.c.posted > since, stories.c.ts.is_not(None))
        with self._database.read() as connection:
            return connection.scalar(select(func.count()).select_from(stories).where(*mine)) or 0

    def bulletin(self, channel: str, since: datetime) -> Sequence[Story]:
        """Return the stories of a channel's newest bulletin, if it was posted after `since`."""
        mine = (stories.c.channel == channel, stories.c.bulletin.is_not(None), stories.c.posted > since)
        newest = select(func.max(stories.c.bulletin)).where(*mine).scalar_subquery()
        return self._stories(stories.c.channel == channel, stories.c.bulletin == newest)

    def news(self, cluster: str, namespace: str, since: datetime) -> Sequence[Piece]:
        """Return what has happened in a namespace after `since`, oldest first."""
        here = (news.c.cluster == cluster, news.c.namespace == namespace, news.c.at > since)
        with self._database.read() as connection:
            rows = connection.execute(select(news).where(*here).order_by(news.c.number)).mappings()
            return [Piece(row["at"], places.read(row), row["update"]) for row in rows]

    def forget(self, before: datetime) -> None:
        """Drop what happened and was told before then, and silences that ended."""
        with self._database.write() as connection:
            connection.execute(delete(news).where(news.c.at < before))
            connection.execute(delete(stories).where(stories.c.due < before, stories.c.shown == stories.c.version))
            connection.execute(delete(silences).where(silences.c.until < before))

    def _stories(self, *conditions: ColumnElement[bool]) -> list[Story]:
        with self._database.read() as connection:
            query = select(stories).where(*conditions).order_by(stories.c.id)
            return [_story(row) for row in connection.execute(query).mappings()]


def _step(connection: Connection, telling: Telling) -> None:
    mine = places.of(stands, telling.key)
    if telling.stand is None:
        connection.execute(delete(stands).where(mine))
    elif telling.version:
        connection.execute(update(stands).where(mine).values(stand=telling.stand, version=telling.version + 1))
    else:
        connection.execute(insert(stands).values(**places.values(telling.key), stand=telling.stand, version=1))


def _put(connection: Connection, key: ServiceKey, post: Post, day: str, at: datetime) -> None:
    """Go on with the last story of a Service in a channel, or begin one."""
    entry = Entry(at, post.updates)
    mine = and_(stories.c.channel == post.channel, places.of(stories, key))
    row = connection.execute(select(stories).where(mine).order_by(stories.c.id.desc()).limit(1)).mappings().first()
    last = _story(row) if row else None
    if last is None or not carries(last, day, at):
        first = {"channel": post.channel, "day": day, "entries": (entry,), "due": post.due}
        connection.execute(insert(stories).values(**first, **places.values(key), version=1, shown=0, told=0))
        return
    longer = extended(last, entry, post.due)
    values = {name: getattr(longer, name) for name in ("entries", "due", "version", "told")}
    connection.execute(update(stories).where(stories.c.id == last.id).values(**values))


def _free(now: datetime) -> ColumnElement[bool]:
    return stories.c.leased.is_(None) | (stories.c.leased <= now)


def _portions(keys: Iterable[ServiceKey]) -> Iterator[list[ServiceKey]]:
    rest = iter(keys)
    while some := list(islice(rest, MANY)):
        yield some


def _story(row: RowMapping) -> Story:
    return Story(key=places.read(row), **{name: row[name] for name in STORY})
