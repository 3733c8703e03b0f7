"""What the gateway counts: requests and durations by revision and code, in Prometheus' own text format.

The names and buckets are those of OpenTelemetry's http.server.request.duration, by which Knative's queue-proxy counts
since 1.19; the labels are those that its figures have where they are pushed by OTLP.
"""

from __future__ import annotations

import math
import time
from bisect import bisect_left
from collections import defaultdict, deque
from dataclasses import dataclass

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)  # seconds
KEPT = 3600  # seconds with requests
DURATION = "http_server_request_duration_seconds"

Labels = tuple[str, str, str]  # namespace, service, revision


@dataclass(frozen=True, slots=True)
class Count:
    """The counters of one revision and one code at one moment; `buckets` are not cumulative."""

    requests: int
    seconds: float
    buckets: tuple[int, ...]


NOTHING = Count(0, 0.0, (0,) * (len(BOUNDS) + 1))


class TrafficMetrics:
    """Counters, and what they were each second of the last hour in which they changed."""

    def __init__(self) -> None:
        self._history: dict[tuple[Labels, int], deque[tuple[float, Count]]] = defaultdict(lambda: deque(maxlen=KEPT))

    def count(self, labels: Labels, code: int, seconds: float) -> None:
        """Count one answered request."""
        now = time.time()
        history = self._history[labels, code]
        last = history[-1][1] if history else NOTHING
        place = bisect_left(BOUNDS, seconds)
        buckets = (*last.buckets[:place], last.buckets[place] + 1, *last.buckets[place + 1 :])
        counted = Count(last.requests + 1, last.seconds + seconds, buckets)
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
                "k8s_namespace_name": namespace,
                "service_name": service,
                "kn_service_name": service,
                "kn_configuration_name": service,
                "kn_revision_name": revision,
                "http_response_status_code": str(code),
                "url_scheme": "http",
            }
            total = 0
            for bound, number in zip((*(f"{each:g}" for each in BOUNDS), "+Inf"), series.buckets, strict=True):
                total += number
                found.append((f"{DURATION}_bucket", {**labels, "le": bound}, float(total)))
            found.append((f"{DURATION}_sum", labels, series.seconds))
            found.append((f"{DURATION}_count", labels, float(series.requests)))
        return found

    def exposition(self) -> str:
        """The body of `/metrics`."""
        lines = [f"# TYPE {DURATION} histogram"]
        for name, labels, value in self.samples():
            listed = ",".join(f'{key}="{text}"' for key, text in labels.items())
            lines.append(f"{name}{{{listed}}} {value:g}")
        return "\n".join(lines) + "\n"
