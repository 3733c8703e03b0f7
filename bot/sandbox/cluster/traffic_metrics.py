"""What the gateway counts: requests and latencies by revision and code, in Prometheus' own text format.

The names are those that Knative's queue-proxy has long used, so that a query written for a real cluster reads the
same here.
"""

from __future__ import annotations

import math
import time
from bisect import bisect_left
from collections import defaultdict, deque
from dataclasses import dataclass

BOUNDS_MS = (
    5,
    10,
    20,
    40,
    60,
    80,
    100,
    150,
    200,
    250,
    300,
    350,
    400,
    450,
    500,
    600,
    700,
    800,
    900,
    1000,
    2000,
    5000,
    10000,
)
KEPT = 3600  # seconds with requests
COUNT, LATENCY = "revision_request_count", "revision_request_latencies"

Labels = tuple[str, str, str]  # namespace, service, revision


@dataclass(frozen=True, slots=True)
class Count:
    """The counters of one revision and one code at one moment; `buckets` are not cumulative."""

    requests: int
    milliseconds: float
    buckets: tuple[int, ...]


NOTHING = Count(0, 0.0, (0,) * (len(BOUNDS_MS) + 1))


class TrafficMetrics:
    """Counters, and what they were each second of the last hour in which they changed."""

    def __init__(self) -> None:
        self._history: dict[tuple[Labels, int], deque[tuple[float, Count]]] = defaultdict(lambda: deque(maxlen=KEPT))

    def count(self, labels: Labels, code: int, seconds: float) -> None:
        """Count one answered request."""
        now, milliseconds = time.time(), seconds * 1000
        history = self._history[labels, code]
        last = history[-1][1] if history else NOTHING
        place = bisect_left(BOUNDS_MS, milliseconds)
        buckets = (*last.buckets[:place], last.buckets[place] + 1, *last.buckets[place + 1 :])
        counted = Count(last.requests + 1, last.milliseconds + milliseconds, buckets)
        if history and now - history[-1][0] < 1:
            history[-1] = (history[-1][0], counted)
        else:
            history.append((now, counted))

    def samples(self, at: float = math.inf) -> list[tuple[str, dict[str, str], float]]:
        """All counters as (name, labels, value) at a time in seconds since the epoch; buckets are cumulative."""
        found: list[tuple[str, dict[str, str], float]] = []
        for ((namespace, service, revision), code), history in sorted(self._history.items()):
            series = next((counted for when, counted in reversed(history) if when <= at), None)
            if series is None:
                continue
            labels = {
                "namespace_name": namespace,
                "service_name": service,
                "revision_name": revision,
                "response_code": str(code),
                "response_code_class": f"{code // 100}xx",
            }
            found.append((COUNT, labels, float(series.requests)))
            total = 0
            for bound, number in zip((*map(str, BOUNDS_MS), "+Inf"), series.buckets, strict=True):
                total += number
                found.append((f"{LATENCY}_bucket", {**labels, "le": bound}, float(total)))
            found.append((f"{LATENCY}_sum", labels, series.milliseconds))
            found.append((f"{LATENCY}_count", labels, float(series.requests)))
        return found

    def exposition(self) -> str:
        """The body of `/metrics`."""
        lines = [f"# TYPE {COUNT} counter", f"# TYPE {LATENCY} histogram"]
        for name, labels, value in self.samples():
            listed = ",".join(f'{key}="{text}"' for key, text in labels.items())
            lines.append(f"{name}{{{listed}}} {value:g}")
        return "\n".join(lines) + "\n"
