"""The port Metrics over HTTP: one number, none, or an error that says what to do."""

from __future__ import annotations

import json
import math
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from bot.core import checks
from bot.core.errors import Invalid, NotFound, Unavailable
from bot.core.measures import MEASURES, SECONDS
from bot.prometheus import Prometheus
from bot.sandbox.cluster.prometheus import Prometheus as Embedded
from bot.sandbox.cluster.traffic_metrics import TrafficMetrics
from tests.core import builders
from tests.knative.wire import Asked, Said, Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Serve = Callable[[Callable[[Asked], Said | None]], Prometheus]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Makes a Prometheus that answers so, and the port over it for the cluster main."""
    opened: list[tuple[Prometheus, Wire]] = []

    def made(answer: Callable[[Asked], Said | None]) -> Prometheus:
        wire = Wire(answer)
        opened.append((Prometheus({"main": wire.url}), wire))
        return opened[-1][0]

    yield made
    for port, wire in opened:
        port.close()
        wire.stop()


def said(result: Any, kind: str = "vector", status: int = 200) -> Said:
    return Said(status, json.dumps({"status": "success", "data": {"resultType": kind, "result": result}}).encode())


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        (said([{"metric": {}, "value": [1.5, "99.5"]}]), 99.5),
        (said([1.5, "3"], "scalar"), 3.0),
        (said([]), None),
        (said([{"metric": {}, "value": [1.5, "NaN"]}]), None),
        (said([{"metric": {}, "value": [1.5, "+Inf"]}]), None),
    ],
)
def test_one_number_or_none(serve: Serve, answer: Said, number: float | None) -> None:
    assert serve(lambda _: answer).query("main", "up") == number


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Said(200, b"<html>"), Unavailable),
        (Said(200, b"[]"), Unavailable),
        (Said(502, b"bad gateway"), Unavailable),
        (None, Unavailable),
        (Said(503, b'{"status":"error","error":"query timed out"}'), Unavailable),
        (Said(400, b'{"status":"error","error":"parse error"}'), Invalid),
        (said([], "matrix"), Invalid),
        (said([{"value": [1, "1"]}, {"value": [1, "2"]}]), Invalid),
    ],
)
def test_what_is_no_number_is_an_error(serve: Serve, answer: Said | None, error: type[Exception]) -> None:
    with pytest.raises(error):
        serve(lambda _: answer).query("main", "up")


def test_one_that_does_not_answer_is_not_asked_again_at_once(serve: Serve) -> None:
    asked: list[Asked] = []

    def answer(request: Asked) -> None:
        asked.append(request)

    prometheus = serve(answer)
    for _ in range(3):
        with pytest.raises(Unavailable, match="does not answer"):
            prometheus.query("main", "up")

    assert len(asked) == 1


def test_a_cluster_without_a_prometheus_is_told_so() -> None:
    with pytest.raises(NotFound) as wrong:
        Prometheus({}).query("main", "up")
    assert wrong.value.code == "no-metrics"


@pytest.mark.parametrize(("name", "figure"), [("requests", 20), ("success", 75), ("p95", 25)])
def test_the_figures_that_knobot_knows_are_those_of_the_embedded_cluster(
    serve: Serve, name: str, figure: float
) -> None:
    counted = TrafficMetrics()
    labels = (builders.KEY.namespace, builders.KEY.name, "hello-00002")
    for _ in range(5):
        for code in (200, 200, 200, 500):
            counted.count(labels, code, 0.020)
    counted.count((*labels[:2], "hello-00001"), 500, 3.0)
    time.sleep(0.01)
    assert _asked(serve, name, counted) == pytest.approx(figure, rel=0.25)


REVISION, POD = "hello-00002", "hello-00002-deployment-648b7d6656-6b627"
OLD = {"namespace_name": "shop", "service_name": "hello", "revision_name": REVISION, "container_name": "queue-proxy"}
PUSHED = {
    "container_name": "queue-proxy",
    "k8s_namespace_name": "shop",
    "kn_revision_name": REVISION,
    "kn_service_name": "hello",
    "service_name": "hello",
    "server_port": "8012",
}
SCRAPED = {"namespace": "shop", "pod": POD, "container": "queue-proxy", "instance": "10.244.0.29:9091"}
OTHERS = (
    {**PUSHED, "service_name": "activator"},
    {**PUSHED, "namespace": "knative-serving", "pod": "activator-7f", "container": "activator", "service_name": ""},
    {**SCRAPED, "container": "user-container"},
    {**SCRAPED, "pod": "hello-00003-deployment-1-1"},
    {**SCRAPED, "namespace": "prod"},
)
"""Figures of the same name that are no requests of the Revision, or are counted elsewhere already."""


class Counted(TrafficMetrics):
    """Counters that grew since the beginning of the test, each 15 good answers and 5 bad ones of 20 ms."""

    def __init__(
        self, *series: dict[str, str], codes: tuple[tuple[str, float], ...] = (("200", 15), ("500", 5))
    ) -> None:
        super().__init__()
        self._series, self._codes, self._since = series, codes, time.time() - 1

    def samples(self, at: float = math.inf) -> list[tuple[str, dict[str, str], float]]:
        if at < self._since:
            return []
        return [
            sample for labels in self._series for code, count in self._codes for sample in _counter(labels, code, count)
        ]


def _counter(labels: dict[str, str], code: str, count: float) -> list[tuple[str, dict[str, str], float]]:
    if "revision_name" in labels:
        old = {**labels, "response_code": code, "response_code_class": f"{code[0]}xx"}
        buckets = [("revision_request_latencies_bucket", {**old, "le": le}, count) for le in ("40", "+Inf")]
        return [("revision_request_count", old, count), *buckets]
    new = {**labels, "http_response_status_code": code}
    buckets = [(f"{SECONDS}_bucket", {**new, "le": le}, count) for le in ("0.04", "+Inf")]
    return [(f"{SECONDS}_count", new, count), *buckets]


def _asked(serve: Serve, name: str, counted: TrafficMetrics) -> float | None:
    embedded = Embedded(counted)

    def answer(asked: Asked) -> Said:
        form = {key: values[0] for key, values in parse_qs(asked.body.decode()).items()}
        status, body = embedded.answer(asked.path, form)
        return Said(status, json.dumps(body).encode())

    query = checks.query(MEASURES[name], builders.KEY, REVISION, timedelta(minutes=1))
    return serve(answer).query("main", query)


@pytest.mark.parametrize(
    "labels", [OLD, PUSHED, SCRAPED, {**PUSHED, **SCRAPED}], ids=["old", "pushed", "scraped", "both"]
)
@pytest.mark.parametrize(("name", "figure"), [("requests", 20), ("success", 75), ("p95", 38)])
def test_a_figure_is_the_same_whatever_knative_calls_it(
    serve: Serve, labels: dict[str, str], name: str, figure: float
) -> None:
    assert _asked(serve, name, Counted(labels, *OTHERS)) == pytest.approx(figure)


def test_while_knative_is_upgraded_the_requests_of_both_names_count(serve: Serve) -> None:
    assert _asked(serve, "requests", Counted(OLD, PUSHED)) == 40
    assert _asked(serve, "success", Counted(OLD, SCRAPED)) == 75


@pytest.mark.parametrize("labels", [OLD, PUSHED, SCRAPED])
def test_a_revision_that_answers_nothing_well_has_a_success_of_none(serve: Serve, labels: dict[str, str]) -> None:
    assert _asked(serve, "success", Counted(labels, codes=(("503", 9),))) == 0


@pytest.mark.parametrize("name", MEASURES)
def test_of_a_revision_that_nothing_is_known_of_there_is_no_figure(serve: Serve, name: str) -> None:
    assert _asked(serve, name, Counted(*OTHERS)) is None
