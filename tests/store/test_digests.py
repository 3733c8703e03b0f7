"""Digests belong to a channel and keep their order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.core import schedule
from bot.core.errors import Unavailable
from tests.store.examples import NOON, digest

if TYPE_CHECKING:
    from bot.store import Store


@pytest.mark.parametrize("text", ["weekdays 09:00", "every 90m", "0 9 1 * mon"])
def test_a_digest_comes_back_as_it_was_stored(store: Store, text: str) -> None:
    stored = replace(digest(), schedule=schedule.parse(text))
    store.add_digest(stored)

    assert store.digests() == [stored]


def test_digests_are_in_the_order_in_which_they_were_added(store: Store) -> None:
    for identity, channel in (("b", "C2"), ("a", "C1"), ("c", "C2")):
        store.add_digest(digest(identity, channel))

    assert [found.id for found in store.digests()] == ["b", "a", "c"]
    assert [found.id for found in store.digests("C2")] == ["b", "c"]
    assert store.digests("C3") == []


def test_two_channels_may_have_a_digest_of_the_same_id_but_one_channel_may_not(store: Store) -> None:
    store.add_digest(digest("d1", "C1"))
    store.add_digest(digest("d1", "C2"))

    with pytest.raises(Unavailable):
        store.add_digest(digest("d1", "C1"))
    assert len(store.digests()) == 2


def test_a_digest_is_removed_from_its_own_channel_only(store: Store) -> None:
    store.add_digest(digest())

    assert not store.remove_digest("C2", "d1")
    assert not store.remove_digest("C1", "d2")
    assert store.remove_digest("C1", "d1")
    assert not store.remove_digest("C1", "d1")
    assert store.digests() == []


def test_a_digest_is_leased_by_one_and_free_again_when_the_lease_is_over(store: Store) -> None:
    store.add_digest(digest())
    until = NOON + timedelta(minutes=1)

    assert store.lease_digest(digest(), NOON, until)
    assert not store.lease_digest(digest(), NOON, until)
    assert store.lease_digest(digest(), until, until + timedelta(minutes=1))


def test_a_digest_that_was_sent_is_due_at_its_next_time(store: Store) -> None:
    store.add_digest(digest())
    later = NOON + timedelta(days=2)
    store.lease_digest(digest(), NOON, NOON + timedelta(minutes=1))
    store.advance_digest(digest(), later, NOON)

    assert not store.lease_digest(digest(), NOON, later)
    assert store.digests() == [replace(digest(), next_at=later, sent_at=NOON)]
    assert store.lease_digest(store.digests()[0], NOON, later)
