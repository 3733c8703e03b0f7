from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.core import making, reverting, warming
from bot.core.errors import Stale
from bot.core.model import Condition, Truth
from bot.core.plan import PLAN
from bot.core.staleness import conditional
from tests.core.builders import (
    KEY,
    NOW,
    REQUEST,
    applied,
    make,
    name,
    revision,
    service,
    shares,
    snapshot,
    tags,
    target,
)

if TYPE_CHECKING:
    from bot.core.model import Service, Snapshot
    from bot.core.plan import Plan

ONE, TWO = name(1), name(2)
ASLEEP = (revision(2, replicas=1), revision(1, replicas=0))


def cold(*traffic: object, **fields: object) -> Snapshot:
    wished = traffic or (target("@latest", 100),)
    return snapshot(*wished, revisions=ASLEEP, **fields)  # type: ignore[arg-type] # targets, and a Service's fields


def opened(plan: Plan) -> Service:
    """The Service after the plan's opening."""
    first = warming.opening(plan)
    assert first is not None
    return service(*first.after.traffic, generation=8, resource_version="800", annotations={PLAN: first.id})


@pytest.mark.parametrize(
    ("line", "warms"),
    [
        pytest.param("rollback hello", (ONE,), id="rollback"),
        pytest.param("rollback hello --now", (), id="not to be waited for"),
        pytest.param("rollout hello 1=10", (ONE,), id="rollout"),
        pytest.param("rollout hello 1=10,50,100", (ONE,), id="rollout in steps"),
        pytest.param("rollout hello 1=0 2=100", (), id="no traffic"),
        pytest.param("tag hello 1 old", (), id="only a tag"),
        pytest.param("deploy hello img:9 --traffic hello-00001=90", (ONE,), id="deploy that splits"),
    ],
)
def test_what_gets_traffic_without_having_pods_is_woken_first(line: str, warms: tuple[str, ...]) -> None:
    assert make(line, cold()).warms == warms


def test_what_has_pods_or_traffic_is_not_woken() -> None:
    assert make("rollback hello", snapshot()).warms == ()
    assert make("rollout hello 1=20", cold(target(TWO, 90), target(ONE, 10))).warms == ()
    idle = revision(1, replicas=1, conditions=(Condition("Ready", Truth.TRUE), Condition("Active", Truth.FALSE)))
    assert make("rollback hello", snapshot(revisions=(revision(2), idle))).warms == (ONE,)


def test_following_wakes_what_it_leads_to_and_undo_what_it_gives_back_to() -> None:
    asleep = (revision(2, replicas=0), revision(1, replicas=1))
    assert make("follow hello", snapshot(target(ONE, 100), revisions=asleep)).warms == (TWO,)

    on = snapshot(target(ONE, 100))
    plan = make("rollout hello 2=100", on)
    after = replace(applied(plan, on), revisions=ASLEEP)
    assert reverting.service(plan, 8, after, REQUEST).warms == (ONE,)


def test_an_opening_adds_an_address_and_moves_nothing() -> None:
    plan = make("rollback hello", cold())
    first = warming.opening(plan)
    assert first is not None
    assert first.before == plan.before
    assert first.base == plan.base
    assert shares(first) == {"@latest": 100}
    assert tags(first) == {"knobot-warm": ONE}
    assert not first.new_revision
    assert first.annotations == ()
    assert warming.opening(plan) == first
    assert first.id != plan.id


def test_nothing_is_opened_where_a_tag_leads_there_already() -> None:
    plan = make("rollback hello", cold(target("@latest", 100), target(ONE, 0, "old")))
    assert plan.warms == (ONE,)
    assert warming.opening(plan) is None


def test_a_plan_holds_on_its_base_and_on_its_own_opening_alone() -> None:
    plan = make("rollback hello", cold())
    conditional(plan, opened(plan))
    other = make("rollback hello", cold(uid="another"))
    for moved in (replace(opened(plan), generation=9), opened(other), service(generation=8)):
        with pytest.raises(Stale):
            conditional(plan, moved)


def test_the_first_step_holds_on_the_opening_of_what_was_approved() -> None:
    approved = make("rollout hello 1=10,100 --every 5m", cold())
    plan = making.begun(approved, NOW)

    assert plan.id != approved.id
    assert warming.opening(plan) == warming.opening(approved)
    conditional(plan, opened(approved))


def test_who_changed_an_opened_service_is_not_knobot() -> None:
    plan = make("rollback hello", cold())
    told = {**opened(plan).annotations, "serving.knative.dev/lastModifier": "jane"}
    with pytest.raises(Stale, match="by jane"):
        conditional(plan, replace(opened(plan), generation=9, annotations=told))


def test_what_is_left_of_an_opening_is_no_part_of_later_plans() -> None:
    left = (target("@latest", 100), target(TWO, 0, "knobot-warm"), target(ONE, 0, "old"))
    plan = make("rollback hello", cold(*left))
    assert tags(plan) == {"old": ONE}
    closing = warming.closing(plan, service(*left))
    assert closing is not None
    assert tags(closing) == {"old": ONE}
    assert shares(closing) == {"@latest": 100}
    assert warming.closing(plan, service(*left[::2])) is None


def test_a_service_whose_name_leaves_no_room_for_a_tag_is_not_opened() -> None:
    long = replace(KEY, name="a" * 55)
    on = cold(key=long)
    on = replace(on, key=long)
    plan = make(f"rollback {'a' * 55}", on)
    assert plan.warms == ()
    assert f"{ONE} has no pods now: the first requests wait for one." in plan.notes
