from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core import collecting
from bot.core.retention import MODIFIED, NO_GC, STATE, Retention
from tests.core.builders import NOW, make, name, revision, snapshot, target

if TYPE_CHECKING:
    from bot.core.model import Revision

ONE, TWO, THREE = name(1), name(2), name(3)
EAGER = Retention(since_created=timedelta(hours=1), since_active=timedelta(hours=1), fewest=0)
LATER = NOW + timedelta(hours=2)


def idle(number: int, **annotations: str) -> Revision:
    since = (NOW + timedelta(minutes=number)).isoformat()
    return revision(number, labels={STATE: "reserve"}, annotations={MODIFIED: since, **annotations})


ON = snapshot(target("@latest", 100), leads=3, revisions=(revision(3), idle(2), idle(1)))


def test_what_may_be_gone_before_it_serves_is_said() -> None:
    plan = make("rollback hello 1", ON)
    assert collecting.notes(plan, ON, EAGER, LATER) == [
        f"Knative may collect {ONE} at any moment, as long as it has no traffic."
    ]
    soon = NOW + timedelta(minutes=30)
    assert "from 2026-03-01 13:01 UTC on" in collecting.notes(plan, ON, EAGER, soon)[0]


def test_what_is_left_behind_and_will_be_collected_is_said() -> None:
    on = snapshot(target(TWO, 50), target(ONE, 50), leads=3, revisions=(revision(3), revision(2), revision(1)))
    notes = collecting.notes(make("rollout hello 2=100", on), on, EAGER, LATER)
    assert notes == [f"{ONE} is left without traffic and tag: Knative may collect it from 2026-03-01 15:00 UTC on."]


def test_what_a_deploy_leaves_behind_is_said() -> None:
    on = snapshot(target("@latest", 100), leads=2, revisions=(revision(2), idle(1)))
    assert collecting.notes(make("deploy hello img", on), on, EAGER, LATER) == [
        f"{TWO} is left without traffic and tag: Knative may collect it from 2026-03-01 15:00 UTC on."
    ]
    assert collecting.notes(make("deploy hello img --no-traffic", on), on, EAGER, LATER) == []
    assert collecting.notes(make("deploy hello img", on), on, Retention(), LATER) == []


def test_nothing_is_said_where_nothing_is_lost() -> None:
    assert collecting.notes(make("rollback hello 1", ON), ON, Retention(), LATER) == []
    kept = snapshot(target("@latest", 100), leads=3, revisions=(revision(3), idle(2), idle(1, **{NO_GC: "true"})))
    assert collecting.notes(make("rollback hello 1", kept), kept, EAGER, LATER) == []
    assert collecting.notes(make("tag hello 3 x", ON), ON, EAGER, LATER) == []
