"""Locks and freezes in the database: every move of one is a compare-and-set together with its audit row."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from bot.core.freezing import Freeze
from bot.core.locking import Lock
from bot.store import audit, places
from bot.store.schema import freezes, locks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, RowMapping

    from bot.core.change import Person
    from bot.core.model import ServiceKey
    from bot.store.database import Database

FREEZE = tuple(field.name for field in fields(Freeze))
LOCK = tuple(field.name for field in fields(Lock) if field.name != "key")


class Holding:
    """The part of the port `Store` that is about what holds changes back."""

    _database: Database
    _now: Callable[[], datetime]

    def lock(self, key: ServiceKey) -> Lock | None:
        """Return the lock of a Service, even one whose time is over."""
        with self._database.read() as connection:
            return _found(connection, key)

    def locks(self) -> Sequence[Lock]:
        """Return all locks, oldest first."""
        with self._database.read() as connection:
            return [_lock(row) for row in connection.execute(select(locks).order_by(locks.c.since)).mappings()]

    def take_lock(self, lock: Lock, former: Lock | None, event: str) -> bool:
        """Put `lock` in the place of `former` and write the audit row, both or neither; False if that is gone."""
        row = {name: getattr(lock, name) for name in LOCK}
        with self._database.write() as connection:
            found = _found(connection, lock.key)
            if (found and found.id) != (former and former.id):
                return False
            connection.execute(delete(locks).where(places.of(locks, lock.key)))
            connection.execute(insert(locks).values(**places.values(lock.key), **row))
            audit.append(connection, self._row(event, lock, lock.owner, lock.reason))
            return True

    def end_lock(self, lock: Lock, actor: Person | None, reason: str = "") -> bool:
        """Remove a lock and write the audit row, both or neither; False if it is gone. No actor means Knobot itself."""
        with self._database.write() as connection:
            if connection.execute(delete(locks).where(places.of(locks, lock.key), locks.c.id == lock.id)).rowcount != 1:
                return False
            audit.append(connection, self._row("unlock", lock, actor, reason))
            return True

    def claim_nag(self, lock: Lock, at: datetime) -> bool:
        """Note that a lock is asked about now; False if another process did it first, or the lock is gone."""
        same = locks.c.nagged.is_(None) if lock.nagged is None else locks.c.nagged == lock.nagged
        claimed = update(locks).where(places.of(locks, lock.key), locks.c.id == lock.id, same).values(nagged=at)
        with self._database.write() as connection:
            return connection.execute(claimed).rowcount == 1

    def freezes(self) -> Sequence[Freeze]:
        """Return the freezes by hand, oldest first, even those whose time is over."""
        query = select(freezes).order_by(freezes.c.since)
        with self._database.read() as connection:
            return [Freeze(**row) for row in connection.execute(query).mappings()]

    def put_freeze(self, freeze: Freeze) -> None:
        """Freeze a namespace, in the place of a freeze of it that there may be, and write the audit row."""
        row = {name: getattr(freeze, name) for name in FREEZE}
        same = (freezes.c.cluster == freeze.cluster) & (freezes.c.namespace == freeze.namespace)
        with self._database.write() as connection:
            connection.execute(delete(freezes).where(same))
            connection.execute(insert(freezes).values(**row))
            at = self._now()
            audit.append(connection, audit.held("freeze", freeze, freeze.person, freeze.channel, freeze.reason, at))

    def end_freeze(self, freeze: Freeze, actor: Person | None, channel: str, reason: str = "") -> bool:
        """Remove a freeze and write the audit row, both or neither; False if it is gone."""
        with self._database.write() as connection:
            if connection.execute(delete(freezes).where(freezes.c.id == freeze.id)).rowcount != 1:
                return False
            audit.append(connection, audit.held("thaw", freeze, actor, channel, reason, self._now()))
            return True

    def _row(self, event: str, lock: Lock, actor: Person | None, reason: str) -> audit.Entry:
        return audit.held(event, lock.key, actor, lock.channel, reason, self._now())


def _found(connection: Connection, key: ServiceKey) -> Lock | None:
    row = connection.execute(select(locks).where(places.of(locks, key))).mappings().first()
    return _lock(row) if row else None


def _lock(row: RowMapping) -> Lock:
    return Lock(key=places.read(row), **{name: row[name] for name in LOCK})
