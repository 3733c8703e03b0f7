from __future__ import annotations

import math
from collections import Counter

from bot.sandbox.cluster.gateway import interleaved
from tests.sandbox.cluster.conftest import GOOD_IMAGE, Hands, run, service

BLUE, GREEN = ("shop", "hello-00001"), ("shop", "hello-00002")


async def blue_and_green(hands: Hands, blue: int) -> None:
    await hands.create(service("hello", "blue"))
    await hands.cluster.settled()
    await hands.deploy("hello", "green")
    traffic = [
        {"revisionName": "hello-00001", "percent": blue},
        {"revisionName": "hello-00002", "percent": 100 - blue, "tag": "green"},
    ]
    await hands.patch("hello", {"spec": {"traffic": traffic}})
    await hands.cluster.settled()


def test_any_hundred_requests_in_a_row_keep_the_weights() -> None:
    async def story(hands: Hands) -> None:
        await blue_and_green(hands, 90)
        for _ in range(37):  # begin anywhere
            await hands.curl("hello.shop.example.com")
        answers = Counter([(await hands.curl("hello.shop.example.com"))[1] for _ in range(100)])
        assert answers == {"Hello blue!": 90, "Hello green!": 10}

    run(story)


def test_a_cycle_spreads_the_smaller_share_evenly() -> None:
    order = interleaved([(BLUE, 75), (GREEN, 25)])

    assert len(order) == 100
    assert all(order[start : start + 4].count(GREEN) == 1 for start in range(0, 100, 4))


def test_a_tags_host_answers_from_its_revision_whatever_its_percent() -> None:
    async def story(hands: Hands) -> None:
        await blue_and_green(hands, 100)
        assert await hands.curl("green-hello.shop.example.com") == (200, "Hello green!")
        assert await hands.curl("hello.shop.example.com") == (200, "Hello blue!")

    run(story)


def test_an_unknown_host_and_a_deleted_service_are_not_found() -> None:
    async def story(hands: Hands) -> None:
        await hands.create(service("hello"))
        await hands.cluster.settled()
        assert (await hands.curl("nobody.shop.example.com"))[0] == 404
        await hands.ask("DELETE", "/apis/serving.knative.dev/v1/namespaces/shop/services/hello")
        await hands.cluster.settled()
        assert (await hands.curl("hello.shop.example.com"))[0] == 404

    run(story)


def test_a_service_without_a_target_greets_the_world() -> None:
    async def story(hands: Hands) -> None:
        obj = service("hello")
        del obj["spec"]["template"]["spec"]["containers"][0]["env"]
        await hands.create(obj)
        await hands.cluster.settled()
        assert await hands.curl("hello.shop.example.com") == (200, "Hello World!")

    run(story)


def test_a_bad_target_leaves_the_old_routing_in_place() -> None:
    async def story(hands: Hands) -> None:
        await hands.create(service("hello", "blue"))
        await hands.cluster.settled()
        await hands.patch("hello", {"spec": {"traffic": [{"revisionName": "hello-00099", "percent": 100}]}})
        await hands.cluster.settled()
        assert (await hands.get("hello"))["status"]["conditions"][2]["reason"] == "RevisionMissing"
        assert await hands.curl("hello.shop.example.com") == (200, "Hello blue!")

    run(story)


def test_a_bad_image_gets_no_traffic() -> None:
    async def story(hands: Hands) -> None:
        await hands.create(service("hello", "blue"))
        await hands.cluster.settled()
        template = service("hello", "green", image="registry.example.com/missing:2")["spec"]["template"]
        await hands.patch("hello", {"spec": {"template": template}})
        await hands.cluster.settled()
        assert (await hands.get("hello"))["status"]["conditions"][0]["reason"] == "RevisionFailed"
        assert await hands.curl("hello.shop.example.com") == (200, "Hello blue!")

    run(story)


def test_an_idle_revision_sleeps_without_pods_and_wakes_for_a_request() -> None:
    pods = "/api/v1/namespaces/shop/pods"
    revision = "/apis/serving.knative.dev/v1/namespaces/shop/revisions/sleepy-00001"

    async def story(hands: Hands) -> None:
        await hands.create(service("sleepy", "again", min_scale=0))
        await hands.cluster.advance(5)
        _, awake = await hands.ask("GET", pods)
        await hands.cluster.advance(100)
        _, asleep = await hands.ask("GET", pods)
        _, status = await hands.ask("GET", revision)
        assert [len(awake["items"]), len(asleep["items"])] == [1, 0]
        assert status["status"]["conditions"][0]["reason"] == "NoTraffic"
        assert status["status"]["conditions"][2]["status"] == "True"

    run(story, pace=math.inf)

    async def woken(hands: Hands) -> None:
        await hands.create(service("sleepy", "again", min_scale=0))
        await hands.cluster.settled()
        await hands.cluster.advance(100)
        assert await hands.curl("sleepy.shop.example.com") == (200, "Hello again!")
        _, listed = await hands.ask("GET", pods)
        assert len(listed["items"]) == 1

    run(woken)


def test_every_third_answer_of_an_error500_image_is_an_error_and_is_counted() -> None:
    async def story(hands: Hands) -> None:
        await hands.create(service("hello", image="registry.example.com/error500:1"))
        await hands.cluster.settled()
        codes = Counter([(await hands.curl("hello.shop.example.com"))[0] for _ in range(30)])
        assert codes == {200: 20, 500: 10}
        _, metrics = await hands.ask("GET", f"{hands.cluster.ingress_url}/metrics")
        counted = [line for line in metrics.splitlines() if 'status_code="500"' in line and "_count" in line]
        assert counted[0].startswith("http_server_request_duration_seconds_count{")
        assert counted[0].endswith(" 10")

    run(story)


def test_a_claimed_domain_of_ones_own_leads_to_the_service() -> None:
    async def story(hands: Hands) -> None:
        await hands.create(service("hello", "blue"))
        claims = "/apis/networking.internal.knative.dev/v1alpha1/clusterdomainclaims"
        mappings = "/apis/serving.knative.dev/v1beta1/namespaces/shop/domainmappings"
        await hands.ask("POST", claims, {"metadata": {"name": "shop.example.org"}, "spec": {"namespace": "shop"}})
        reference = {"kind": "Service", "name": "hello", "apiVersion": "serving.knative.dev/v1"}
        await hands.ask("POST", mappings, {"metadata": {"name": "shop.example.org"}, "spec": {"ref": reference}})
        await hands.cluster.settled()
        _, mapping = await hands.ask("GET", f"{mappings}/shop.example.org")
        assert {condition["status"] for condition in mapping["status"]["conditions"]} == {"True"}
        assert await hands.curl("shop.example.org") == (200, "Hello blue!")

    run(story)


def test_a_domain_set_in_the_configuration_changes_the_urls() -> None:
    async def story(hands: Hands) -> None:
        await hands.create(service("hello", image=GOOD_IMAGE))
        await hands.cluster.settled()
        await hands.ask(
            "PATCH",
            "/api/v1/namespaces/knative-serving/configmaps/config-domain",
            {"data": {"example.com": None, "apps.example.net": ""}},
            Content_Type="application/merge-patch+json",
        )
        await hands.cluster.settled()
        assert (await hands.get("hello"))["status"]["url"] == "http://hello.shop.apps.example.net"
        assert (await hands.curl("hello.shop.apps.example.net"))[0] == 200

    run(story)
