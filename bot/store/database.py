"""One database behind SQLAlchemy: how it is reached, locked and migrated.

There is one writer at a time, across threads, processes and replicas: each write continues the chain of the audit log,
so writes stand in line anyway, and a transaction that has begun never has to be taken back because of another one.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, create_engine, event, func, inspect, make_url, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.core.errors import Invalid, NotFound, Unavailable
from bot.store.schema import HEAD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from sqlite3 import Connection as SqliteConnection

    from sqlalchemy import Connection, Engine

log = logging.getLogger(__name__)

TURN_SECONDS = 5
"""Seconds that a write waits for the one before it."""
STUCK = 10
"""Seconds after which PostgreSQL ends the transaction of a replica that stopped in the middle of it."""
WRITER = int.from_bytes(b"knobot")
"""PostgreSQL's advisory lock that a writer holds. Unlike a lock on the table it needs no right but to connect."""


class Database:
    """Transactions on one database.

    Args:
        url: as SQLAlchemy writes it, sqlite:///FILE or postgresql://….
        existing: take it as it is, and neither make nor migrate it.

    Raises:
        Invalid: the URL is not one of these. Unavailable: the database cannot be reached or migrated.
        NotFound: it is to be `existing`, and is no database of Knobot's.
    """

    def __init__(self, url: str, *, existing: bool = False) -> None:
        where = _checked(url)
        if existing and where.get_backend_name() == "sqlite" and not Path(str(where.database)).is_file():
            raise NotFound(f"There is no file {where.database}.")
        self._engine = _engine(where)
        self.failed = 0
        self._writer = self._engine.execution_options(knobot_writes=True)
        try:
            if existing:
                self._find()
            else:
                self._migrate()
        except BaseException:
            self.close()  # nobody else will hold it
            raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that writes nothing.

        Raises:
            Unavailable: the database did not answer.
        """
        with self._answering(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that no other write overlaps; an exception in it undoes all of it.

        Raises:
            Unavailable: the database did not answer, refused, or was busy for too long; nothing was written.
        """
        with self._answering(), self._writer.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(WRITER)))
            yield connection

    def close(self) -> None:
        self._engine.dispose()

    def ping(self) -> None:
        """Ask for nothing in particular; raises Unavailable, if the database does not answer."""
        with self.read() as connection:
            connection.execute(select(1))

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, PoolTimeout) as error:
            self.failed += 1
            # One that is away is asked many times a second: where from is told of what is no matter of waiting.
            away = isinstance(error, OperationalError | PoolTimeout)
            log.warning("The database failed: %s", getattr(error, "orig", error), exc_info=not away)
            raise Unavailable("The database does not answer.", "Try again in a moment.", code="database") from error

    def _find(self) -> None:
        with self.read() as connection:
            if not _revision(connection):
                raise NotFound("That is no database of Knobot's.")

    def _migrate(self) -> None:
        with self.read() as connection:
            found = _revision(connection)
        if found == HEAD:
            return
        if found > HEAD:
            raise Invalid(
                f"A newer Knobot has migrated the database already (to {found}; this one knows {HEAD}).",
                "Run the newer one, or take another database.",
            )
        from alembic.command import upgrade  # noqa: PLC0415 # a quarter of a second that most starts do not need
        from alembic.config import Config  # noqa: PLC0415 # likewise

        config = Config()
        config.set_main_option("script_location", "bot.store:migrations")
        with self.write() as connection:
            config.attributes["connection"] = connection
            upgrade(config, "head")


def _checked(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        # The text is not repeated: it may hold a password.
        raise Invalid("The database URL is not one.", "Write it as sqlite:///knobot.db.") from None
    match parsed.get_backend_name():
        case "sqlite" if parsed.database in {None, "", ":memory:"}:
            raise Invalid("A database in memory would forget everything.", "Name a file: sqlite:///knobot.db.")
        case "sqlite":
            return parsed.set(drivername="sqlite+pysqlite")
        case "postgresql" | "postgres":
            return parsed.set(drivername="postgresql+psycopg")
        case other:
            raise Invalid(f"{other} is not supported as a database.", "SQLite and PostgreSQL are.")


def _engine(url: URL) -> Engine:
    # Parameters hold plans, and with them the environment of Services: they stay out of errors and logs.
    if url.get_backend_name() == "sqlite":
        _touch(Path(str(url.database)))
        engine = create_engine(url, hide_parameters=True, connect_args={"timeout": TURN_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    limits = {"lock_timeout": TURN_SECONDS, "statement_timeout": STUCK, "idle_in_transaction_session_timeout": STUCK}
    options = " ".join(f"-c {name}={seconds}s" for name, seconds in limits.items())
    try:
        return create_engine(
            url,
            hide_parameters=True,
            pool_pre_ping=True,
            connect_args={"connect_timeout": TURN_SECONDS, "options": options},
        )
    except ImportError as error:
        raise Invalid("PostgreSQL's driver is not installed.", "Install knobot[postgresql].") from error


def _touch(path: Path) -> None:
    """Make the file readable by its owner only, before SQLite would make it readable by all."""
    try:
        path.touch(mode=0o600)
    except OSError as error:
        raise Unavailable(
            f"The database file {path} cannot be opened: {error.strerror}.", "Is its folder there, and writable?"
        ) from error


def _prepare_sqlite(connection: SqliteConnection, _record: object) -> None:
    connection.isolation_level = None  # Python's own transactions begin too late to be exclusive
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options: dict[str, Any] = dict(connection.get_execution_options())
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("knobot_writes") else "BEGIN")


def _revision(connection: Connection) -> str:
    """Return the newest migration that the database has seen, "" for a new database."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.scalar(text("SELECT version_num FROM alembic_version")) or ""
