"""The port Metrics over HTTP: one number, none, or an error that says what to do."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from bot.core import checks
from bot.core.errors import Invalid, NotFound, Unavailable
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
    embedded = Embedded(counted)
    time.sleep(0.01)

    def answer(asked: Asked) -> Said:
        form = {key: values[0] for key, values in parse_qs(asked.body.decode()).items()}
        status, body = embedded.answer(asked.path, form)
        return Said(status, json.dumps(body).encode())

    query = checks.query(checks.MEASURES[name], builders.KEY, "hello-00002", timedelta(minutes=1))
    found = serve(answer).query("main", query)
    assert found == pytest.approx(figure, rel=0.25)
