"""What Prometheus is told: what was counted so far, and what is so at the moment of asking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core import tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bot.core.tally import Figure, Labels, Tally
    from bot.knative.reflector import Reflector
    from bot.web.health import Health


class Figures:
    """Reads all figures together.

    Args:
        counted: by all parts of this process.
        health: the parts and how they are.
        watches: cluster → its copy.
        failed: returns how often the database did not answer.
    """

    def __init__(
        self, counted: Tally, health: Health, watches: Mapping[str, Reflector], failed: Callable[[], int]
    ) -> None:
        self.tally = counted
        self._health = health
        self._watches = watches
        self._failed = failed

    def page(self) -> str:
        """Return the figures in Prometheus' text format; may take some seconds."""
        now: dict[Figure, list[tuple[Labels, float]]] = {
            tally.READY: [((part.name,), float(not part.fault)) for part in self._health.look()],
            tally.STORE: [((), float(self._failed()))],
        }
        for figure, labels, value in self._copies():
            now.setdefault(figure, []).append((labels, value))
        return self.tally.page(now)

    def _copies(self) -> Iterator[tuple[Figure, Labels, float]]:
        for cluster, reflector in self._watches.items():
            health = reflector.health()
            if health.age is not None:
                yield tally.AGE, (cluster,), health.age
            yield tally.EVENTS, (cluster,), health.events
            yield tally.RELISTS, (cluster,), health.relists
            yield tally.RECONNECTS, (cluster,), health.reconnects
