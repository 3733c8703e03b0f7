"""A lock has one owner, and is asked about when it may have been forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.change import Person
from bot.core.holds import Held, Holds, check
from bot.core.locking import Lock, forgotten
from bot.core.policy import Actor, Policy
from tests.core import builders

BERLIN = ZoneInfo("Europe/Berlin")
DEV, OPS = Person("T1", "U1DEV"), Person("T1", "U2OPS")
TUESDAY = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)  # 09:30 in Berlin
LOCK = Lock("l1", builders.KEY, DEV, "Dev Park", "C1", "migrating", TUESDAY - timedelta(hours=9))


def ask(holds: Holds, person: Person) -> None:
    check(holds, "shop/hello", Actor(person), "", Policy((), {}), TUESDAY)


def test_a_lock_stops_everybody_but_its_owner() -> None:
    ask(Holds(LOCK), DEV)
    ask(Holds(), OPS)
    with pytest.raises(Held, match=r"shop/hello is locked by Dev Park, 9h ago: migrating\."):
        ask(Holds(LOCK), OPS)


def test_the_same_user_id_in_another_workspace_is_not_the_owner() -> None:
    with pytest.raises(Held):
        ask(Holds(LOCK), Person("T2", DEV.user))


def test_a_lock_with_an_end_holds_until_then() -> None:
    ends = replace(LOCK, until=TUESDAY)
    assert ends.holds(TUESDAY - timedelta(seconds=1))
    assert not ends.holds(TUESDAY)


@pytest.mark.parametrize(
    ("lock", "now", "asks"),
    [
        pytest.param(LOCK, TUESDAY, True, id="after eight hours, in working hours"),
        pytest.param(replace(LOCK, since=TUESDAY - timedelta(hours=7)), TUESDAY, False, id="too young"),
        pytest.param(LOCK, TUESDAY - timedelta(hours=1), False, id="before nine in Berlin"),
        pytest.param(LOCK, TUESDAY + timedelta(hours=8), False, id="in the evening"),
        pytest.param(LOCK, TUESDAY + timedelta(days=4), False, id="on a Saturday"),
        pytest.param(replace(LOCK, nagged=TUESDAY), TUESDAY + timedelta(hours=3), False, id="asked today"),
        pytest.param(replace(LOCK, nagged=TUESDAY), TUESDAY + timedelta(days=1), True, id="asked yesterday"),
        pytest.param(replace(LOCK, until=TUESDAY + timedelta(days=1)), TUESDAY, False, id="it ends by itself"),
    ],
)
def test_its_owner_is_asked_once_a_working_day(lock: Lock, now: datetime, asks: bool) -> None:
    assert forgotten(lock, now, BERLIN) is asks
