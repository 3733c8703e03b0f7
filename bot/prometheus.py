"""The port `Metrics` over Prometheus' HTTP API, or whatever else answers it."""

from __future__ import annotations

import json
import math
import time
from typing import TYPE_CHECKING

import urllib3

from bot.core.errors import Invalid, NotFound, Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS = 5.0
AWAY = 10.0
"""Seconds for which one that did not answer is not asked again: whoever asks then is told at once."""
AT_ONCE = 16
"""Connections to one that are kept."""
ANSWER_BYTES = 1 << 20
LONGEST = 200
FAULT = 500


class Prometheus:
    """Asks the Prometheus of each cluster.

    Args:
        addresses: name of a cluster → URL of its Prometheus, to which /api/v1/query is added.
    """

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self._addresses = addresses
        self._away: dict[str, float] = {}
        self._pool = urllib3.PoolManager(
            maxsize=AT_ONCE, timeout=urllib3.Timeout(connect=SECONDS, read=SECONDS), retries=False
        )

    def query(self, cluster: str, query: str) -> float | None:
        """Return the one number that a query yields now; see the port."""
        address = self._addresses.get(cluster)
        if address is None:
            raise NotFound(
                f"Knobot knows no Prometheus for the cluster {cluster}.",
                "Its address belongs into the configuration: `clusters`, `prometheus`.",
                code="no-metrics",
            )
        if time.monotonic() < self._away.get(cluster, 0.0):
            raise _silent(cluster)
        try:
            answer = self._pool.request(
                "POST", f"{address}/api/v1/query", fields={"query": query}, encode_multipart=False
            )
        except urllib3.exceptions.HTTPError as error:
            self._away[cluster] = time.monotonic() + AWAY
            raise _silent(cluster) from error
        return _number(cluster, answer.status, answer.data[:ANSWER_BYTES])

    def close(self) -> None:
        self._pool.clear()


def _silent(cluster: str) -> Unavailable:
    return Unavailable(f"Prometheus of {cluster} does not answer.", "Try again in a moment.")


def _number(cluster: str, status: int, data: bytes) -> float | None:
    """Return the number in an answer: a scalar, or the value of a vector's only element."""
    try:
        document = json.loads(data)
        if document["status"] != "success":
            raise _trouble(cluster, status, str(document.get("error", "")))
        found = document["data"]
        match found["resultType"]:
            case "scalar":
                number = float(found["result"][1])
            case "vector":
                number = _only([float(element["value"][1]) for element in found["result"]])
            case other:
                raise Invalid(f"The query yields a {other}, not one number.", "Sum it up, as in `sum(…)`.")
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise Unavailable(f"Prometheus of {cluster} gives no answer that can be read (status {status}).") from error
    return number if math.isfinite(number) else None


def _only(values: list[float]) -> float:
    if len(values) > 1:
        raise Invalid(f"The query yields {len(values)} numbers, not one.", "Sum them up, as in `sum(…)`.")
    return values[0] if values else math.nan


def _trouble(cluster: str, status: int, why: str) -> Invalid | Unavailable:
    told = " ".join(why.split())[:LONGEST]
    if status >= FAULT:
        return Unavailable(f"Prometheus of {cluster} has trouble: {told or status}.", "Try again in a moment.")
    return Invalid(f"Prometheus of {cluster} does not take the query: {told or status}.")
