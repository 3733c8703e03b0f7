from __future__ import annotations

import asyncio
import itertools
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.cluster.kinds import REVISION, ROUTE, SERVICE, Kind
from bot.sandbox.cluster.storage import Event, EventType
from tests.sandbox.cluster.conftest import MERGE, SERVICES, Hands, service, serving
from tests.sandbox.cluster.replaying import HASHED, events_of, exchanges

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


def begins_with(live: Steps, wanted: Steps) -> bool:
    """Whether each part said what was recorded, one after the other; recorded watches end before the story does."""
    return all(live.get(part, [])[: len(words)] == words for part, words in wanted.items())


@pytest.mark.parametrize("name", ["noimage", "crasher"])
def test_a_service_whose_pods_never_start_fails_by_the_recorded_steps(witness: Witness, name: str) -> None:
    assert begins_with(steps(witness.of(SERVICE, name)), steps(recorded("watch-services-failures.jsonl", name)))


@pytest.mark.parametrize("name", ["noimage-00001", "crasher-00001"])
def test_a_revision_whose_pods_never_start_fails_by_the_recorded_steps(witness: Witness, name: str) -> None:
    assert begins_with(steps(witness.of(REVISION, name)), steps(recorded("watch-revisions-create-update.jsonl", name)))


def test_an_update_to_a_bad_image_goes_by_the_recorded_steps(witness: Witness) -> None:
    wanted = recorded("watch-services-failures.jsonl", "hello")
    live = witness.of(SERVICE, "hello")
    last = live[-1]["metadata"]["generation"]
    before = next(obj for obj in reversed(live) if obj["metadata"]["generation"] < last)

    assert wanted[0]["metadata"]["generation"] + 1 == wanted[-1]["metadata"]["generation"]
    assert begins_with(steps([before, *(obj for obj in live if obj["metadata"]["generation"] == last)]), steps(wanted))


def test_a_bad_image_leaves_traffic_on_the_latest_ready_revision(witness: Witness) -> None:
    last = witness.of(SERVICE, "hello")[-1]["status"]

    assert [entry["revisionName"] for entry in last["traffic"]] == ["hello-00003"]
    assert steps([{"status": last}])["RoutesReady"] == ["True  "]
    assert steps([{"status": last}])["ConfigurationsReady"][0].startswith("False RevisionFailed")


def test_a_gradual_rollout_takes_one_percent_first_and_then_equal_steps(witness: Witness) -> None:
    wanted = recorded("watch-services-rollout-duration.jsonl", "gradual")
    live = witness.of(SERVICE, "gradual")
    first = next(position for position, obj in enumerate(live) if steps([obj]).get("Ready") == ["True  "])
    said = steps(live[first:])

    assert begins_with(said, steps(wanted))
    assert said["traffic"][-1] == "100% gradual-00002"
    assert said["Ready"][-1] == "True  "


def test_a_watch_begins_with_the_present_state_as_recorded() -> None:
    wanted = [shape(line) for line in events_of("watch-services-initial-events.jsonl")]

    async def told() -> list[JSON]:
        query = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=1"
        async with serving(math.inf) as hands:
            for name in ("alpha", "beta"):
                await hands.create(service(name))
            headers = {"Authorization": f"Bearer {hands.cluster.users.token('admin')}"}
            lines: list[JSON] = []
            async with hands.session.get(f"{SERVICES}?watch=1&{query}", headers=headers) as response:
                async for line in response.content:
                    lines.append(json.loads(line))
                    if len(lines) == 3:
                        await hands.patch("alpha", {"metadata": {"annotations": {"team": "shop"}}})
            return lines

    live = [shape(line) for line in asyncio.run(told())]
    assert [shape for shape, _ in itertools.groupby(live)] == [shape for shape, _ in itertools.groupby(wanted)]


def shape(line: JSON) -> tuple[object, ...]:
    """What a line of a watch is: its type, and whom or what it is about."""
    obj = line["object"]
    if line["type"] != "BOOKMARK":
        return line["type"], obj["kind"], obj["metadata"]["name"]
    return line["type"], obj["apiVersion"], obj["kind"], str(obj["metadata"].get("annotations"))


def test_a_revision_that_sleeps_and_wakes_says_so_and_stays_ready() -> None:
    async def told() -> Witness:
        witness = Witness([])
        async with serving(math.inf) as hands:
            hands.cluster.witness(witness.seen.append)
            await hands.create(service("sleepy", min_scale=0))
            await hands.cluster.advance(120)
            woken = asyncio.create_task(hands.curl("sleepy.shop.example.com"))
            while not woken.done():
                await asyncio.sleep(0.01)
                await hands.cluster.advance(1)
            assert woken.result() == (200, "Hello blue!")
            await hands.cluster.advance(120)
        return witness

    said = steps(asyncio.run(told()).of(REVISION, "sleepy-00001"))
    active = [words.split()[:2] for words in said["Active"]]
    up = [["Unknown", "Queued"], ["True"]]
    assert active[-5:] == [["True"], ["False", "NoTraffic"], *up, ["False", "NoTraffic"]]
    assert said["Ready"][-1] == "True  "
    asleep = recorded_replay("124-scaled-to-zero-revisions")["items"]
    assert steps(asleep)["Active"] == [said["Active"][-1]]


def recorded_replay(name: str) -> JSON:
    found: JSON = next(exchange.response for exchange in exchanges() if exchange.name == name)
    return found
