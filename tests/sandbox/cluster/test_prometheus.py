from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.sandbox.cluster.prometheus import Prometheus
from bot.sandbox.cluster.traffic_metrics import TrafficMetrics
from tests.sandbox.cluster.conftest import Hands, run, service

BLUE = ("shop", "hello", "hello-00001")
GREEN = ("shop", "hello", "hello-00002")
NAME = "http_server_request_duration_seconds"
COUNT = f"{NAME}_count"


@pytest.fixture
def prometheus() -> Prometheus:
    """Blue answered 90 times well, green 6 times well and 4 times badly, all within 30 ms."""
    metrics = TrafficMetrics()
    for labels, code, number in ((BLUE, 200, 90), (GREEN, 200, 6), (GREEN, 500, 4)):
        for _ in range(number):
            metrics.count(labels, code, 0.03)
    return Prometheus(metrics)


def values(prometheus: Prometheus, query: str) -> dict[str, float]:
    """What a query finds, by revision (or nothing)."""
    status, body = prometheus.answer("/api/v1/query", {"query": query})
    assert status == 200, body
    found: list[Any] = body["data"]["result"]
    return {entry["metric"].get("kn_revision_name", ""): float(entry["value"][1]) for entry in found}


def test_counts_by_revision(prometheus: Prometheus) -> None:
    assert values(
        prometheus,
        'sum by (kn_revision_name) (increase(http_server_request_duration_seconds_count{kn_service_name="hello"}[5m]))',
    ) == {
        "hello-00001": 90,
        "hello-00002": 10,
    }


def test_a_share_of_errors_is_one_rate_divided_by_another(prometheus: Prometheus) -> None:
    query = f"""
      sum(rate({COUNT}{{kn_revision_name="hello-00002", http_response_status_code!~"5.."}}[1m]))
      / sum(rate({COUNT}{{kn_revision_name="hello-00002"}}[1m]))
    """
    assert values(prometheus, query) == {"": 0.6}


def test_a_quantile_lies_in_its_bucket(prometheus: Prometheus) -> None:
    query = f"histogram_quantile(0.95, sum(rate({NAME}_bucket[5m])) by (le, kn_revision_name))"
    found = values(prometheus, query)

    assert all(0.025 < value <= 0.05 for value in found.values())
    assert found.keys() == {"hello-00001", "hello-00002"}


def test_a_comparison_keeps_what_fulfils_it(prometheus: Prometheus) -> None:
    assert values(prometheus, f"sum by (kn_revision_name) ({COUNT}) > 50") == {"hello-00001": 90}


def test_nothing_found_can_be_given_a_default(prometheus: Prometheus) -> None:
    assert values(prometheus, f'sum(rate({COUNT}{{kn_service_name="none"}}[1m])) or vector(0)') == {"": 0}


def test_a_range_has_one_value_a_step(prometheus: Prometheus) -> None:
    now = time.time()
    asked = {
        "query": f"sum({COUNT})",
        "start": str(now - 10),
        "end": str(now + 10),
        "step": "5",
    }

    _, body = prometheus.answer("/api/v1/query_range", asked)

    assert [float(value) for _, value in body["data"]["result"][0]["values"]] == [100, 100, 100]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "sum(",
        "rate(http_server_request_duration_seconds_count)",
        "http_server_request_duration_seconds_count[5m]",
        "a ! b",
    ],
)
def test_what_is_no_query_is_bad_data(prometheus: Prometheus, query: str) -> None:
    status, body = prometheus.answer("/api/v1/query", {"query": query})

    assert (status, body["errorType"]) == (400, "bad_data")


def test_the_gateway_answers_questions_about_its_own_requests() -> None:
    async def story(hands: Hands) -> None:
        await hands.create(service("hello"))
        await hands.cluster.settled()
        for _ in range(5):
            await hands.curl("hello.shop.example.com")
        asked = urlencode({"query": f'{COUNT}{{kn_service_name="hello"}}'})
        async with hands.session.get(f"{hands.cluster.ingress_url}/api/v1/query?{asked}") as response:
            body = json.loads(await response.text())
        assert body["data"]["result"][0]["value"][1] == "5"

    run(story)
