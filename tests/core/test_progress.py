"""Progress over what a real cluster answered: a change is true at one recorded event, and not before."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core import commands, making, reasons
from bot.core.change import Change, Event
from bot.core.commands import Address, Deploy, Follow, Rollback, Rollout, Share
from bot.core.model import Condition, Pod, Revision, Service, Snapshot, Truth
from bot.core.progress import Mark, look
from bot.core.template import TemplateEdit
from bot.knative import codec
from tests.core.builders import NOW, REQUEST, applied, make, revision, snapshot, target, written

FOLDER = Path(__file__).parent.parent / "recorded" / "knative-1.23"
SOON = NOW + timedelta(seconds=1)


def recorded(name: str, service: str) -> list[Service]:
    """The states of one Service as the watch told them."""
    events = [json.loads(line) for line in (FOLDER / f"watch-services-{name}.jsonl").read_text().splitlines()]
    return [
        codec.SERVICES.one(json.dumps(event["object"]).encode(), "main").value
        for event in events
        if event["object"]["metadata"].get("name") == service and event["type"] in ("ADDED", "MODIFIED")
    ]


def response(number: int) -> Any:
    (file,) = FOLDER.glob(f"{number:03d}-*.json")
    return json.loads(file.read_text())["response"]


def seen(state: Service) -> Snapshot:
    """The Revisions of this moment, by what the Service says of them: this watch did not record them."""
    failed = state.condition("ConfigurationsReady")
    revisions = []
    for number in range(int((state.latest_created or "-0").rpartition("-")[2]), 0, -1):
        name = f"{state.key.name}-{number:05d}"
        ready = Truth.TRUE if state.latest_ready and name <= state.latest_ready else Truth.UNKNOWN
        if failed and failed.status is Truth.FALSE and name == state.latest_created:
            ready = Truth.FALSE
        reason, message = (failed.reason, failed.message) if failed and ready is Truth.FALSE else ("", "")
        conditions = (Condition("Ready", ready, reason, message),)
        revisions.append(revision(number, name=name, service=state.key.name, conditions=conditions))
    return Snapshot(state.key, state, tuple(revisions))


def outcomes(change: Change, states: list[Service]) -> list[Event | None]:
    return [look(change, seen(state), (), SOON).outcome for state in states]


WEB = recorded("create-update", "web")
WAITING = None


def web(plan_on: Service | None, command: commands.SpecCommand, generation: int) -> Change:
    on = seen(plan_on) if plan_on else Snapshot(WEB[0].key, None)
    return written(making.make(command, on, REQUEST), generation)


IMAGE = TemplateEdit(image="ghcr.io/acme/web:v1")


def test_a_first_deploy_is_true_when_its_route_is_ready_and_not_before() -> None:
    change = web(None, Deploy(Address("web"), IMAGE), 1)
    assert outcomes(change, WEB[:8]) == [WAITING] * 7 + [Event.TRUE]


def test_a_deploy_is_true_when_its_own_revision_has_the_traffic_and_not_before() -> None:
    """Between the write and its Revision, status is True about the time before: three recorded events say so."""
    change = web(WEB[7], Deploy(Address("web"), IMAGE), 2)
    assert outcomes(change, WEB[8:15]) == [WAITING] * 6 + [Event.TRUE]


def test_a_deploy_without_traffic_waits_for_its_revision() -> None:
    change = web(WEB[7], Deploy(Address("web"), IMAGE, (Share("@latest", 0),)), 2)
    pinned = [
        replace(state, traffic=change.plan.after.traffic, routed=(target("web-00001", 100),)) for state in WEB[8:12]
    ]
    truthful = [*pinned[:3], replace(pinned[3], conditions=WEB[14].conditions)]
    assert outcomes(change, truthful) == [WAITING] * 3 + [Event.TRUE]


def test_a_split_is_true_when_status_says_it_of_the_written_generation() -> None:
    change = web(WEB[14], Rollout(Address("web"), (Share("web-00001", 90), Share("web-00002", 10))), 3)
    assert outcomes(change, WEB[15:20]) == [WAITING] * 4 + [Event.TRUE]


def test_a_change_that_another_one_followed_is_superseded() -> None:
    change = web(WEB[7], Deploy(Address("web"), IMAGE), 2)
    found = look(change, seen(WEB[15]), (), SOON)
    assert (found.outcome, found.reason) == (
        Event.SUPERSEDE,
        "shop/web was changed again by admin before this had come true.",
    )


def test_a_change_whose_service_went_or_was_made_anew_is_superseded() -> None:
    change = web(WEB[7], Deploy(Address("web"), IMAGE), 2)
    for gone in (Snapshot(WEB[0].key, None), seen(replace(WEB[8], uid="other"))):
        assert look(change, gone, (), SOON).outcome is Event.SUPERSEDE


@pytest.mark.parametrize(
    ("name", "at", "reason"),
    [
        pytest.param(
            "noimage", 4, 'Back-off pulling image "registry.example.com/missing:1"', id="an image that is not there"
        ),
        pytest.param("crasher", 4, "Container failed with: boom: no database", id="a container that exits"),
    ],
)
def test_a_deploy_whose_revision_fails_has_failed_with_the_recorded_reason(name: str, at: int, reason: str) -> None:
    states = recorded("failures", name)
    change = written(making.make(Deploy(Address(name), IMAGE), Snapshot(states[0].key, None), REQUEST), 1)
    assert outcomes(change, states)[: at + 1] == [WAITING] * at + [Event.FAILED]
    assert reason in look(change, seen(states[at]), (), SOON).reason


def read(number: int, revisions: int) -> Snapshot:
    state = codec.SERVICES.one(json.dumps(response(number)).encode(), "main").value
    items = codec.REVISIONS.page(json.dumps(response(revisions)).encode(), "main").items
    newest_first: tuple[Revision, ...] = tuple(sorted((each.value for each in items), key=lambda each: -each.number))
    return Snapshot(state.key, state, newest_first)


def test_a_deploy_that_failed_while_the_old_revision_serves_has_failed() -> None:
    after = read(73, 74)
    assert after.service is not None
    before = Snapshot(after.key, recorded("failures", "hello")[0], after.revisions[1:])
    change = written(making.make(Deploy(Address("hello"), IMAGE), before, REQUEST), 8)
    found = look(change, after, (), SOON)
    assert found.outcome is Event.FAILED
    assert found.revision == "hello-00004"
    assert found.reason == (
        'hello-00004 failed: ImagePullBackOff: Back-off pulling image "registry.example.com/missing:2"'
    )


def test_a_rollback_is_true_although_the_template_stays_broken() -> None:
    """ConfigurationsReady, and with it Ready, stay False after it: the traffic alone is what was asked for."""
    broken = read(73, 74)
    assert broken.service is not None
    change = written(making.make(Rollback(Address("hello"), "hello-00001"), broken, REQUEST), 9)
    now = replace(
        broken.service,
        generation=9,
        observed_generation=9,
        traffic=change.plan.after.traffic,
        routed=(target("hello-00001", 100),),
    )
    assert now.ready is Truth.FALSE
    assert look(change, replace(broken, service=now), (), SOON).outcome is Event.TRUE


def test_traffic_for_a_revision_that_is_not_there_fails_with_the_recorded_reason() -> None:
    missing = read(45, 46)
    assert missing.service is not None
    before = replace(missing, service=replace(missing.service, traffic=(target("hello-00001", 100),)))
    change = written(making.make(Follow(Address("hello")), before, REQUEST), missing.service.generation)
    found = look(change, missing, (), SOON)
    assert found.outcome is Event.FAILED
    assert 'RevisionMissing: Revision "hello-00099" referenced in traffic not found.' in found.reason


def test_traffic_that_knative_moves_by_itself_is_neither_true_nor_late() -> None:
    states = recorded("rollout-duration", "gradual")
    change = written(making.make(Deploy(Address("gradual"), IMAGE), seen(states[0]), REQUEST), 2)
    late = change.deadline + timedelta(hours=1)
    assert {look(change, seen(state), (), late).outcome for state in states[5:]} == {WAITING}
    assert look(change, seen(states[6]), (), SOON).routed == (("gradual-00001", 97), ("gradual-00002", 3))
    assert look(change, seen(states[3]), (), late).outcome is Event.FAILED


def test_a_change_that_takes_too_long_says_where_it_stands() -> None:
    change = web(WEB[14], Rollout(Address("web"), (Share("web-00001", 90), Share("web-00002", 10))), 3)
    found = look(change, seen(WEB[17]), (), change.deadline)
    assert found.reason == "It is not true after 10m: moving traffic (IngressNotConfigured)."


def test_a_moved_tag_is_true_once_status_leads_where_it_should() -> None:
    on = snapshot(target("hello-00001", 100, "blue"))
    change = written(make("tag hello latest blue", on), 8)
    assert on.service is not None
    wished = replace(on.service, generation=8, observed_generation=8, traffic=change.plan.after.traffic)
    moved = replace(wished, routed=wished.traffic)
    assert look(change, replace(on, service=wished), (), SOON).outcome is WAITING
    assert look(change, replace(on, service=moved), (), SOON).outcome is Event.TRUE


def test_a_wish_that_status_tells_already_is_true_once_its_generation_was_observed() -> None:
    on = snapshot(target("hello-00002", 100))
    change = written(make("follow hello", on), 8)
    assert on.service is not None
    unseen = replace(on.service, generation=8, traffic=change.plan.after.traffic)
    assert look(change, replace(on, service=unseen), (), SOON).outcome is WAITING
    assert look(change, replace(on, service=replace(unseen, observed_generation=8)), (), SOON).outcome is Event.TRUE


def pod(reason: str = "", message: str = "", *, ready: bool = False) -> Pod:
    return Pod("pod", "hello-00003", "Pending", ready, 0, NOW, reason, message)


@pytest.mark.parametrize(
    ("pods", "text"),
    [
        pytest.param((), "hello-00003 is starting (Deploying)", id="no pods yet"),
        pytest.param(
            (pod("ContainerCreating"), pod(ready=True)),
            "hello-00003 is starting (ContainerCreating, 1 of 2 pods ready)",
            id="pods on their way",
        ),
        pytest.param(
            (pod("ImagePullBackOff", "no such image"),),
            "hello-00003 does not start: ImagePullBackOff: no such image",
            id="hopeless",
        ),
        pytest.param((pod("CrashLoopBackOff"),), "hello-00003 does not start: CrashLoopBackOff", id="crashing"),
        pytest.param(
            (pod("CrashLoopBackOff"), pod(ready=True)),
            "hello-00003 does not start (1 of 2 pods ready): CrashLoopBackOff",
            id="some crash",
        ),
        pytest.param(
            (pod("ContainerCreating"), pod("Unschedulable"), pod("ContainerCreating")),
            "hello-00003 is starting (ContainerCreating, Unschedulable, 0 of 3 pods ready)",
            id="several reasons",
        ),
    ],
)
def test_while_a_revision_starts_its_pods_tell_why_it_is_not_ready(pods: tuple[Pod, ...], text: str) -> None:
    change = written(make("deploy hello img:3", snapshot()), 8)
    now = snapshot(
        generation=8,
        observed_generation=8,
        latest_created="hello-00003",
        revisions=(revision(3, Truth.UNKNOWN, "Deploying"), revision(2), revision(1)),
    )
    found = look(change, now, pods, SOON)
    assert found.outcome is WAITING
    assert [step.text for step in found.steps] == [text, "then its traffic"]
    assert [step.mark for step in found.steps] == [Mark.WORKING, Mark.WAITING]


def starting() -> tuple[Change, Snapshot]:
    now = snapshot(
        generation=8,
        observed_generation=8,
        latest_created="hello-00003",
        revisions=(revision(3, Truth.UNKNOWN, "Deploying"), revision(2), revision(1)),
    )
    return written(make("deploy hello img:3", snapshot()), 8), now


def test_a_deploy_that_takes_too_long_says_what_was_waited_for() -> None:
    change, now = starting()
    found = look(change, now, (pod("Unschedulable"),), change.deadline)
    assert found.reason == "It is not true after 10m: hello-00003 is starting (Unschedulable, 0 of 1 pods ready)."


@pytest.mark.parametrize(
    ("found", "runs"),
    [
        (pod("ContainerCreating"), False),
        (replace(pod(), phase="Running"), True),
        (replace(pod("CrashLoopBackOff"), restarts=2), True),
    ],
    ids=["not yet", "it runs", "it has run"],
)
def test_a_container_that_runs_or_has_run_may_have_written_something(found: Pod, runs: bool) -> None:  # a value
    change, now = starting()
    assert look(change, now, (found,), SOON).runs is runs


def test_traffic_that_knative_moves_by_itself_is_told_as_it_moves() -> None:
    states = recorded("rollout-duration", "gradual")
    change = written(making.make(Deploy(Address("gradual"), IMAGE), seen(states[0]), REQUEST), 2)
    told = look(change, seen(states[6]), (), SOON).steps[-1].text
    assert told == "Knative moves the traffic step by step, now 97% gradual-00001, 3% gradual-00002"


def test_a_condition_is_explained_in_one_line() -> None:
    assert reasons.explain(None) == "no reason is given"
    assert reasons.explain(Condition("Ready", Truth.FALSE, "Broken", "a\n  b")) == "Broken: a b"
    assert reasons.explain(Condition("Ready", Truth.FALSE, "", "b")) == "b"


def test_the_addresses_of_what_is_tagged_are_told_once_it_is_true() -> None:
    plan = make("tag hello 1 old", snapshot())
    after = applied(plan, snapshot())
    assert after.service is not None
    addressed = tuple(
        replace(each, url="http://old.example.com" if each.tag == "old" else None) for each in after.service.routed
    )
    now = replace(after, service=replace(after.service, routed=addressed))
    assert look(written(plan, 8), now, (), NOW).addresses == (("old", "http://old.example.com"),)
    assert look(written(make("rollout hello 1=10", snapshot()), 8), now, (), NOW).addresses == ()
