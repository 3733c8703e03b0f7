"""Of many who want a lock one gets it, and every move of it has its row in the audit log."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.freezing import Freeze
from bot.core.locking import Lock
from tests.store.examples import DEV, KEY, LEAD, NOON, SRE

if TYPE_CHECKING:
    from bot.store import Store

LOCK = Lock("l1", KEY, DEV, "Dev\0 Park", "C1", "why", NOON, NOON + timedelta(hours=2))


def events(store: Store) -> list[tuple[str, str | None]]:
    assert not store.audit.verify().fault
    return [(entry.event, entry.actor_user) for entry in store.audit.export()]


def test_a_lock_comes_back_as_it_was_stored(store: Store) -> None:
    assert store.lock(KEY) is None
    assert store.take_lock(LOCK, None, "lock")

    assert store.lock(KEY) == replace(LOCK, name="Dev\ufffd Park")
    assert store.lock(replace(KEY, namespace="prod")) is None
    (entry,) = store.audit.export()
    assert (entry.event, entry.service, entry.actor_user, entry.reason) == ("lock", KEY.name, DEV.user, "why")


def test_a_lock_is_taken_in_the_place_of_the_one_that_was_seen_only(store: Store) -> None:
    second, third = replace(LOCK, id="l2", owner=SRE), replace(LOCK, id="l3", owner=LEAD)
    store.take_lock(LOCK, None, "lock")

    assert not store.take_lock(second, None, "lock")
    assert store.take_lock(second, LOCK, "steal")
    assert not store.take_lock(third, LOCK, "steal")
    assert not store.end_lock(LOCK, DEV)
    assert [lock.id for lock in store.locks()] == ["l2"]
    assert events(store) == [("lock", DEV.user), ("steal", SRE.user)]


def test_a_lock_is_ended_once(store: Store) -> None:
    store.take_lock(LOCK, None, "lock")

    assert store.end_lock(LOCK, None, "Its time is over.")
    assert not store.end_lock(LOCK, DEV)
    assert events(store) == [("lock", DEV.user), ("unlock", None)]


def test_a_lock_is_asked_about_by_one_process(store: Store) -> None:
    store.take_lock(LOCK, None, "lock")
    later = NOON + timedelta(days=1)

    assert store.claim_nag(LOCK, NOON)
    assert not store.claim_nag(LOCK, NOON)
    assert store.claim_nag(replace(LOCK, nagged=NOON), later)
    assert store.locks()[0].nagged == later


def test_of_ten_who_lock_at_once_one_does(store: Store) -> None:
    with ThreadPoolExecutor(10) as pool:
        took = list(pool.map(lambda n: store.take_lock(replace(LOCK, id=f"l{n}"), None, "lock"), range(10)))

    assert took.count(True) == 1
    assert len(events(store)) == 1


FREEZE = Freeze("f1", "main", "shop", DEV, "Dev Park", "C1", "down", NOON, NOON + timedelta(hours=2))


def test_a_freeze_comes_back_as_it_was_stored_and_a_second_takes_its_place(store: Store) -> None:
    other = replace(FREEZE, id="f2", namespace="prod", until=None)
    second = replace(FREEZE, id="f3", person=SRE, since=NOON + timedelta(hours=1))
    for freeze in (FREEZE, other, second):
        store.put_freeze(freeze)

    assert store.freezes() == [other, second]
    assert events(store) == [("freeze", DEV.user), ("freeze", DEV.user), ("freeze", SRE.user)]


def test_a_freeze_is_ended_once(store: Store) -> None:
    store.put_freeze(FREEZE)

    assert store.end_freeze(FREEZE, SRE, "C2")
    assert not store.end_freeze(FREEZE, SRE, "C2")
    assert store.freezes() == []
    last = list(store.audit.export())[-1]
    assert (last.event, last.actor_user, last.channel, last.namespace, last.service) == (
        "thaw",
        SRE.user,
        "C2",
        "shop",
        None,
    )
