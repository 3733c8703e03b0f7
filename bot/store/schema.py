"""The tables, and how values lie in them.

A column holds what is searched or compared; what is only ever read back whole lies beside it as JSON, so that a new
field of a plan needs no migration as long as it has a default. The migrations make these tables; a test holds the two
together.

A plan holds the Service's template, and with it the values of environment variables: the database deserves the
protection that the cluster's own objects have. The audit log is meant to be handed on and holds none of them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Enum,
    Index,
    Integer,
    Interval,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from bot.core.change import Person, State, Votes
from bot.core.plan import Plan
from bot.core.schedule import Schedule

if TYPE_CHECKING:
    from enum import Enum as PythonEnum

HEAD = "0007"
"""The newest migration. Known here so that a start with nothing to migrate need not import Alembic."""

T = TypeVar("T")


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC: SQLite knows no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text that came from people or a cluster, without the characters that a database refuses."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 # its signature
        return None if value is None else storable(value)


class Json(TypeDecorator[T]):
    """A core value as JSON text."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[T]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: T | None, dialect: Dialect) -> str | None:  # noqa: ARG002 # its signature
        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> T | None:  # noqa: ARG002 # its signature
        return None if value is None else msgspec.json.decode(value, type=self.kind)


def storable(text: str) -> str:
    """Return `text` without NUL, which PostgreSQL refuses, and without lone surrogates, which are no UTF-8."""
    return text.replace("\0", "\ufffd").encode(errors="replace").decode()


def _values(kind: type[PythonEnum]) -> list[str]:
    return [member.value for member in kind]


metadata = MetaData()

changes = Table(
    "changes",
    metadata,
    Column("id", String, primary_key=True),
    Column("cluster", String, nullable=False),
    Column("namespace", String, nullable=False),
    Column("service", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("requester", String, nullable=False, comment="who asked for it, as TEAM/USER"),
    Column("plan", Json(Plan), nullable=False),
    Column("state", Enum(State, native_enum=False, length=16, values_callable=_values), nullable=False),
    Column("votes", Json(Votes), nullable=False),
    Column("created", Instant, nullable=False),
    Column("deadline", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    Column("message", String),
    Column("generation", BigInteger),
    Column("reason", Words, nullable=False),
    Column("actor", Json(Person)),
    Column("wait", Interval),
    Column("shown", Integer, comment="the version that the message tells of"),
    Column("written", Integer, comment="the how-manieth write to a cluster it was"),
    Column("reminded", Instant, comment="when people were reminded of it"),
    Index("changes_by_service", "cluster", "namespace", "service", "state"),
    Index("changes_by_state", "state"),
    Index("changes_by_requester", "requester", "created"),
)

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", String, nullable=False),
    Column("event", String, nullable=False),
    Column("change", String),
    Column("version", Integer),
    Column("state", String),
    Column("plan", String),
    Column("actor_team", Words),
    Column("actor_user", Words),
    Column("channel", Words, nullable=False),
    Column("cluster", String),
    Column("namespace", String),
    Column("service", String),
    Column("text", Words, nullable=False),
    Column("summary", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("former", String, nullable=False),
    Column("hash", String, nullable=False),
    Index("audit_by_service", "cluster", "namespace", "service"),
    Index("audit_by_change", "change"),
)

digests = Table(
    "digests",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("cluster", String, nullable=False),
    Column("namespace", String, nullable=False),
    Column("schedule", Json(Schedule), nullable=False),
    Column("timezone", String, nullable=False),
    Column("creator", Json(Person), nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("leased", Instant, comment="until then somebody is sending it"),
    UniqueConstraint("channel", "id", name="digests_by_channel"),
)

events = Table(
    "events",
    metadata,
    Column("id", String, primary_key=True),
    Column("at", Instant, nullable=False),
    Index("events_by_time", "at"),
)

locks = Table(
    "locks",
    metadata,
    Column("cluster", String, primary_key=True),
    Column("namespace", String, primary_key=True),
    Column("service", String, primary_key=True),
    Column("id", String, nullable=False),
    Column("owner", Json(Person), nullable=False),
    Column("name", Words, nullable=False),
    Column("channel", String, nullable=False),
    Column("reason", Words, nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant),
    Column("nagged", Instant),
)

freezes = Table(
    "freezes",
    metadata,
    Column("cluster", String, primary_key=True),
    Column("namespace", String, primary_key=True),
    Column("id", String, nullable=False),
    Column("person", Json(Person), nullable=False),
    Column("name", Words, nullable=False),
    Column("channel", String, nullable=False),
    Column("reason", Words, nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant),
)
