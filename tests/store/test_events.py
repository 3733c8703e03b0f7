"""Slack delivers an event again when it is in doubt; it is acted upon once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from bot.store import Store
from tests.store.examples import NOON


def test_an_event_is_new_once(store: Store) -> None:
    assert store.first("Ev1", NOON)
    assert not store.first("Ev1", NOON + timedelta(minutes=6))
    assert store.first("Ev2", NOON)


def test_an_event_is_new_to_one_of_several_processes(store: Store, url: str) -> None:
    other = Store.open(url)
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda index: (store, other)[index % 2].first("Ev1", NOON), range(16)))
    other.close()

    assert sorted(told) == [False] * 15 + [True]


def test_events_are_forgotten_when_slack_does_not_repeat_them_any_more(store: Store) -> None:
    store.first("Ev1", NOON)
    store.first("Ev2", NOON + timedelta(days=2))

    assert store.first("Ev1", NOON + timedelta(days=2))
