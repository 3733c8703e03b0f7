"""The port `Chronicle` on a database: every step of what is told is a compare-and-set, together with whom it is told.

A process that dies between learning something and saying it leaves it behind for the next one to say. One that dies
between saying it and noting so says it once more, by editing the same message where there was one.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, delete, func, insert, select, update

from bot.core.stories import Entry, Piece, Story, carries, extended, hushed
from bot.store import places
from bot.store.news_schema import news, silences, stands, stories, surveys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, RowMapping, Table, Update

    from bot.core.model import ServiceKey
    from bot.core.standing import Stand
    from bot.core.stories import Post, Telling
    from bot.store.database import Database

MANY = 300
"""How many Services one query names at most: databases limit the parameters of one."""
STORY = ("id", "channel", "day", "entries", "due", "version", "shown", "told", "ts", "bulletin", "posted")
GROWN = ("entries", "due", "version", "told")
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
        with self._database.write() as connection:
            versions = {
                places.read(row): row["version"]
                for some in _portions(telling.key for telling in tellings)
                for row in connection.execute(
                    select(*places.columns(stands), stands.c.version).where(places.among(stands, some))
                ).mappings()
            }
            taken = [telling for telling in tellings if versions.get(telling.key, 0) == telling.version]
            _step(connection, taken)
            happened = [(telling, piece) for telling in taken for piece in telling.updates]
            rows = [{**places.values(telling.key), "at": at, "update": piece} for telling, piece in happened]
            if rows:
                connection.execute(insert(news), rows)
            _put(connection, [(telling.key, post) for telling in taken for post in telling.posts], day, at)
        kept = {telling.key for telling in taken}
        return [telling.key for telling in tellings if telling.key not in kept]

    def waiting(self, now: datetime) -> Sequence[Story]:
        """Return the stories that are due, have more than is shown, and that nobody else is telling."""
        return self._stories(_free(now), stories.c.due <= now, stories.c.shown < stories.c.version)

    def claim(self, found: Sequence[Story], now: datetime, until: datetime) -> Sequence[Story]:
        """Take stories to tell them; those that are returned are left alone by all others until then."""
        mine = {story.id: story for story in found}
        rows = select(stories.c.id, stories.c.version, stories.c.shown).where(stories.c.id.in_(list(mine)), _free(now))
        with self._database.write() as connection:
            # It may have been told and let go since it was read.
            there = {tuple(row) for row in connection.execute(rows)}
            taken = [story for story in found if (story.id, story.version, story.shown) in there]
            ids = [story.id for story in taken]
            connection.execute(update(stories).where(stories.c.id.in_(ids)).values(leased=until))
        return taken

    def release(self, untold: Sequence[Story], until: datetime) -> None:
        """Let claimed stories go untold; nobody tries again before then."""
        mine = stories.c.id.in_([story.id for story in untold])
        with self._database.write() as connection:
            connection.execute(update(stories).where(mine).values(leased=until))

    def shown(self, told: Sequence[Story]) -> None:
        """Note what the messages of claimed stories tell now, and let them go."""
        rows = [{"of_id": story.id, **{name: getattr(story, name) for name in SHOWN}} for story in told]
        noted = _setting(stories, *SHOWN).values(leased=None).where(stories.c.id == bindparam("of_id"))
        if rows:
            with self._database.write() as connection:
                connection.execute(noted, rows)

    def began(self, channel: str, since: datetime) -> int:
        """Return how many stories of a channel began a message of their own after `since`."""
        own = (stories.c.ts.is_not(None), stories.c.bulletin.is_(None))
        with self._database.read() as connection:
            query = select(func.count()).select_from(stories).where(*_in(channel, since), *own)
            return connection.scalar(query) or 0

    def bulletin(self, channel: str, since: datetime) -> str | None:
        """Return the ts of a channel's newest bulletin, if a story came into it after `since`."""
        with self._database.read() as connection:
            newest: str | None = connection.scalar(select(func.max(stories.c.bulletin)).where(*_in(channel, since)))
        return newest

    def gathered(self, channel: str, bulletin: str) -> Sequence[Story]:
        """Return the stories that a bulletin tells."""
        return self._stories(stories.c.channel == channel, stories.c.bulletin == bulletin)

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


def _step(connection: Connection, tellings: Sequence[Telling]) -> None:
    """Write what is told of these Services now, with as few statements as there are ways to."""
    first = [each for each in tellings if each.stand is not None and not each.version]
    later = [each for each in tellings if each.stand is not None and each.version]
    for gone in (each for each in tellings if each.stand is None):
        connection.execute(delete(stands).where(places.of(stands, gone.key)))
    if first:
        rows = [{**places.values(each.key), "stand": each.stand, "version": 1} for each in first]
        connection.execute(insert(stands), rows)
    if later:
        mine = and_(*(column == bindparam(f"of_{column.key}") for column in places.columns(stands)))
        rows = [
            {f"of_{name}": value for name, value in places.values(each.key).items()}
            | {"stand": each.stand, "version": each.version + 1}
            for each in later
        ]
        connection.execute(_setting(stands, "stand", "version").where(mine), rows)


def _put(connection: Connection, posts: Sequence[tuple[ServiceKey, Post]], day: str, at: datetime) -> None:
    """Go on with the last story of each Service in a channel, or begin one."""
    begun, longer = [], []
    for key, post in posts:
        entry = Entry(at, post.updates)
        mine = and_(stories.c.channel == post.channel, places.of(stories, key))
        row = connection.execute(select(stories).where(mine).order_by(stories.c.id.desc()).limit(1)).mappings().first()
        last = _story(row) if row else None
        if last is None or not carries(last, day, at):
            first = {"channel": post.channel, "day": day, "entries": (entry,), "due": post.due}
            begun.append({**first, **places.values(key), "version": 1, "shown": 0, "told": 0})
        else:
            grown = (hushed if post.muted else extended)(last, entry, post.due)
            longer.append({"of_id": last.id, **{name: getattr(grown, name) for name in GROWN}})
    if begun:
        connection.execute(insert(stories), begun)
    if longer:
        connection.execute(_setting(stories, *GROWN).where(stories.c.id == bindparam("of_id")), longer)


def _setting(table: Table, *names: str) -> Update:
    """Return an update of these columns to the parameters of their names."""
    return update(table).values({name: bindparam(name, type_=table.c[name].type) for name in names})


def _in(channel: str, since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (stories.c.channel == channel, stories.c.posted > since)


def _free(now: datetime) -> ColumnElement[bool]:
    return stories.c.leased.is_(None) | (stories.c.leased <= now)


def _portions(keys: Iterable[ServiceKey]) -> Iterator[list[ServiceKey]]:
    rest = iter(keys)
    while some := list(islice(rest, MANY)):
        yield some


def _story(row: RowMapping) -> Story:
    return Story(key=places.read(row), **{name: row[name] for name in STORY})
