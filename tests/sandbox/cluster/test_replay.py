from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bot.sandbox.cluster import Cluster
from bot.sandbox.cluster.identity import AUTHENTICATED, User
from bot.sandbox.cluster.kinds import EVENT
from tests.sandbox.cluster.replaying import JSON, VOLATILE, Exchange, Translation, differences, exchanges, steady

if TYPE_CHECKING:
    from bot.sandbox.cluster.storage import Event

# Virtual seconds that pass before a request, where the recording let some pass: pods start, ingresses are probed, idle
# Revisions rest.
PAUSES = {
    "008": 0.5,
    "012": 9,
    "018": 0.5,
    "022": 10,
    "029": 0.01,
    "030": 0.5,
    "035": 1,
    "045": 0.5,
    "050": 0.5,
    "055": 1.7,
    "064": 63,
    "068": 0.5,
    "073": 11,
    "096": 5,
    "097": 10.8,
    "107": 0.06,
    "109": 1,
    "110": 0.1,
    "114": 2,
    "116": 3,
    "119": 5,
    "120": 5,
    "121": 1,
    "123": 62.5,
}

# Answers that are not compared, and why. Everything else is, field by field, apart from replaying.VOLATILE.
EXCUSED = {
    "111-deployments": "Deployments are not kept: nothing reads them, pods show what runs",
    "112-podautoscalers": "PodAutoscalers are not kept: a Revision's own status says how it is scaled",
    "113-events": "the kubelet's events about pods, which the recorded page has none of, come before others; see below",
    "128-list-resourceVersion-0": "recorded on a cluster without Knative, so objects had neither defaults nor a status",
}
EXCUSED_FIELDS = {
    "110-pods-of-service": "what Knative and Kubernetes add to a pod's spec beyond images, environment and ports",
}


@dataclass(slots=True)
class Replay:
    """The live answers to all recorded requests, by name."""

    answers: dict[str, tuple[int, str | None, Any]] = field(default_factory=dict)
    happened: list[JSON] = field(default_factory=list)

    def witness(self, change: Event) -> None:
        """Keep the Events, of which the recorded answer is one page."""
        if change.kind is EVENT:
            self.happened.append(change.now.object)


async def replayed() -> Replay:
    cluster = Cluster(pace=math.inf)
    await cluster.start()
    cluster.users.add("recorded", User("knobot", (AUTHENTICATED,)), token="bot-token")
    await seed(cluster)
    replay, translation = Replay(), Translation()
    cluster.witness(replay.witness)
    try:
        async with aiohttp.ClientSession(cluster.url, connector=aiohttp.TCPConnector(ssl=cluster.trust())) as session:
            for exchange in exchanges():
                await cluster.advance(PAUSES.get(exchange.name[:3], 0))
                replay.answers[exchange.name] = await answered(cluster, session, exchange, translation)
                translation.learn(exchange.response, replay.answers[exchange.name][2])
                await cluster.advance(0)
    finally:
        await cluster.stop()
    return replay


async def seed(cluster: Cluster) -> None:
    """What the recorded cluster held before the first request: a Service that kubectl had applied."""
    listed = next(exchange for exchange in exchanges() if exchange.name.startswith("116")).response["items"]
    found = next(item for item in listed if item["metadata"]["namespace"] == "hello-test")
    applied = "kubectl.kubernetes.io/last-applied-configuration"
    metadata = {
        "name": "hello",
        "namespace": "hello-test",
        "annotations": {applied: found["metadata"]["annotations"][applied]},
    }
    await cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "hello-test"}})
    await cluster.apply({**found, "metadata": metadata})
    await cluster.advance(20)


async def answered(
    cluster: Cluster, session: aiohttp.ClientSession, exchange: Exchange, translation: Translation
) -> tuple[int, str | None, Any]:
    request = exchange.request
    headers = {"Authorization": f"Bearer {cluster.users.token('admin')}", **request["headers"]}
    body: JSON | None = request["body"]
    if body is not None:
        headers["Content-Type"] = request["contentType"]
        version = ("resourceVersion", str((body.get("metadata") or {}).get("resourceVersion")))
        if request["method"] == "PUT" and version not in translation.known:  # the recorder read it without recording
            async with session.get(request["path"], headers=headers) as response:
                translation.known[version] = (await response.json())["metadata"]["resourceVersion"]
        body = translation.translate(body)
    async with session.request(request["method"], request["path"], json=body, headers=headers) as response:
        return response.status, response.headers.get("Warning"), await response.json(content_type=None)


@pytest.fixture(scope="module")
def replay() -> Replay:
    return asyncio.run(replayed())


@pytest.mark.parametrize("exchange", exchanges(), ids=lambda exchange: exchange.name)
def test_answers_what_the_real_cluster_answered(exchange: Exchange, replay: Replay) -> None:
    if exchange.name not in EXCUSED:
        assert differing(exchange, replay) == []


def differing(exchange: Exchange, replay: Replay) -> list[str]:
    """In what the live answer is not the recorded one, beyond what no two clusters share."""
    status, warning, body = replay.answers[exchange.name]
    recorded, live = steady(exchange.response), steady(body)
    if exchange.name in EXCUSED_FIELDS:
        recorded, live = known_of_pods(recorded), known_of_pods(live)
    heads = {"status": exchange.status, "Warning": exchange.headers.get("Warning")}
    return [*differences(heads, {"status": status, "Warning": warning}, "answer"), *differences(recorded, live)]


def test_the_documentation_says_how_many_recordings_are_answered_alike(replay: Replay) -> None:
    document = (Path(__file__).parents[3] / "docs" / "sandbox.md").read_text()

    between = document.split("<!-- replay:")[1].split("-->", 1)[1].split("<!-- /replay")[0]

    assert between.strip() == report(replay)


def report(replay: Replay) -> str:
    """The part of docs/sandbox.md that the replay writes."""
    alike = [exchange.name for exchange in exchanges() if differing(exchange, replay) == []]
    partly = [name for name in alike if name in EXCUSED_FIELDS]
    counts = {
        "recorded": len(exchanges()),
        "answered alike in status, warnings and every field": len(alike) - len(partly),
        "answered alike but for the fields excused": len(partly),
        "excused": len(EXCUSED),
    }
    excused = {name: EXCUSED_FIELDS.get(name) or EXCUSED[name] for name in sorted(EXCUSED | EXCUSED_FIELDS)}
    kinds = sorted(set(VOLATILE.values()))
    fields = {kind: ", ".join(f"`{name}`" for name, why in VOLATILE.items() if why == kind) for kind in kinds}
    return "\n\n".join(
        [
            table("requests", "how many", {what: str(number) for what, number in counts.items()}),
            table("recording", "what is excused, and why", {f"`{name}`": why for name, why in excused.items()}),
            table("not compared, only that it is there", "fields", fields),
        ]
    )


def table(left: str, right: str, rows: dict[str, str]) -> str:
    return "\n".join(
        [f"| {left} | {right} |", "| --- | --- |", *(f"| {key} | {value} |" for key, value in rows.items())]
    )


def known_of_pods(listed: JSON) -> JSON:
    """Pods without the parts of their spec that no reader of this project looks at."""
    items = [
        {**pod, "spec": [known_of_container(each) for each in pod["spec"]["containers"]]} for pod in listed["items"]
    ]
    return {**listed, "items": items}


def known_of_container(container: JSON) -> JSON:
    fields = ("name", "image", "env", "ports") if container["name"] == "user-container" else ("name", "image")
    return {name: container[name] for name in fields}


def test_says_about_knatives_objects_what_the_recorded_events_say(replay: Replay) -> None:
    recorded = next(exchange for exchange in exchanges() if exchange.name == "113-events").response["items"]
    wanted = {event_words(event) for event in recorded if event["involvedObject"]["kind"] in SPEAKING}

    assert wanted - {event_words(event) for event in replay.happened} == set()


SPEAKING = {"Service", "Configuration", "Revision", "Route", "Deployment", "ReplicaSet"}


def event_words(event: JSON) -> tuple[str, ...]:
    event = steady(event)
    about = event["involvedObject"]
    return about["kind"], about["name"], event["type"], event["reason"], event["message"], event["source"]["component"]


def test_resource_version_zero_is_answered_from_the_cache_which_knows_no_limit(replay: Replay) -> None:
    status, _, body = replay.answers["128-list-resourceVersion-0"]

    assert status == 200
    assert len(body["items"]) > 1
    assert body["metadata"]["continue"] == ""
