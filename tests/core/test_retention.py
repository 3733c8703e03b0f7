"""Which Revisions may be collected, as Knative's own garbage collector decides it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.retention import MODIFIED, NO_GC, STATE, Retention, collected, kept, read
from tests.core.builders import NOW, name, revision
from tests.knative.recorded import exchange

if TYPE_CHECKING:
    from bot.core.model import Revision

HOUR = timedelta(hours=1)
EAGER = Retention(since_created=48 * HOUR, since_active=15 * HOUR, fewest=0, most=None)


def idle(number: int, hours: float, created: float | None = None) -> Revision:
    """A Revision that no route has named for some hours."""
    since = NOW - hours * HOUR
    born = NOW - (hours if created is None else created) * HOUR
    return revision(number, created=born, labels={STATE: "reserve"}, annotations={MODIFIED: since.isoformat()})


def test_one_that_has_been_idle_for_long_may_go_at_any_moment() -> None:
    assert collected([idle(1, 100)], name(2), EAGER, NOW) == {name(1): NOW}


def test_it_must_be_older_than_both_bounds() -> None:
    assert collected([idle(1, 1, created=100)], None, EAGER, NOW) == {name(1): NOW + 14 * HOUR}
    assert collected([idle(1, 20, created=20)], None, EAGER, NOW) == {name(1): NOW + 28 * HOUR}


def test_a_bound_that_is_disabled_does_not_hold_it_and_without_bounds_none_is_stale() -> None:
    assert collected([idle(1, 20)], None, Retention(None, 15 * HOUR, 0, None), NOW) == {name(1): NOW}
    assert collected([idle(1, 9000)], None, Retention(None, None, 0, None), NOW) == {}


def test_what_traffic_names_what_is_newest_and_what_is_marked_stays() -> None:
    routed = revision(1, created=NOW - 900 * HOUR, labels={STATE: "active"})
    unlabelled = revision(2, created=NOW - 900 * HOUR)
    marked = revision(3, created=NOW - 900 * HOUR, labels={STATE: "reserve"}, annotations={NO_GC: "True"})
    newest = idle(4, 900)
    assert kept(marked)
    assert collected([routed, unlabelled, marked, newest], name(4), EAGER, NOW) == {}


def test_only_those_beyond_the_fewest_go_and_the_longest_idle_first() -> None:
    revisions = [idle(number, 100 * number) for number in (1, 2, 3)]
    retention = Retention(fewest=2)
    assert collected(revisions, None, retention, NOW) == {name(3): NOW}


def test_beyond_the_most_they_go_however_young_they_are() -> None:
    revisions = [idle(number, number / 10) for number in (1, 2, 3)]
    assert collected(revisions, None, Retention(None, None, 0, 1), NOW) == {name(2): NOW, name(3): NOW}


def test_what_a_plan_takes_traffic_from_is_idle_from_now_on() -> None:
    routed = revision(1, created=NOW - 900 * HOUR, labels={STATE: "active"})
    other = idle(2, 1)
    assert collected([routed, other], None, EAGER, NOW, named={name(2)}) == {name(1): NOW + 15 * HOUR}
    assert collected([routed, other], None, EAGER, NOW, named={name(1), name(2)}) == {}


def test_the_recorded_settings_are_the_defaults() -> None:
    assert read(json.dumps(exchange(103)["response"]["data"])) == Retention()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"retain-since-create-time": "1h30m"}, Retention(since_created=1.5 * HOUR)),
        ({"retain-since-last-active-time": "disabled"}, Retention(since_active=None)),
        ({"retain-since-last-active-time": "soon"}, Retention()),
        ({"min-non-active-revisions": "0"}, Retention(fewest=0)),
        ({"max-non-active-revisions": "disabled"}, Retention(most=None)),
        ({"max-non-active-revisions": "-3"}, Retention()),
    ],
)
def test_settings_are_read_as_knative_reads_them(data: dict[str, str], expected: Retention) -> None:
    assert read(json.dumps(data)) == expected


@given(
    hours=st.lists(st.integers(0, 400), max_size=30),
    fewest=st.integers(0, 10),
    most=st.none() | st.integers(0, 20),
)
def test_enough_remain_and_nothing_goes_before_its_time(hours: list[int], fewest: int, most: int | None) -> None:
    revisions = [idle(number, age) for number, age in enumerate(hours, 1)]
    at_once = collected(revisions, None, Retention(fewest=fewest, most=most), NOW)
    assert all(when >= NOW for when in at_once.values())
    assert len(revisions) - len(at_once) >= min(len(revisions), fewest if most is None else min(fewest, most))
    left = [each for each in revisions if at_once.get(each.name, datetime.max.replace(tzinfo=NOW.tzinfo)) > NOW]
    assert most is None or len(left) <= most
