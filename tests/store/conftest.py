"""Every test of the store runs on every database that it supports."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import create_engine

from bot.store import Store
from tests.store import postgresql

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

KINDS = ["sqlite", "postgresql"] if postgresql.WANTED else ["sqlite"]


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with postgresql.server() as url:
        yield url


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/knobot.db"
    pattern: str = request.getfixturevalue("server")
    name = f"test_{uuid4().hex}"
    with psycopg.connect(pattern.format("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return pattern.format(name)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store.open(url)
    yield opened
    opened.close()


@pytest.fixture
def outside(url: str, store: Store) -> Iterator[Engine]:  # noqa: ARG001 # its tables must be there
    """A way around the store, to the same database."""
    engine = create_engine(url)
    yield engine
    engine.dispose()
