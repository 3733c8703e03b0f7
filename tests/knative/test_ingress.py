from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.core.errors import Invalid, NotFound, Unavailable
from bot.core.model import TrafficTarget
from bot.knative import codec
from bot.knative.ingress import fetch
from tests.knative.recorded import response
from tests.knative.wire import Said

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.knative.conftest import Answer
    from tests.knative.wire import Wire

SERVICE = codec.decode_service(response(35), "site").value


def test_requests_go_to_the_ingress_under_the_services_host(serve: Callable[[Answer], Wire]) -> None:
    wire = serve(lambda asked: Said(200, asked.headers["Host"].encode()))
    answers = fetch(SERVICE, "/cart?id=1", 20, None, wire.url)
    assert [(answer.status, answer.body) for answer in answers] == [(200, "hello.shop.example.com")] * 20
    assert all(0 <= answer.seconds < 10 for answer in answers)
    assert {(asked.path, asked.query["id"]) for asked in wire.asked} == {("/cart", "1")}
    assert len(wire.asked) == 20


def test_a_tag_is_asked_under_its_own_host(serve: Callable[[Answer], Wire]) -> None:
    wire = serve(lambda asked: Said(200, asked.headers["Host"].encode()))
    assert fetch(SERVICE, "/", 1, "stable", wire.url)[0].body == "stable-hello.shop.example.com"
    with pytest.raises(NotFound, match="The tags are `stable`, `candidate`"):
        fetch(SERVICE, "/", 1, "gone", wire.url)


def test_without_an_ingress_the_services_own_url_is_asked(serve: Callable[[Answer], Wire]) -> None:
    wire = serve(lambda _: Said(200, b"direct"))
    assert fetch(replace(SERVICE, url=wire.url), "/", 1, None, None)[0].body == "direct"


def test_a_redirect_is_an_answer_and_not_followed(serve: Callable[[Answer], Wire]) -> None:
    wire = serve(lambda _: Said(302, headers=(("Location", "http://127.0.0.1:9/"),)))
    assert fetch(SERVICE, "/", 1, None, wire.url)[0].status == 302
    assert len(wire.asked) == 1


def test_bodies_are_cut_and_need_not_be_text(serve: Callable[[Answer], Wire]) -> None:
    wire = serve(lambda asked: Said(200, b"x" * 100_000 if asked.path == "/long" else b"caf\xe9"))
    assert len(fetch(SERVICE, "/long", 3, None, wire.url)[0].body) == 4096
    assert fetch(SERVICE, "/", 1, None, wire.url)[0].body == "caf\ufffd"


@pytest.mark.parametrize("path", ["", "cart", "http://elsewhere/", "/a b", "/a\r\nHost: x", "/ä"])
def test_a_path_that_could_lead_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(Invalid):
        fetch(SERVICE, path, 1, None, "http://127.0.0.1:9")


@pytest.mark.parametrize("count", [0, -1, 1001])
def test_the_number_of_requests_has_a_limit(count: int) -> None:
    with pytest.raises(Invalid):
        fetch(SERVICE, "/", count, None, "http://127.0.0.1:9")


@pytest.mark.parametrize("url", [None, "", "file:///etc/passwd", "ftp://hello"])
def test_only_an_http_address_of_the_service_is_asked(url: str | None) -> None:
    with pytest.raises(NotFound, match="no address yet"):
        fetch(replace(SERVICE, url=url), "/", 1, None, None)
    tagged = replace(SERVICE, routed=(TrafficTarget(100, revision="a", tag="t", url=url),))
    with pytest.raises(NotFound, match="no address yet"):
        fetch(tagged, "/", 1, "t", None)


def test_a_dead_ingress_is_not_asked_a_thousand_times() -> None:
    began = time.monotonic()
    with pytest.raises(Unavailable, match="it cannot be reached"):
        fetch(SERVICE, "/", 1000, None, "http://127.0.0.1:9")
    assert time.monotonic() - began < 60  # and not the time of a thousand refusals with their retries
