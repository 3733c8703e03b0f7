"""What the gateway counts: requests and latencies by revision and code, in Prometheus' own text format.

The names are those that Knative's queue-proxy has long used, so that a query written for a real cluster reads the
same here.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

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
COUNT, LATENCY = "revision_request_count", "revision_request_latencies"

Labels = tuple[str, str, str]  # namespace, service, revision


@dataclass(slots=True)
class Series:
    """The counters of one revision and one code; `buckets` are not cumulative."""

    requests: int = 0
    milliseconds: float = 0.0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_MS) + 1))


class TrafficMetrics:
    def __init__(self) -> None:
        self._series: dict[tuple[Labels, int], Series] = {}

    def count(self, labels: Labels, code: int, seconds: float) -> None:
        """Count one answered request."""
        series = self._series.setdefault((labels, code), Series())
        series.requests += 1
        series.milliseconds += seconds * 1000
        series.buckets[bisect_left(BOUNDS_MS, seconds * 1000)] += 1

    def samples(self) -> list[tuple[str, dict[str, str], float]]:
        """All counters as (name, labels, value), the buckets cumulative as Prometheus wants them."""
        found: list[tuple[str, dict[str, str], float]] = []
        for ((namespace, service, revision), code), series in sorted(self._series.items()):
            labels = {
                "namespace_name": namespace,
                "service_name": service,
                "revision_name": revision,
                "response_code": str(code),
                "response_code_class": f"{code // 100}xx",
            }
            found.append((COUNT, labels, series.requests))
            total = 0
            for bound, number in zip((*map(str, BOUNDS_MS), "+Inf"), series.buckets, strict=True):
                total += number
                found.append((f"{LATENCY}_bucket", {**labels, "le": bound}, total))
            found.append((f"{LATENCY}_sum", labels, series.milliseconds))
            found.append((f"{LATENCY}_count", labels, series.requests))
        return found

    def exposition(self) -> str:
        """The body of `/metrics`."""
        lines = [f"# TYPE {COUNT} counter", f"# TYPE {LATENCY} histogram"]
        for name, labels, value in self.samples():
            listed = ",".join(f'{key}="{text}"' for key, text in labels.items())
            lines.append(f"{name}{{{listed}}} {value:g}")
        return "\n".join(lines) + "\n"
