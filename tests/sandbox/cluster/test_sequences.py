from __future__ import annotations

import asyncio
import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.cluster.kinds import REVISION, ROUTE, SERVICE, Kind
from bot.sandbox.cluster.storage import Event, EventType
from tests.sandbox.cluster.conftest import MERGE, SERVICES, Hands, service, serving
from tests.sandbox.cluster.replaying import HASHED, events_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.sandbox.cluster.replaying import JSON

Steps = dict[str, list[str]]  # what each part of an object said, one after the other


@dataclass(slots=True)
class Witness:
    """Every version of every object, in the order in which watches see them."""

    seen: list[Event]

    def of(self, kind: Kind, name: str) -> list[JSON]:
        return [event.now.object for event in self.seen if event.kind is kind and event.key[1] == name]

    def deleted(self, kind: Kind, name: str) -> bool:
        last = [event for event in self.seen if event.kind is kind and event.key[1] == name][-1]
        return last.type is EventType.DELETED


def steps(objects: Iterable[JSON]) -> Steps:
    """What an object's conditions and traffic said one after the other, each part by itself.

    Real controllers run at the same time, so which of two parts moves first differs from run to run; the order within
    one does not.
    """
    said: dict[str, list[str]] = {}
    for obj in objects:
        status = obj.get("status") or {}
        for condition in status.get("conditions") or []:
            words = (condition["status"], condition.get("reason", ""), condition.get("message", ""))
            said.setdefault(condition["type"], []).append(HASHED.sub("*", " ".join(words)))
        if "traffic" in status:
            shares = [f"{entry['percent']}% {entry['revisionName']}" for entry in status["traffic"]]
            said.setdefault("traffic", []).append(", ".join(shares))
    return {part: [key for key, _ in itertools.groupby(words)] for part, words in said.items()}


def recorded(file: str, name: str) -> list[JSON]:
    lines = events_of(file)
    return [line["object"] for line in lines if line["object"]["metadata"].get("name") == name]


async def told() -> Witness:
    """The recorded actions, in their order, with time to pass where the recording let it pass."""
    witness = Witness([])
    async with serving(math.inf) as hands:
        hands.cluster.witness(witness.seen.append)
        await life_of_web(hands)
        await life_of_hello(hands)
        await life_of_gradual(hands)
    return witness


async def life_of_web(hands: Hands) -> None:
    await hands.create(service("web", "blue"))
    await hands.cluster.advance(10)
    await redeploy(hands, "web", service("web", "green"))
    await hands.cluster.advance(10)
    await split(hands, "web", {"web-00001": 90, "web-00002": 10})
    await hands.cluster.advance(1)
    await hands.ask("DELETE", f"{SERVICES}/web")
    await hands.cluster.advance(1)


async def life_of_hello(hands: Hands) -> None:
    await hands.create(service("hello", "Rev1"))
    await hands.cluster.advance(10)
    await redeploy(hands, "hello", service("hello", "Rev2"))
    await hands.cluster.advance(10)
    await split(hands, "hello", {"hello-00001": 100})
    await hands.cluster.advance(1)
    await redeploy(hands, "hello", service("hello", "Rev3"))
    await hands.cluster.advance(10)
    await hands.create(service("noimage", image="registry.example.com/missing:1"))
    await hands.create(service("crasher", image="registry.example.com/crash:1"))
    await hands.cluster.advance(62)
    bad = service("hello", "Rev3", image="registry.example.com/missing:2")["spec"]["template"]
    follow = [{"latestRevision": True, "percent": 100}]
    await hands.patch("hello", {"spec": {"template": bad, "traffic": follow}})
    await hands.cluster.advance(1)  # the recorded watch ends before that image has failed
    await hands.cluster.advance(31)


async def life_of_gradual(hands: Hands) -> None:
    obj = service("gradual", "Rev1")
    obj["metadata"]["annotations"] = {"serving.knative.dev/rollout-duration": "60s"}
    await hands.create(obj)
    await hands.cluster.advance(10)
    await redeploy(hands, "gradual", service("gradual", "Rev2"))
    await hands.cluster.advance(80)


async def redeploy(hands: Hands, name: str, obj: JSON) -> None:
    await hands.ask("PATCH", f"{SERVICES}/{name}", {"spec": {"template": obj["spec"]["template"]}}, Content_Type=MERGE)


async def split(hands: Hands, name: str, shares: dict[str, int]) -> None:
    traffic = [{"revisionName": revision, "percent": percent} for revision, percent in shares.items()]
    await hands.patch(name, {"spec": {"traffic": traffic}})


@pytest.fixture(scope="module")
def witness() -> Witness:
    return asyncio.run(told())


def test_a_service_passes_through_the_recorded_states_from_creation_to_deletion(witness: Witness) -> None:
    live = [obj for obj in witness.of(SERVICE, "web") if obj]

    assert steps(live) == steps(recorded("watch-services-create-update.jsonl", "web"))
    assert witness.deleted(SERVICE, "web")


def test_a_service_shows_the_very_states_that_the_recorded_watch_shows(witness: Witness) -> None:
    def states(objects: Iterable[JSON]) -> list[str]:
        shown = [f"g{obj['metadata']['generation']} {steps([obj])}" for obj in objects]
        return [state for state, _ in itertools.groupby(shown)]

    assert states(witness.of(SERVICE, "web")) == states(recorded("watch-services-create-update.jsonl", "web"))


def test_a_route_passes_through_the_recorded_states_and_says_what_is_missing_when_it_goes(witness: Witness) -> None:
    assert steps(witness.of(ROUTE, "web")) == steps(recorded("watch-routes-create-update.jsonl", "web"))
    assert witness.deleted(ROUTE, "web")


@pytest.mark.parametrize("name", ["hello-00001", "hello-00002", "hello-00003"])
def test_a_revision_becomes_ready_by_the_recorded_steps(witness: Witness, name: str) -> None:
    def until_active(objects: list[JSON]) -> Steps:
        active = [steps([obj]).get("Active") == ["True  "] for obj in objects]
        return steps(objects[: active.index(True) + 1])

    wanted = until_active(recorded("watch-revisions-create-update.jsonl", name))
    assert until_active(witness.of(REVISION, name)) == wanted


@pytest.mark.parametrize("name", ["noimage", "crasher"])
def test_a_service_whose_pods_never_start_fails_by_the_recorded_steps(witness: Witness, name: str) -> None:
    wanted, live = steps(recorded("watch-services-failures.jsonl", name)), steps(witness.of(SERVICE, name))

    assert {
        part: words[: len(wanted[part])] for part, words in live.items()
    } == wanted  # the recorded watch ends earlier


def test_a_bad_image_leaves_traffic_on_the_latest_ready_revision(witness: Witness) -> None:
    last = witness.of(SERVICE, "hello")[-1]["status"]

    assert [entry["revisionName"] for entry in last["traffic"]] == ["hello-00003"]
    assert steps([{"status": last}])["RoutesReady"] == ["True  "]
    assert steps([{"status": last}])["ConfigurationsReady"][0].startswith("False RevisionFailed")


def test_a_gradual_rollout_takes_one_percent_first_and_then_equal_steps(witness: Witness) -> None:
    wanted = steps(recorded("watch-services-rollout-duration.jsonl", "gradual"))["traffic"]
    live = steps(witness.of(SERVICE, "gradual"))

    assert live["traffic"][: len(wanted)] == wanted
    assert live["traffic"][-1] == "100% gradual-00002"
    assert live["Ready"][-1] == "True  "
