"""The figures that Knobot knows by itself: what Knative's queue-proxy counts, asked for in PromQL.

There are two sets of names. Until Knative 1.18 requests are `revision_request_count`, with latencies in milliseconds.
Since 1.19 they are OpenTelemetry's http.server.request.duration, in seconds. What these are about stands in labels of
their own where they are pushed by OTLP; where they are scraped, only the labels tell that the Prometheus Operator gives
them: namespace, pod and container. The activator counts under the same name, each request a second time.

Each query asks under all of these names at once, and there is one number whichever of them exist: nothing has to be
configured, or asked for beforehand, and a cluster may be upgraded in the middle.

Sources: knative/serving pkg/queue/metrics/request_metric.go (old), pkg/queue/sharedmain/handlers.go and otel.go and
pkg/activator/handler/metric_handler.go (new); knative/pkg observability/metrics/prometheus_enabled.go, which writes
what a pod is as `target_info` alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.core.checks import REQUESTS, Measure

if TYPE_CHECKING:
    from collections.abc import Mapping

WINDOW = "[{{window}}]"
COUNTER, MILLISECONDS = "revision_request_count", "revision_request_latencies_bucket"
SECONDS = "http_server_request_duration_seconds"
BUT = 'service_name!="activator",container!="activator"'
"""The activator's own figures say of which Revision they are, pushed or scraped."""


class Scope(NamedTuple):
    """Whose requests are meant, as label matchers: in the old names, in the new ones when pushed, and when scraped."""

    old: str
    pushed: str
    scraped: str


REVISION = Scope(
    'namespace_name="{{namespace}}",revision_name="{{revision}}"',
    'k8s_namespace_name="{{namespace}}",kn_revision_name="{{revision}}",' + BUT,
    'namespace="{{namespace}}",pod=~"{{revision}}-deployment-.+",container="queue-proxy"',
)
NAMESPACE = Scope(
    'namespace_name="{{namespace}}"',
    'k8s_namespace_name="{{namespace}}",kn_revision_name!="",' + BUT,
    'namespace="{{namespace}}",container="queue-proxy"',
)


def _count(scope: Scope, *, good: bool = False) -> str:
    """Return the query of how many requests there were, or only those that were answered by no 5xx."""
    old, new = (',response_code_class!="5xx"', ',http_response_status_code!~"5.."') if good else ("", "")
    counters = (
        f"{COUNTER}{{{scope.old}{old}}}",
        f"{SECONDS}_count{{{scope.pushed}{new}}}",
        f"{SECONDS}_count{{{scope.scraped}{new}}}",
    )
    return f"sum({' or '.join(f'increase({counter}{WINDOW})' for counter in counters)})"


def _success(scope: Scope) -> str:
    """Return the query of the share of good answers; where there is no counter of these at all, it is none of them."""
    return f"100 * ({_count(scope, good=True)} or vector(0)) / {_count(scope)}"


def _latency(quantile: float) -> str:
    """Return the query of a quantile in milliseconds; under names that nothing was counted by it is not a number."""
    old = f"rate({MILLISECONDS}{{{REVISION.old}}}{WINDOW})"
    new = " or ".join(f"rate({SECONDS}_bucket{{{scope}}}{WINDOW})" for scope in (REVISION.pushed, REVISION.scraped))
    in_milliseconds = f"histogram_quantile({quantile}, sum by (le) ({old})) >= 0"
    return f"({in_milliseconds}) or 1000 * histogram_quantile({quantile}, sum by (le) ({new}))"


MEASURES: Mapping[str, Measure] = {
    REQUESTS: Measure(_count(REVISION)),
    "success": Measure(_success(REVISION), "%"),
    "p50": Measure(_latency(0.5), "ms"),
    "p95": Measure(_latency(0.95), "ms"),
    "p99": Measure(_latency(0.99), "ms"),
}
"""Of a Revision; a configuration may put its own in the place of each."""

IN_ALL: Mapping[str, str] = {REQUESTS: _count(NAMESPACE), "success": _success(NAMESPACE)}
"""Name → query of a whole namespace."""
