"""People are reminded once, some time before it is too late, and never in the first half of the waiting."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.change import Change, State, Votes
from bot.core.reminding import due
from tests.core import builders
from tests.core.builders import NOW

HOUR, HALF = timedelta(hours=1), timedelta(minutes=30)
PLAN = builders.make("rollout hello latest=10", builders.snapshot(builders.target(builders.name(1), 100)))
WAITING = Change("c1", PLAN, State.PENDING, Votes(1, "approvers"), NOW, NOW + 4 * HOUR)


@pytest.mark.parametrize(
    ("change", "after", "is_due"),
    [
        pytest.param(WAITING, 3 * HOUR, False, id="too early"),
        pytest.param(WAITING, 3 * HOUR + HALF, True, id="in time"),
        pytest.param(WAITING, 4 * HOUR, False, id="too late"),
        pytest.param(replace(WAITING, deadline=NOW + HALF), timedelta(), False, id="at once, of a short wait"),
        pytest.param(replace(WAITING, deadline=NOW + HALF), HALF / 2, True, id="halfway of a short wait"),
        pytest.param(replace(WAITING, state=State.APPROVED), 3 * HOUR + HALF, False, id="no longer waiting"),
        pytest.param(replace(WAITING, votes=Votes()), 3 * HOUR + HALF, False, id="waits for who asked"),
    ],
)
def test_when_it_is_time(change: Change, after: timedelta, is_due: bool) -> None:
    assert due(change, HALF, NOW + after) is is_due
