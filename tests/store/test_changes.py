"""Changes come back as they were stored, and move only from where they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.core.change import Event, State, advance, vote
from bot.core.errors import Unavailable
from bot.core.model import ServiceKey
from bot.store import Store
from tests.store.examples import DEV, KEY, LEAD, NOON, SRE, approved, begun, change, wrote

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.core.change import Change

OTHER = ServiceKey("main", "prod", "checkout")


def played(store: Store, start: Change, *states: str) -> Change:
    """Store a change and move it on, as far as `states` tell."""
    steps = {"approve": approved, "begin": begun, "wrote": wrote}
    store.add(start)
    for name in states:
        after = steps[name](start)
        assert store.move(start, after, name)
        start = after
    return start


def test_a_change_comes_back_as_it_was_stored(store: Store) -> None:
    store.add(change())

    assert store.change("c1") == change()
    assert store.change("c2") is None


def test_a_change_survives_a_restart(url: str) -> None:
    first = Store.open(url)
    end = played(first, change(), "approve", "begin", "wrote")
    first.close()
    second = Store.open(url)

    assert second.change("c1") == end
    second.close()


def test_a_change_without_service_and_without_actor_comes_back(store: Store) -> None:
    bare = replace(change(), plan=replace(change().plan, base=None, before=None), wait=None, actor=None)
    store.add(bare)

    assert store.change("c1") == bare


def test_text_that_no_database_takes_is_stored_without_what_it_cannot_take(store: Store) -> None:
    before = change()
    store.add(before)
    after = advance(before, Event.DECLINE, LEAD, "no\0, and \ud800 no")

    assert store.move(before, after, "decline")
    found = store.change("c1")
    assert found is not None
    assert found.reason == "no\ufffd, and ? no"


def test_one_change_cannot_be_added_twice(store: Store) -> None:
    store.add(change())

    with pytest.raises(Unavailable):
        store.add(change())
    assert store.audit.verify().rows == 1


def test_a_move_from_an_old_version_writes_nothing(store: Store) -> None:
    before = change()
    store.add(before)
    first, second = vote(before, LEAD), advance(before, Event.DECLINE, LEAD)

    assert store.move(before, first, "approve")
    assert not store.move(before, second, "decline")
    assert store.change("c1") == first
    assert [entry.event for entry in store.audit.export()] == ["asked", "approve"]


def test_a_move_of_an_unknown_change_writes_nothing(store: Store) -> None:
    assert not store.move(change(), approved(change()), "approve")
    assert store.audit.verify().rows == 0


def test_a_move_that_keeps_its_version_is_a_fault_of_the_program(store: Store) -> None:
    store.add(change())

    with pytest.raises(ValueError, match="raises the version"):
        store.move(change(), change(), "approve")


def test_the_message_is_noted_beside_the_moves(store: Store) -> None:
    before = change()
    store.add(before)
    store.seen("c1", "1700000000.000100", 0)
    assert store.move(before, approved(before), "approve")

    assert store.change("c1") == replace(approved(before), message="1700000000.000100", shown=0)
    assert store.audit.verify().rows == 2


def test_what_has_moved_since_it_was_shown_is_unseen(store: Store) -> None:
    before = change()
    store.add(before)
    assert [found.id for found in store.unseen(NOON - timedelta(days=1))] == ["c1"]
    assert store.seen("c1", "1700000000.000100", before.version)
    assert not store.unseen(NOON - timedelta(days=1))

    assert store.move(before, approved(before), "approve")

    assert not store.seen("c1", "1700000000.000100", before.version)
    assert [found.id for found in store.unseen(NOON - timedelta(days=1))] == ["c1"]
    assert not store.unseen(NOON + timedelta(days=1))


def test_unfinished_changes_are_those_that_have_not_ended_oldest_first(store: Store) -> None:
    for number, state in enumerate(State):
        store.add(change(state.value, state=state, created=NOON - timedelta(minutes=number)))
    store.add(change("elsewhere", key=OTHER, created=NOON + timedelta(minutes=1)))

    assert [found.id for found in store.unfinished(KEY)] == ["rolling", "applying", "warming", "approved", "pending"]
    assert [found.id for found in store.unfinished()] == [
        "rolling",
        "applying",
        "warming",
        "approved",
        "pending",
        "elsewhere",
    ]


def test_pending_changes_are_those_of_the_channels_asked_for(store: Store) -> None:
    store.add(change("late", channel="C2"))
    store.add(change("early", created=NOON - timedelta(minutes=1)))
    store.add(change("done", state=State.DONE))

    assert [found.id for found in store.pending()] == ["early", "late"]
    assert [found.id for found in store.pending(["C2", "C3"])] == ["late"]
    assert store.pending([]) == []


def test_the_last_written_change_is_the_last_by_its_write_not_by_its_wish(store: Store) -> None:
    late, early = change("late", created=NOON + timedelta(hours=1)), change("early")
    played(store, late, "approve", "begin", "wrote")
    assert store.last_written(KEY) == store.change("late")
    rolling = played(store, early, "approve", "begin", "wrote")
    played(store, change("begun"), "approve", "begin")
    played(store, change("elsewhere", key=OTHER), "approve", "begin", "wrote")
    assert store.last_written(KEY) == rolling

    failed = advance(rolling, Event.FAILED, None, "the image is missing")
    assert store.move(rolling, failed, "failed")

    assert store.last_written(KEY) == failed
    assert store.last_written(ServiceKey("main", "shop", "other")) is None


def test_the_requester_of_a_stored_change_is_a_pair_of_ids(store: Store) -> None:
    store.add(change())

    found = store.change("c1")
    assert found is not None
    assert found.requester == DEV


def test_a_table_that_is_gone_is_a_database_that_does_not_answer(store: Store, outside: Engine) -> None:
    with outside.begin() as connection:
        connection.exec_driver_sql("DROP TABLE changes")

    with pytest.raises(Unavailable) as caught:
        store.change("c1")
    assert caught.value.code == "database"
    assert "SELECT" not in str(caught.value)


def test_a_persons_own_changes_are_found_newest_first(store: Store) -> None:
    for number in range(3):
        store.add(change(f"c{number}", created=NOON + timedelta(minutes=number)))

    assert [found.id for found in store.by(DEV, 2)] == ["c2", "c1"]
    assert not store.by(SRE, 2)
