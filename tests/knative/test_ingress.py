from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.core.errors import Invalid, NotFound, Unavailable
from bot.core.model import TrafficTarget
from bot.core.ports import HttpRequest
from bot.knative import codec
from bot.knative.client import KnativeClusters
from bot.knative.ingress import VOLLEYS, fetch
from tests.knative.recorded import response
from tests.knative.wire import Said, kubeconfig

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.knative.conftest import Answer
    from tests.knative.wire import Wire

SERVICE = codec.SERVICES.one(response(35), "site").value


def test_requests_go_to_the_ingress_under_the_services_host(serve: Callable[[Answer], Wire]) -> None:
    wire = serve(lambda asked: Said(200, asked.headers["Host"].encode()))
    answers = fetch(SERVICE, HttpRequest("/cart?id=1", 20, None), wire.url)
    assert [(answer.status, answer.body) for answer in answers] == [(200, "hello.shop.example.com")] * 20
    assert all(0 <= answer.seconds < 10 for answer in answers)
    assert {(asked.path, asked.query["id"]) for asked in wire.asked} == {("/cart", "1")}
    assert len(wire.asked) == 20


def test_a_tag_is_asked_under_its_own_host(serve: Callable[[Answer], Wire]) -> None:
    wire = serve(lambda asked: Said(200, asked.headers["Host"].encode()))
    assert fetch(SERVICE, HttpRequest("/", 1, "stable"), wire.url)[0].body == "stable-hello.shop.example.com"
    with pytest.raises(NotFound, match="The tags are `stable`, `candidate`"):
        fetch(SERVICE, HttpRequest("/", 1, "gone"), wire.url)


def test_without_an_ingress_the_services_own_url_is_asked(serve: Callable[[Answer], Wire]) -> None:
    wire = serve(lambda _: Said(200, b"direct"))
    assert fetch(replace(SERVICE, url=wire.url), HttpRequest("/", 1, None), None)[0].body == "direct"


def test_a_redirect_is_an_answer_and_not_followed(serve: Callable[[Answer], Wire]) -> None:
    wire = serve(lambda _: Said(302, headers=(("Location", "http://127.0.0.1:9/"),)))
    assert fetch(SERVICE, HttpRequest("/", 1, None), wire.url)[0].status == 302
    assert len(wire.asked) == 1


def test_bodies_are_cut_and_need_not_be_text(serve: Callable[[Answer], Wire]) -> None:
    wire = serve(lambda asked: Said(200, b"x" * 100_000 if asked.path == "/long" else b"caf\xe9"))
    assert len(fetch(SERVICE, HttpRequest("/long", 3, None), wire.url)[0].body) == 4096
    assert fetch(SERVICE, HttpRequest("/", 1, None), wire.url)[0].body == "caf\ufffd"


@pytest.mark.parametrize("path", ["", "cart", "http://elsewhere/", "/a b", "/a\r\nHost: x", "/ä"])
def test_a_path_that_could_lead_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(Invalid):
        fetch(SERVICE, HttpRequest(path, 1, None), "http://127.0.0.1:9")


@pytest.mark.parametrize("count", [0, -1, 1001])
def test_the_number_of_requests_has_a_limit(count: int) -> None:
    with pytest.raises(Invalid):
        fetch(SERVICE, HttpRequest("/", count, None), "http://127.0.0.1:9")


@pytest.mark.parametrize("url", [None, "", "file:///etc/passwd", "ftp://hello"])
def test_only_an_http_address_of_the_service_is_asked(url: str | None) -> None:
    with pytest.raises(NotFound, match="no address yet"):
        fetch(replace(SERVICE, url=url), HttpRequest("/", 1, None), None)
    tagged = replace(SERVICE, routed=(TrafficTarget(100, revision="a", tag="t", url=url),))
    with pytest.raises(NotFound, match="no address yet"):
        fetch(tagged, HttpRequest("/", 1, "t"), None)


def test_a_dead_ingress_is_not_asked_a_thousand_times() -> None:
    began = time.monotonic()
    with pytest.raises(Unavailable, match="nothing listens at its address"):
        fetch(SERVICE, HttpRequest("/", 1000, None), "http://127.0.0.1:9")
    assert time.monotonic() - began < 60  # and not the time of a thousand refusals with their retries


def test_headers_and_method_are_sent_and_the_host_stays_the_services(serve: Callable[[Answer], Wire]) -> None:
    wire = serve(lambda _: Said(200, headers=(("X-Version", "3"),)))
    sent = HttpRequest(method="HEAD", headers=(("Accept", "text/plain"), ("Host", "elsewhere")))
    (answer,) = fetch(SERVICE, sent, wire.url)
    assert ("X-Version", "3") in answer.headers
    (asked,) = wire.asked
    assert (asked.method, asked.headers["Accept"]) == ("HEAD", "text/plain")
    assert asked.headers["Host"] == "hello.shop.example.com"


def test_what_could_change_something_is_not_sent() -> None:
    with pytest.raises(Invalid, match="POST may change something"):
        fetch(SERVICE, HttpRequest(method="POST"), "http://127.0.0.1:9")


def test_an_address_without_a_record_is_told_apart_from_one_where_nobody_listens() -> None:
    nowhere = replace(SERVICE, url="http://hello.shop.invalid")
    with pytest.raises(Unavailable, match="no DNS record leads there") as caught:
        fetch(nowhere, HttpRequest(), None)
    assert "`ingress`" in caught.value.hint


def test_slow_answers_to_some_leave_threads_for_others(serve: Callable[[Answer], Wire], tmp_path: Path) -> None:
    asked, go = threading.Semaphore(0), threading.Event()

    def slow(_: object) -> Said:
        asked.release()
        go.wait(5)
        return Said(200)

    wire, file = serve(slow), tmp_path / "kubeconfig"
    file.write_text(kubeconfig("http://127.0.0.1:9"))
    clusters, request = KnativeClusters(), HttpRequest("/", 1, None)
    clusters.connect(SERVICE.key.cluster, file, ingress=wire.url)
    with ThreadPoolExecutor(VOLLEYS) as people:
        running = [people.submit(clusters.fetch, SERVICE, request) for _ in range(VOLLEYS)]
        assert all(asked.acquire(timeout=5) for _ in running)
        with pytest.raises(Unavailable) as busy:
            clusters.fetch(SERVICE, request)
        go.set()
    assert busy.value.code == "busy"
    assert clusters.fetch(SERVICE, request)[0].status == 200
