"""What Prometheus is told: what was counted so far, what is so at the moment of asking, and the process itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from bot.core import tally
from bot.core.tally import BOUNDS, FIGURES, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from prometheus_client import Metric

    from bot.core.tally import Figure
    from bot.knative.reflector import Reflector
    from bot.web.health import Health


class Figures:
    """The port Tally over the client library of Prometheus, with a registry of its own."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call] # a series more for each, that nobody asks for
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._counters: dict[Figure, Counter] = {}
        self._histograms: dict[Figure, Histogram] = {}
        for figure in FIGURES:
            if figure.kind is Kind.HISTOGRAM:
                found = Histogram(figure.name, figure.help, figure.labels, buckets=BOUNDS, registry=self._registry)
                self._histograms[figure] = found
            elif not figure.read:
                self._counters[figure] = Counter(figure.name, figure.help, figure.labels, registry=self._registry)

    def count(self, figure: Figure, *labels: str, by: int = 1) -> None:
        counter = self._counters[figure]
        (counter.labels(*labels) if labels else counter).inc(by)

    def took(self, figure: Figure, seconds: float) -> None:
        self._histograms[figure].observe(seconds)

    def read(self, health: Health, watches: Mapping[str, Reflector], failed: Callable[[], int]) -> None:
        """Tell with each page how these are then.

        Args:
            health: the parts and how they are.
            watches: cluster → its copy.
            failed: returns how often the database did not answer.
        """
        self._registry.register(_Present(health, watches, failed))

    def page(self, accepted: str) -> tuple[bytes, str]:
        """Return the figures and their content type; may take some seconds.

        Args:
            accepted: the header Accept of who asks, since Prometheus reads several formats.
        """
        encode, content = choose_encoder(accepted)
        return encode(self._registry), content


class _Present(Collector):
    """What is read at the moment of asking."""

    def __init__(self, health: Health, watches: Mapping[str, Reflector], failed: Callable[[], int]) -> None:
        self._health = health
        self._watches = watches
        self._failed = failed

    def describe(self) -> list[Metric]:
        """Return nothing, so that nobody is asked before there is somebody who wants to know."""
        return []

    def collect(self) -> Iterator[Metric]:
        families = {figure: _family(figure) for figure in FIGURES if figure.read}
        for part in self._health.look():
            families[tally.READY].add_metric([part.name], float(not part.fault))
        families[tally.STORE].add_metric([], self._failed())
        for cluster, reflector in self._watches.items():
            health = reflector.health()
            if health.age is not None:
                families[tally.AGE].add_metric([cluster], health.age)
            families[tally.EVENTS].add_metric([cluster], health.events)
            families[tally.RELISTS].add_metric([cluster], health.relists)
            families[tally.RECONNECTS].add_metric([cluster], health.reconnects)
        yield from families.values()


def _family(figure: Figure) -> GaugeMetricFamily | CounterMetricFamily:
    made = GaugeMetricFamily if figure.kind is Kind.GAUGE else CounterMetricFamily
    return made(figure.name, figure.help, labels=figure.labels)
