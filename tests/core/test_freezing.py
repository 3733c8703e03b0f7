"""Freezes hold when the clock on the wall says so, in every zone and through both changes of the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.change import Person
from bot.core.errors import Invalid
from bot.core.freezing import HORIZON, Freeze, Frozen, Window, frozen, parse, until
from bot.core.holds import Held, Holds, check
from bot.core.model import ServiceKey
from bot.core.policy import Actor, Group, Policy
from tests.core import builders

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
DEV, LEAD = Person("T1", "U1DEV"), Person("T1", "U3LEAD")
RULES = Policy((), {"leads": Group(frozenset({LEAD.user}))})


def at(text: str, zone: str = BERLIN, fold: int = 0) -> datetime:
    """A time on the wall."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def window(*when: str, zone: str = BERLIN, **fields: Any) -> Window:
    return Window("window", tuple(parse(each) for each in when), zone, **fields)


@pytest.mark.parametrize(
    ("when", "now", "end"),
    [
        # 2026-11-27 is a Friday
        ("fri 16:00 - mon 08:00", "2026-11-27 15:59", None),
        ("fri 16:00 - mon 08:00", "2026-11-27 16:00", "2026-11-30 08:00"),
        ("fri 16:00 - mon 08:00", "2026-11-29 12:00", "2026-11-30 08:00"),
        ("fri 16:00 - mon 08:00", "2026-11-30 07:59", "2026-11-30 08:00"),
        ("fri 16:00 - mon 08:00", "2026-11-30 08:00", None),
        ("friday 16:00 to friday 08:00", "2026-11-27 12:00", None),
        ("friday 16:00 to friday 08:00", "2026-11-26 12:00", "2026-11-27 08:00"),
        ("weekdays 12:00 - 13:00", "2026-11-27 12:30", "2026-11-27 13:00"),
        ("weekdays 12:00 - 13:00", "2026-11-28 12:30", None),
        ("daily 22:00 - 06:00", "2026-11-27 23:00", "2026-11-28 06:00"),
        ("daily 22:00 - 06:00", "2026-11-28 05:59", "2026-11-28 06:00"),
        ("daily 22:00 - 06:00", "2026-11-28 06:00", None),
        ("mon,fri 22:00–06:00", "2026-11-28 05:00", "2026-11-28 06:00"),
        ("sat 00:00 - 24:00", "2026-11-28 23:59", "2026-11-29 00:00"),
        ("2026-12-23 18:00 - 2027-01-02 08:00", "2026-12-23 17:59", None),
        ("2026-12-23 18:00 - 2027-01-02 08:00", "2026-12-31 23:59", "2027-01-02 08:00"),
        ("2026-12-23 18:00 - 2027-01-02 08:00", "2027-12-31 23:59", None),
    ],
)
def test_a_span_holds_from_its_beginning_until_before_its_end(when: str, now: str, end: str | None) -> None:
    assert until(window(when), at(now).astimezone(UTC)) == (at(end) if end else None)


def test_spans_that_follow_each_other_end_with_the_last() -> None:
    both = window("sat 00:00 - 24:00", "sun 00:00 - 24:00", "mon 00:00 - 06:00")
    assert until(both, at("2026-11-28 10:00")) == at("2026-11-30 06:00")


def test_a_freeze_without_an_end_is_told_to_hold_for_very_long() -> None:
    now = at("2026-11-28 10:00")
    end = until(window("daily 00:00 - 24:00"), now)
    assert end
    assert end - now >= HORIZON - timedelta(days=1)


@pytest.mark.parametrize(
    ("when", "zone", "now", "holds"),
    [
        # Berlin leaves out 02:00 to 03:00 on 2026-03-29, and has it twice on 2026-10-25
        pytest.param("daily 02:30 - 04:00", BERLIN, at("2026-03-29 03:10"), True, id="begins in the gap: held after"),
        pytest.param("daily 01:00 - 02:30", BERLIN, at("2026-03-29 03:10"), True, id="ends in the gap: the longer one"),
        pytest.param("daily 01:00 - 02:30", BERLIN, at("2026-03-29 03:40"), False, id="and no longer than that"),
        pytest.param("daily 02:30 - 04:00", BERLIN, at("2026-10-25 02:10", fold=1), True, id="from the first 02:30"),
        pytest.param("daily 01:00 - 02:30", BERLIN, at("2026-10-25 02:20", fold=1), True, id="to the second 02:30"),
        pytest.param("daily 01:00 - 02:30", BERLIN, at("2026-10-25 02:40", fold=1), False, id="and not beyond it"),
        pytest.param("sat 16:00 - mon 08:00", BERLIN, at("2026-10-26 07:59"), True, id="an hour more, same clock"),
        pytest.param("sat 16:00 - mon 08:00", BERLIN, at("2026-03-30 08:00"), False, id="an hour less, same clock"),
        pytest.param("daily 09:00 - 10:00", NEW_YORK, at("2026-11-27 15:30"), True, id="another zone"),
        pytest.param("daily 09:00 - 10:00", NEW_YORK, at("2026-11-27 09:30"), False, id="not the reader's clock"),
    ],
)
def test_through_changes_of_the_clock_the_freeze_is_the_longer_one(
    when: str, zone: str, now: datetime, holds: bool
) -> None:
    assert (until(window(when, zone=zone), now) is not None) is holds


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 # its limits


@given(moments, st.sampled_from(["fri 16:00 - mon 08:00", "daily 22:00 - 06:00", "weekdays 01:30 - 02:30"]))
def test_whatever_holds_now_holds_until_just_before_its_end_and_not_at_it(now: datetime, when: str) -> None:
    end = until(window(when), now)
    if end is None:
        return
    assert end > now
    assert until(window(when), end - timedelta(seconds=1)) == end
    assert until(window(when), end) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "friday",
        "fri 16:00",
        "fri 16:00 - mon",
        "fri 16:00 - weekdays 08:00",
        "fry 16:00 - mon 08:00",
        "mon,tue 16:00 - wed 08:00",
        "daily 25:00 - 26:00",
        "daily 12:60 - 13:00",
        "2026-02-30 18:00 - 2026-03-02 08:00",
        "2026-12-24 18:00 - 2026-12-24 18:00",
        "2026-12-24 18:00 - 2026-12-23 08:00",
        "2026-12-24 18:00 - mon 08:00",
    ],
)
def test_what_is_no_span_is_answered_with_examples(text: str) -> None:
    with pytest.raises(Invalid) as wrong:
        parse(text)
    assert "fri 16:00 - mon 08:00" in wrong.value.hint


@pytest.mark.parametrize(
    ("fields", "covers"),
    [
        ({}, True),
        ({"namespaces": ("shop",)}, True),
        ({"namespaces": ("prod", "sho?")}, True),
        ({"namespaces": ("prod",)}, False),
        ({"clusters": ("other",)}, False),
        ({"services": ("hel*",), "clusters": ("main",)}, True),
        ({"services": ("world",)}, False),
    ],
)
def test_a_window_covers_what_its_globs_fit(fields: dict[str, Any], covers: bool) -> None:
    assert window("daily 00:00 - 24:00", **fields).covers(builders.KEY) is covers
    now = at("2026-11-28 10:00")
    assert bool(frozen(builders.KEY, [window("daily 00:00 - 24:00", **fields)], (), (), now)) is covers


def test_a_freeze_by_hand_holds_in_its_namespace_until_its_end() -> None:
    now = at("2026-11-28 10:00")
    freeze = Freeze("f1", "main", "shop", DEV, "Dev", "C1", "down", now, now + timedelta(hours=1))
    (found,) = frozen(builders.KEY, (), [freeze], ("leads",), now)
    assert (found.person, found.reason, found.override) == (DEV, "down", ("leads",))
    assert not frozen(builders.KEY, (), [freeze], (), now + timedelta(hours=1))
    assert not frozen(ServiceKey("main", "prod", "hello"), (), [freeze], (), now)
    assert not frozen(ServiceKey("other", "shop", "hello"), (), [freeze], (), now)


CLOSED = Frozen("nobody is here", at("2026-11-30 08:00"), ("leads",), "weekend")


def ask(person: Person, override: str, *freezes: Frozen) -> tuple[str, ...]:
    return check(Holds(None, freezes), "shop/hello", Actor(person), override, RULES, at("2026-11-28 10:00"))


def test_a_freeze_holds_everybody_and_says_until_when_and_why() -> None:
    told = r"shop/hello is frozen by “weekend” until Mon 30 Nov 08:00 CET: nobody is here\."
    for person, override, hint in ((DEV, "", "leads"), (DEV, "please", "leads"), (LEAD, "", "--override")):
        with pytest.raises(Held, match=told) as held:
            ask(person, override, CLOSED)
        assert hint in held.value.hint


def test_those_who_may_override_it_with_a_reason_which_the_plan_tells() -> None:
    assert ask(LEAD, "the shop is down", CLOSED) == (
        "It is frozen by “weekend” until Mon 30 Nov 08:00 CET: nobody is here. Overridden: the shop is down",
    )
    assert ask(LEAD, "the shop is down") == ()


def test_of_two_freezes_both_must_be_overridden() -> None:
    with pytest.raises(Held, match="by “audit”"):
        ask(LEAD, "the shop is down", CLOSED, replace(CLOSED, window="audit", override=()))
