from __future__ import annotations

import asyncio
import json
import math
from typing import Any

import aiohttp
import pytest

from tests.sandbox.cluster.conftest import MERGE, SERVICES, SERVING, Hands, run, service

APPLY = "application/apply-patch+yaml"
JSON_PATCH = "application/json-patch+json"


async def watch(hands: Hands, query: str, *, lines: int, path: str = SERVICES) -> list[Any]:
    """The first lines of a watch, or as many as come before it ends."""
    headers = {"Authorization": f"Bearer {hands.cluster.users.token(hands.user)}"}
    found: list[Any] = []
    async with hands.session.get(f"{path}?watch=1&{query}", headers=headers) as response:
        async for line in response.content:
            found.append(json.loads(line))
            if len(found) == lines:
                break
    return found


def test_a_stale_version_is_refused_and_nothing_is_written() -> None:
    async def story(hands: Hands) -> None:
        first = await hands.create(service("hello"))
        await hands.cluster.settled()
        stale = {"metadata": {"resourceVersion": first["metadata"]["resourceVersion"]}, "spec": {"traffic": []}}
        status, body = await hands.ask("PATCH", f"{SERVICES}/hello", stale, Content_Type=MERGE)
        assert (status, body["reason"]) == (409, "Conflict")
        assert (await hands.get("hello"))["metadata"]["generation"] == 1

    run(story)


def test_a_patch_that_changes_nothing_makes_no_new_version() -> None:
    async def story(hands: Hands) -> None:
        await hands.create(service("hello"))
        await hands.cluster.settled()
        before = await hands.get("hello")
        after = await hands.patch("hello", {"spec": {"traffic": [{"latestRevision": True, "percent": 100}]}})
        assert after["metadata"] == before["metadata"]

    run(story)


def test_only_a_changed_spec_counts_as_a_new_generation() -> None:
    async def story(hands: Hands) -> None:
        await hands.create(service("hello"))
        noted = await hands.patch("hello", {"metadata": {"annotations": {"team": "shop"}}})
        routed = await hands.patch("hello", {"spec": {"traffic": [{"revisionName": "hello-00001", "percent": 100}]}})
        assert [noted["metadata"]["generation"], routed["metadata"]["generation"]] == [1, 2]
        await hands.cluster.settled()
        _, revisions = await hands.ask("GET", f"{SERVING}/namespaces/shop/revisions")
        assert len(revisions["items"]) == 1

    run(story)


def test_a_status_can_only_be_written_through_its_subresource() -> None:
    async def story(hands: Hands) -> None:
        await hands.create(service("hello"))
        await hands.cluster.settled()
        aside = await hands.patch("hello", {"status": {"url": "http://forged"}})
        assert aside["status"]["url"] == "http://hello.shop.example.com"
        status = {"status": {"url": "http://told"}, "spec": {"traffic": []}}
        _, body = await hands.ask("PATCH", f"{SERVICES}/hello/status", status, Content_Type=MERGE)
        assert body["status"]["url"] == "http://told"
        assert body["spec"]["traffic"] == aside["spec"]["traffic"]

    run(story)


def test_a_json_patch_whose_test_fails_changes_nothing() -> None:
    async def story(hands: Hands) -> None:
        await hands.create(service("hello"))
        patch = [
            {"op": "test", "path": "/metadata/generation", "value": 7},
            {"op": "remove", "path": "/spec/traffic"},
        ]
        status, body = await hands.ask("PATCH", f"{SERVICES}/hello", patch, Content_Type=JSON_PATCH)
        assert (status, body["reason"]) == (422, "Invalid")

    run(story)


def test_the_options_of_a_deletion_are_those_of_its_body_and_only_without_one_those_of_the_query() -> None:
    """A real API server looks at one of the two, so a dryRun that stands beside a body deletes."""

    async def story(hands: Hands) -> None:
        for name in ("hello", "world"):
            await hands.create(service(name))
        await hands.cluster.settled()
        tried = {"dryRun": ["All"]}
        assert (await hands.ask("DELETE", f"{SERVICES}/hello", tried))[0] == 200
        assert (await hands.ask("DELETE", f"{SERVICES}/hello?dryRun=All"))[0] == 200
        assert (await hands.ask("GET", f"{SERVICES}/hello"))[0] == 200
        assert (await hands.ask("DELETE", f"{SERVICES}/hello?dryRun=All", {"kind": "DeleteOptions"}))[0] == 200
        assert (await hands.ask("GET", f"{SERVICES}/hello"))[0] == 404
        assert (await hands.ask("DELETE", SERVICES, tried))[0] == 200
        assert (await hands.ask("GET", f"{SERVICES}/world"))[0] == 200

    run(story)


def test_a_deletion_of_another_version_or_another_object_is_refused_in_the_api_servers_words() -> None:
    async def story(hands: Hands) -> None:
        await hands.create(service("hello"))
        await hands.cluster.settled()
        there = (await hands.get("hello"))["metadata"]
        status, body = await hands.ask(
            "DELETE", f"{SERVICES}/hello", {"preconditions": {"uid": there["uid"], "resourceVersion": "1"}}
        )
        words = (
            'Operation cannot be fulfilled on Service.serving.knative.dev "hello": the ResourceVersion in the '
            f"precondition (1) does not match the ResourceVersion in record ({there['resourceVersion']}). "
            "The object might have been modified"
        )
        assert (status, body["reason"], body["message"]) == (409, "Conflict", words)
        assert body["details"] == {"name": "hello", "group": "serving.knative.dev", "kind": "Service"}
        status, body = await hands.ask("DELETE", f"{SERVICES}/hello", {"preconditions": {"uid": "another"}})
        assert (status, body["message"].rpartition(". ")[2]) == (
            409,
            "The object might have been deleted and then recreated",
        )

    run(story)


def test_a_custom_resource_takes_no_strategic_patch() -> None:
    async def story(hands: Hands) -> None:
        await hands.create(service("hello"))
        strategic = "application/strategic-merge-patch+json"
        status, body = await hands.ask("PATCH", f"{SERVICES}/hello", {}, Content_Type=strategic)
        assert (status, body["reason"]) == (415, "UnsupportedMediaType")

    run(story)


def test_an_apply_creates_and_then_removes_what_is_no_longer_applied() -> None:
    async def story(hands: Hands) -> None:
        obj = service("hello")
        obj["metadata"]["labels"] = {"team": "shop"}
        path = f"{SERVICES}/hello?fieldManager=ci"
        created, _ = await hands.ask("PATCH", path, obj, Content_Type=APPLY)
        del obj["metadata"]["labels"]
        applied, body = await hands.ask("PATCH", path, obj, Content_Type=APPLY)
        assert [created, applied] == [201, 200]
        assert "team" not in (body["metadata"].get("labels") or {})

    run(story)


def test_pages_hold_every_object_once_and_count_the_rest() -> None:
    async def story(hands: Hands) -> None:
        for number in range(7):
            await hands.create(service(f"hello-{number}"))
        names, token, left = [], "", []
        while True:
            _, page = await hands.ask("GET", f"{SERVICES}?limit=3&continue={token}")
            names += [item["metadata"]["name"] for item in page["items"]]
            left.append(page["metadata"].get("remainingItemCount"))
            token = page["metadata"]["continue"]
            if not token:
                break
        assert names == [f"hello-{number}" for number in range(7)]
        assert left == [4, 1, None]

    run(story)


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        ("labelSelector=team=shop", ["one"]),
        ("labelSelector=team!=shop", ["three", "two"]),
        ("labelSelector=team%20in%20(shop,ops)", ["one", "two"]),
        ("labelSelector=!team", ["three"]),
        ("fieldSelector=metadata.name=two", ["two"]),
    ],
)
def test_selectors_choose(selector: str, names: list[str]) -> None:
    async def story(hands: Hands) -> None:
        for name, team in (("one", "shop"), ("two", "ops"), ("three", "")):
            obj = service(name)
            obj["metadata"]["labels"] = {"team": team} if team else {}
            await hands.create(obj)
        _, listed = await hands.ask("GET", f"{SERVICES}?{selector}")
        assert [item["metadata"]["name"] for item in listed["items"]] == names

    run(story)


def test_a_watch_goes_on_from_a_version_without_a_gap() -> None:
    async def story(hands: Hands) -> None:
        _, listed = await hands.ask("GET", SERVICES)
        await hands.create(service("hello"))
        await hands.cluster.settled()
        lines = await watch(hands, f"resourceVersion={listed['metadata']['resourceVersion']}", lines=3)
        assert [line["type"] for line in lines] == ["ADDED", "MODIFIED", "MODIFIED"]

    run(story)


def test_a_watch_from_a_version_that_is_still_to_come_says_nothing() -> None:
    async def story(hands: Hands) -> None:
        await hands.create(service("hello"))
        query = "resourceVersion=99999999&allowWatchBookmarks=true&timeoutSeconds=1"
        quiet = asyncio.create_task(watch(hands, query, lines=9))
        await asyncio.sleep(0.1)
        await hands.create(service("world"))
        assert await quiet == []

    run(story)


def test_initial_events_end_with_a_bookmark_that_says_so() -> None:
    async def story(hands: Hands) -> None:
        await hands.create(service("alpha"))
        await hands.create(service("beta"))
        query = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
        lines = await watch(hands, query, lines=3)
        assert [line["type"] for line in lines] == ["ADDED", "ADDED", "BOOKMARK"]
        assert lines[2]["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}

    run(story, pace=math.inf)


def test_a_watch_tells_an_object_that_leaves_its_selection_as_deleted() -> None:
    async def story(hands: Hands) -> None:
        obj = service("hello")
        obj["metadata"]["labels"] = {"team": "shop"}
        version = (await hands.create(obj))["metadata"]["resourceVersion"]
        await hands.patch("hello", {"metadata": {"labels": {"team": "ops"}}})
        query = f"labelSelector=team=shop&timeoutSeconds=1&resourceVersion={version}"
        assert [line["type"] for line in await watch(hands, query, lines=9)] == ["DELETED"]

    run(story, pace=math.inf)


def test_forgotten_history_is_said_in_the_stream() -> None:
    async def story(hands: Hands) -> None:
        version = (await hands.create(service("hello")))["metadata"]["resourceVersion"]
        hands.cluster.fault("expire_history")
        lines = await watch(hands, f"resourceVersion={version}", lines=9)
        assert [(line["type"], line["object"]["code"]) for line in lines] == [("ERROR", 410)]

    run(story)


def test_cut_watches_end_and_can_be_resumed() -> None:
    async def story(hands: Hands) -> None:
        version = (await hands.create(service("hello")))["metadata"]["resourceVersion"]
        task = asyncio.create_task(watch(hands, f"resourceVersion={version}", lines=9))
        await asyncio.sleep(0.05)
        hands.cluster.fault("cut_watches")
        assert await asyncio.wait_for(task, 2) == []

    run(story, pace=math.inf)


def test_ordered_faults_are_met_by_as_many_requests_as_were_ordered() -> None:
    async def story(hands: Hands) -> None:
        hands.cluster.fault("status", code=429, count=2)
        assert [(await hands.ask("GET", SERVICES))[0] for _ in range(3)] == [429, 429, 200]
        hands.cluster.fault("drop", count=1)
        with pytest.raises(aiohttp.ClientError):
            await hands.ask("POST", SERVICES, service("hello"))
        hands.cluster.fault("latency", seconds=0.05, count=-1)
        hands.cluster.fault("clear")
        assert (await hands.ask("GET", SERVICES))[0] == 200

    run(story)


def test_the_bots_account_may_change_services_and_nothing_beyond_its_role() -> None:
    async def story(hands: Hands) -> None:
        hands.user = "knobot"
        body = await hands.create(service("hello"))
        assert body["metadata"]["annotations"]["serving.knative.dev/creator"] == "system:serviceaccount:knobot:knobot"
        status, refused = await hands.ask("GET", "/api/v1/namespaces/shop/secrets")
        assert (status, refused["reason"]) == (403, "Forbidden")
        assert 'cannot list resource "secrets" in API group "" in the namespace "shop"' in refused["message"]

    run(story)


def test_a_request_without_a_token_is_anonymous_and_may_see_the_version_only() -> None:
    async def story(hands: Hands) -> None:
        async with hands.session.get("/version") as response:
            assert response.status == 200
        async with hands.session.get(SERVICES) as response:
            assert response.status == 403
            assert 'User "system:anonymous" cannot list' in (await response.json())["message"]

    run(story)


def test_logs_are_tailed_and_followed() -> None:
    async def story(hands: Hands) -> None:
        await hands.create(service("hello"))
        await hands.cluster.settled()
        _, pods = await hands.ask("GET", "/api/v1/namespaces/shop/pods")
        path = f"/api/v1/namespaces/shop/pods/{pods['items'][0]['metadata']['name']}/log"
        assert (await hands.ask("GET", f"{path}?tailLines=1"))[1] == "helloworld: listening on port 8080\n"
        headers = {"Authorization": f"Bearer {hands.cluster.users.token('admin')}"}
        async with hands.session.get(f"{path}?follow=true&tailLines=0", headers=headers) as response:
            await hands.curl("hello.shop.example.com")
            assert await response.content.readline() == b"helloworld: received a request\n"

    run(story)


def test_a_crashing_container_shows_its_exit_code_and_its_last_words() -> None:
    async def story(hands: Hands) -> None:
        await hands.create(service("hello", image="registry.example.com/crash:1"))
        await hands.cluster.settled()
        _, pods = await hands.ask("GET", "/api/v1/namespaces/shop/pods")
        container = pods["items"][0]["status"]["containerStatuses"][0]
        assert container["state"]["waiting"]["reason"] == "CrashLoopBackOff"
        assert container["lastState"]["terminated"]["exitCode"] == 3
        path = f"/api/v1/namespaces/shop/pods/{pods['items'][0]['metadata']['name']}/log"
        assert (await hands.ask("GET", path))[1] == "boom: no database\n"

    run(story)


def test_a_revision_name_of_ones_own_must_change_with_the_template() -> None:
    async def story(hands: Hands) -> None:
        obj = service("hello", "one")
        obj["spec"]["template"]["metadata"]["name"] = "hello-first"
        await hands.create(obj)
        await hands.cluster.settled()
        assert (await hands.get("hello"))["status"]["latestReadyRevisionName"] == "hello-first"
        env = {"containers": service("hello", "two")["spec"]["template"]["spec"]["containers"]}
        patch = {"spec": {"template": {"spec": env}}}
        status, body = await hands.ask("PATCH", f"{SERVICES}/hello", patch, Content_Type=MERGE)
        assert status == 400
        assert (
            "Saw the following changes without a name change (-old +new): spec.template.metadata.name"
            in body["message"]
        )

    run(story)


def test_the_longest_name_of_a_service_leaves_room_for_the_numbers_of_its_revisions() -> None:
    async def story(hands: Hands) -> None:
        await hands.create(service("h" * 63))
        await hands.cluster.settled()
        found = await hands.get("h" * 63)
        assert found["status"]["latestReadyRevisionName"] == "h" * 25 + "c966c5e679dcb36c9eb20de59b8b2c70" + "-00001"

    run(story)
