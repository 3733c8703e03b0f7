"""How many pods there may be, and when there are more: annotations of the template that the autoscaler reads."""

from __future__ import annotations

from bot.core.template.metadata import annotation
from bot.core.template.settings import AUTOSCALING, Place, Setting

MIN, MAX, INITIAL, ACTIVATION = "min-scale", "max-scale", "initial-scale", "activation-scale"
METRIC, TARGET, UTILIZATION, WINDOW = "metric", "target", "target-utilization-percentage", "window"
CLASS = "class"
BY_POD = frozenset({"cpu", "memory"})
"""Metrics that only the autoscaler of Kubernetes knows; it never scales to zero."""


def scaling(name: str, value: str | int | None) -> Setting:
    """Return one setting of the autoscaler by the name that Knative gives it."""
    return annotation(AUTOSCALING + name, None if value is None else str(value))


def metric(name: str | None) -> tuple[Setting, ...]:
    """Return what makes the autoscaler go by a metric, and chooses the autoscaler that knows it."""
    chosen = (scaling(CLASS, "hpa.autoscaling.knative.dev"),) if name in BY_POD else ()
    return (scaling(METRIC, name), *chosen)


def concurrency(limit: int | None) -> Setting:
    """Return how many requests one pod may have at once; 0 sets no limit."""
    return Setting(Place.SPEC, ("containerConcurrency",), limit)
