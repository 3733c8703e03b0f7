"""The tables of what is said by itself: what is told of each Service and where, and what channels want to hear of."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, UniqueConstraint

from bot.core.change import Person
from bot.core.standing import Stand
from bot.core.stories import Entry
from bot.core.subscriptions import Quiet
from bot.core.topics import Topic
from bot.core.updates import Update
from bot.store.schema import Instant, Json, metadata

SERVICE = ("cluster", "namespace", "service")


def _service(*, primary_key: bool = False) -> list[Column[str]]:
    """Return the columns that name a Service, or a pattern of Services."""
    return [Column(name, String, nullable=False, primary_key=primary_key) for name in SERVICE]


surveys = Table(
    "surveys",
    metadata,
    Column("cluster", String, primary_key=True),
    Column("begun", Instant, nullable=False),
)

stands = Table(
    "stands",
    metadata,
    *_service(primary_key=True),
    Column("stand", Json(Stand), nullable=False),
    Column("version", Integer, nullable=False),
)

news = Table(
    "news",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    *_service(),
    Column("update", Json(Update), nullable=False),
    Index("news_by_namespace", "cluster", "namespace", "at"),
)

stories = Table(
    "stories",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", String, nullable=False),
    *_service(),
    Column("day", String, nullable=False),
    Column("entries", Json(tuple[Entry, ...]), nullable=False),
    Column("due", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    Column("shown", Integer, nullable=False),
    Column("told", Integer, nullable=False),
    Column("ts", String),
    Column("bulletin", String),
    Column("posted", Instant),
    Column("leased", Instant, comment="until then somebody is telling it"),
    Index("stories_by_service", "channel", "cluster", "namespace", "service"),
    Index("stories_by_due", "due"),
    Index("stories_by_post", "channel", "posted"),
)

watches = Table(
    "watches",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String, nullable=False),
    Column("channel", String, nullable=False),
    *_service(),
    Column("labels", Json(tuple[tuple[str, str], ...]), nullable=False),
    Column("topics", Json(tuple[Topic, ...]), nullable=False),
    Column("quiet", Json(Quiet)),
    Column("creator", Json(Person)),
    UniqueConstraint("channel", "id", name="watches_by_channel"),
)

silences = Table(
    "silences",
    metadata,
    Column("channel", String, primary_key=True),
    *_service(primary_key=True),
    Column("matter", String, primary_key=True),
    Column("until", Instant, nullable=False),
    Column("creator", Json(Person), nullable=False),
)
