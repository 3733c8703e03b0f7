"""What this process has done so far, counted for whoever watches over it: names and labels as Prometheus has them.

Labels have few values each: nothing that people or the cluster name is one, but for the clusters themselves.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


class Kind(Enum):
    """How a figure behaves: it only grows, it goes up and down, or it is how long something took."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that there is, with the names of its labels."""

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()


READY = Figure("knobot_part_ready", Kind.GAUGE, "Whether a part that Knobot needs is well.", ("part",))
AGE = Figure("knobot_cache_age_seconds", Kind.GAUGE, "How long nothing was heard from the API server.", ("cluster",))
EVENTS = Figure("knobot_watch_events_total", Kind.COUNTER, "Events that the watches have brought.", ("cluster",))
RELISTS = Figure("knobot_watch_relists_total", Kind.COUNTER, "How often all was read anew.", ("cluster",))
RECONNECTS = Figure("knobot_watch_reconnects_total", Kind.COUNTER, "Streams opened after the first.", ("cluster",))
SLACK = Figure(
    "knobot_slack_calls_total", Kind.COUNTER, "Messages and edits by what became of them.", ("method", "outcome")
)
NEWS = Figure("knobot_news_total", Kind.COUNTER, "News of Services that channels are told of.", ("kind",))
TOLD = Figure("knobot_stories_told_total", Kind.COUNTER, "Stories told, alone or with others in a bulletin.", ("way",))
COMMANDS = Figure("knobot_commands_total", Kind.COUNTER, "What people typed or clicked together.", ("verb", "outcome"))
ACK = Figure("knobot_ack_seconds", Kind.HISTOGRAM, "From a payload's arrival to its acknowledgement.")
TICK = Figure("knobot_tick_seconds", Kind.HISTOGRAM, "How long a look at all that may be due took.")
STORE = Figure("knobot_store_errors_total", Kind.COUNTER, "How often the database did not answer, or refused.")
FIGURES = (READY, AGE, EVENTS, RELISTS, RECONNECTS, SLACK, NEWS, TOLD, COMMANDS, ACK, TICK, STORE)
BOUNDS = (0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 10.0)
"""Upper bounds of what is counted of a duration, in seconds; Slack waits three for an acknowledgement."""

Labels = tuple[str, ...]


class Tally:
    """Counts; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[Figure, Labels]] = Counter()
        self._took: defaultdict[Figure, list[float]] = defaultdict(lambda: [0.0] * (len(BOUNDS) + 2))

    def count(self, figure: Figure, *labels: str, by: int = 1) -> None:
        """Add to a counter."""
        with self._lock:
            self._counts[figure, labels] += by

    def took(self, figure: Figure, seconds: float) -> None:
        """Note how long something took."""
        with self._lock:
            found = self._took[figure]
            for number, bound in enumerate(BOUNDS):
                found[number] += seconds <= bound
            found[-2] += 1
            found[-1] += seconds

    def page(self, more: Mapping[Figure, Iterable[tuple[Labels, float]]]) -> str:
        """Return all figures in Prometheus' text format, with those that are read at the moment."""
        with self._lock:
            counts, took = dict(self._counts), {figure: tuple(found) for figure, found in self._took.items()}
        lines: list[str] = []
        for figure in FIGURES:
            lines += [f"# HELP {figure.name} {figure.help}", f"# TYPE {figure.name} {figure.kind.value}"]
            if figure.kind is Kind.HISTOGRAM:
                lines += _histogram(figure.name, took.get(figure, (0.0,) * (len(BOUNDS) + 2)))
                continue
            mine = [(labels, value) for (of, labels), value in sorted(counts.items(), key=str) if of is figure]
            if not figure.labels and not mine and figure not in more:
                mine = [((), 0)]
            lines += [
                f"{figure.name}{_named(figure, at)} {_number(value)}" for at, value in (*mine, *more.get(figure, ()))
            ]
        return "\n".join(lines) + "\n"


def _histogram(name: str, found: tuple[float, ...]) -> Iterator[str]:
    for bound, value in zip(BOUNDS, found, strict=False):
        yield f'{name}_bucket{{le="{bound:g}"}} {_number(value)}'
    yield f'{name}_bucket{{le="+Inf"}} {_number(found[-2])}'
    yield f"{name}_sum {_number(found[-1])}"
    yield f"{name}_count {_number(found[-2])}"


def _named(figure: Figure, values: Labels) -> str:
    """Return labels with their values, which may hold anything."""
    escaped = (value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n") for value in values)
    told = ",".join(f'{label}="{value}"' for label, value in zip(figure.labels, escaped, strict=True))
    return f"{{{told}}}" if told else ""


def _number(value: float) -> str:
    """Return a number whole: a counter must not lose its last digits."""
    return str(int(value)) if value == int(value) else repr(value)
