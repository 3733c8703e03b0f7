"""What kn, the Knative command line, asks of an API server, request by request.

kn is written in Go: its bodies carry Go's zero values, an update sends back the whole object with its status, and it
waits by a watch on one name. The requests are those of its own client (pkg/serving/v1, pkg/wait).
"""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from tests.sandbox.cluster.conftest import GOOD_IMAGE, SERVICES, SERVING, Hands, run

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    import aiohttp

    from tests.sandbox.cluster.replaying import JSON

REVISIONS = f"{SERVING}/namespaces/shop/revisions"
OF_HELLO = "labelSelector=serving.knative.dev%2Fservice%3Dhello"
AGENT = {"User_Agent": "kn/v1.23.0", "Accept": "application/json, */*"}


def as_go_writes(name: str, **env: str) -> JSON:
    """The body of `kn service create NAME --image … --env …`."""
    container = {
        "image": GOOD_IMAGE,
        "name": "",
        "env": [{"name": key, "value": value} for key, value in env.items()],
        "resources": {},
    }
    annotations = {"client.knative.dev/user-image": GOOD_IMAGE, "autoscaling.knative.dev/min-scale": "1"}
    return {
        "kind": "Service",
        "apiVersion": "serving.knative.dev/v1",
        "metadata": {"name": name, "namespace": "shop", "creationTimestamp": None},
        "spec": {
            "template": {
                "metadata": {"creationTimestamp": None, "annotations": annotations},
                "spec": {"containers": [container]},
            }
        },
        "status": {},
    }


async def create(hands: Hands, name: str = "hello") -> JSON:
    status, missing = await hands.ask("GET", f"{SERVICES}/{name}", **AGENT)
    assert (status, missing["reason"], missing["details"]) == (
        404,
        "NotFound",
        {"name": name, "group": "serving.knative.dev", "kind": "services"},
    )
    status, created = await hands.ask("POST", SERVICES, as_go_writes(name, TARGET="blue"), **AGENT)
    assert status == 201, created
    return await ready(hands, name)


async def update(hands: Hands, change: Callable[[JSON], None], name: str = "hello") -> JSON:
    """Read, change, write back whole, and once more if somebody was faster."""
    for _ in range(2):
        _, service = await hands.ask("GET", f"{SERVICES}/{name}", **AGENT)
        change(service)
        status, body = await hands.ask("PUT", f"{SERVICES}/{name}", service, **AGENT)
        if status != 409:
            assert status == 200, body
            return await ready(hands, name)
        assert body["reason"] == "Conflict"
    raise AssertionError("two conflicts in a row")


@asynccontextmanager
async def watched(hands: Hands, name: str, path: str = SERVICES) -> AsyncIterator[AsyncIterator[JSON]]:
    query = f"fieldSelector=metadata.name%3D{name}&timeoutSeconds=630&watch=true"
    headers = {"Authorization": f"Bearer {hands.cluster.users.token(hands.user)}"}
    async with hands.session.get(f"{path}?{query}", headers=headers) as response:
        assert response.status == 200
        yield lines(response)


async def lines(response: aiohttp.ClientResponse) -> AsyncIterator[JSON]:
    async for line in response.content:
        yield json.loads(line)


async def ready(hands: Hands, name: str) -> JSON:
    """Wait as kn does: by the Ready condition of an object whose latest generation has been observed."""
    async with asyncio.timeout(10), watched(hands, name) as events:
        async for event in events:
            obj: JSON = event["object"]
            status: JSON = obj.get("status") or {}
            if status.get("observedGeneration") != obj["metadata"]["generation"]:
                continue
            said = [each["status"] for each in status.get("conditions") or [] if each["type"] == "Ready"]
            if said == ["True"]:
                return obj
    raise AssertionError(f"{name} did not become ready")


async def revisions(hands: Hands) -> list[JSON]:
    _, listed = await hands.ask("GET", f"{REVISIONS}?{OF_HELLO}", **AGENT)
    assert (listed["kind"], listed["apiVersion"]) == ("RevisionList", "serving.knative.dev/v1")
    return list(listed["items"])


def split(*targets: JSON) -> Callable[[JSON], None]:
    def change(service: JSON) -> None:
        service["spec"]["traffic"] = list(targets)

    return change


def set_env(value: str) -> Callable[[JSON], None]:
    def change(service: JSON) -> None:
        service["spec"]["template"]["spec"]["containers"][0]["env"] = [{"name": "TARGET", "value": value}]

    return change


def test_create_waits_until_the_service_is_ready() -> None:
    async def story(hands: Hands) -> None:
        service = await create(hands)
        assert service["status"]["url"] == "http://hello.shop.example.com"
        assert service["spec"]["template"]["spec"]["containers"][0]["name"] == "user-container"
        status, body = await hands.ask("POST", SERVICES, as_go_writes("hello"), **AGENT)
        assert (status, body["reason"]) == (409, "AlreadyExists")

    run(story, pace=0.02)


def test_update_writes_the_whole_object_back_and_tries_again_after_a_conflict() -> None:
    async def story(hands: Hands) -> None:
        await create(hands)
        await hands.cluster.settled()
        _, stale = await hands.ask("GET", f"{SERVICES}/hello", **AGENT)
        await hands.patch("hello", {"metadata": {"labels": {"team": "shop"}}})
        status, body = await hands.ask("PUT", f"{SERVICES}/hello", stale, **AGENT)
        assert (status, body["reason"]) == (409, "Conflict")
        service = await update(hands, set_env("green"))
        assert service["metadata"]["labels"] == {"team": "shop"}
        assert service["status"]["latestReadyRevisionName"] == "hello-00002"

    run(story, pace=0.02)


def test_an_update_that_changes_nothing_makes_no_new_revision() -> None:
    async def story(hands: Hands) -> None:
        before = await create(hands)
        after = await update(hands, lambda _: None)
        assert after["metadata"]["generation"] == before["metadata"]["generation"]

    run(story, pace=0.02)


def test_a_revision_may_be_named() -> None:
    async def story(hands: Hands) -> None:
        await create(hands)

        def change(service: JSON) -> None:
            service["spec"]["template"]["metadata"]["name"] = "hello-second"
            set_env("green")(service)

        service = await update(hands, change)
        assert service["status"]["latestReadyRevisionName"] == "hello-second"

    run(story, pace=0.02)


def test_traffic_and_tags_are_written_with_an_update_and_seen_in_describe_and_list() -> None:
    async def story(hands: Hands) -> None:
        await create(hands)
        await update(hands, set_env("green"))
        names = sorted(each["metadata"]["name"] for each in await revisions(hands))
        old = {"revisionName": names[0], "latestRevision": False, "percent": 90}
        service = await update(hands, split(old, {"latestRevision": True, "percent": 10, "tag": "candidate"}))
        shown = [(each["revisionName"], each["percent"], each.get("tag")) for each in service["status"]["traffic"]]
        assert shown == [("hello-00001", 90, None), ("hello-00002", 10, "candidate")]
        for name, *_ in shown:  # describe reads each Revision by its name
            _, revision = await hands.ask("GET", f"{REVISIONS}/{name}", **AGENT)
            assert revision["metadata"]["labels"]["serving.knative.dev/configurationGeneration"] == name[-1]
        _, listed = await hands.ask("GET", f"{SERVICES}?fieldSelector=metadata.name%3Dhello", **AGENT)
        assert [each["status"]["url"] for each in listed["items"]] == ["http://hello.shop.example.com"]
        _, everywhere = await hands.ask("GET", f"{SERVING}/services", **AGENT)
        assert "hello" in {each["metadata"]["name"] for each in everywhere["items"]}
        _, routes = await hands.ask("GET", f"{SERVING}/namespaces/shop/routes", **AGENT)
        assert [each["metadata"]["name"] for each in routes["items"]] == ["hello"]

    run(story, pace=0.02)


def test_delete_returns_once_everything_that_belonged_to_the_service_is_gone() -> None:
    async def story(hands: Hands) -> None:
        await create(hands)
        options = {
            "kind": "DeleteOptions",
            "apiVersion": "serving.knative.dev/v1",
            "propagationPolicy": "Foreground",
        }
        seen: list[JSON] = []
        async with asyncio.timeout(10), watched(hands, "hello") as events:
            status, left = await hands.ask("DELETE", f"{SERVICES}/hello", options, **AGENT)
            assert status == 200
            assert left["metadata"]["finalizers"] == ["foregroundDeletion"]
            async for event in events:
                seen.append(event)
                if event["type"] == "DELETED":
                    break
        assert "deletionTimestamp" in seen[-1]["object"]["metadata"]
        for kind in ("services", "configurations", "revisions", "routes"):
            _, listed = await hands.ask("GET", f"{SERVING}/namespaces/shop/{kind}", **AGENT)
            assert listed["items"] == [], kind

    run(story, pace=0.02)


def test_a_revision_without_traffic_can_be_deleted() -> None:
    async def story(hands: Hands) -> None:
        await create(hands)
        await update(hands, set_env("green"))
        async with asyncio.timeout(10), watched(hands, "hello-00001", REVISIONS) as events:
            status, _ = await hands.ask("DELETE", f"{REVISIONS}/hello-00001", {}, **AGENT)
            assert status == 200
            kinds = [event["type"] async for event in until_deleted(events)]
        assert kinds[-1] == "DELETED"
        assert [each["metadata"]["name"] for each in await revisions(hands)] == ["hello-00002"]

    run(story, pace=0.02)


async def until_deleted(events: AsyncIterator[JSON]) -> AsyncIterator[JSON]:
    async for event in events:
        yield event
        if event["type"] == "DELETED":
            return


def test_a_dry_run_answers_and_leaves_nothing() -> None:
    async def story(hands: Hands) -> None:
        obj: dict[str, Any] = as_go_writes("")
        obj["metadata"] = {"generateName": "hello-", "creationTimestamp": None}
        status, imagined = await hands.ask("POST", f"{SERVICES}?dryRun=All", obj, **AGENT)
        assert (status, imagined["metadata"]["name"][:6]) == (201, "hello-")
        _, listed = await hands.ask("GET", f"{SERVICES}?limit=1", **AGENT)
        assert (listed["items"], listed["metadata"].get("continue", "")) == ([], "")
        _, made = await hands.ask("POST", SERVICES, obj, **AGENT)
        assert len(made["metadata"]["name"]) == len("hello-") + 5

    run(story)
