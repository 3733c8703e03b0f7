"""A Service in the columns of a table: every table about Services has the same three."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, tuple_

from bot.core.model import ServiceKey

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, RowMapping, Table


def columns(table: Table) -> tuple[ColumnElement[Any], ...]:
    """Return the columns that tell the Service."""
    return (table.c.cluster, table.c.namespace, table.c.service)


def of(table: Table, key: ServiceKey) -> ColumnElement[bool]:
    """Return the condition that a row is about this Service, in a form for which every database uses an index."""
    return and_(*(column == value for column, value in zip(columns(table), values(key).values(), strict=True)))


def among(table: Table, keys: Iterable[ServiceKey]) -> ColumnElement[bool]:
    """Return the condition that a row is about one of these Services."""
    return tuple_(*columns(table)).in_([(key.cluster, key.namespace, key.name) for key in keys])


def values(key: ServiceKey) -> dict[str, Any]:
    """Return the values of these columns for a Service."""
    return {"cluster": key.cluster, "namespace": key.namespace, "service": key.name}


def read(row: RowMapping) -> ServiceKey:
    """Return the Service that a row is about."""
    return ServiceKey(row["cluster"], row["namespace"], row["service"])
