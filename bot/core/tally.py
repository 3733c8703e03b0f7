"""Which figures there are of what this process does: names and labels as Prometheus has them.

Labels have few values each: nothing that people or the cluster name is one, but for the clusters themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """How a figure behaves: it only grows, it goes up and down, or it is how long something took."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that there is, with the names of its labels; `read`: where it is looked up, and not counted."""

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()
    read: bool = False


# These are looked up when somebody asks for them.
READY = Figure("knobot_part_ready", Kind.GAUGE, "Whether a part that Knobot needs is well.", ("part",), read=True)
AGE = Figure(
    "knobot_cache_age_seconds", Kind.GAUGE, "How long nothing was heard from the API server.", ("cluster",), read=True
)
EVENTS = Figure(
    "knobot_watch_events_total", Kind.COUNTER, "Events that the watches have brought.", ("cluster",), read=True
)
RELISTS = Figure("knobot_watch_relists_total", Kind.COUNTER, "How often all was read anew.", ("cluster",), read=True)
RECONNECTS = Figure(
    "knobot_watch_reconnects_total", Kind.COUNTER, "Streams opened after the first.", ("cluster",), read=True
)
# And these are counted.
SLACK = Figure(
    "knobot_slack_calls_total", Kind.COUNTER, "Messages and edits by what became of them.", ("method", "outcome")
)
NEWS = Figure("knobot_news_total", Kind.COUNTER, "News of Services that channels are told of.", ("kind",))
TOLD = Figure("knobot_stories_told_total", Kind.COUNTER, "Stories told, alone or with others in a bulletin.", ("way",))
COMMANDS = Figure("knobot_commands_total", Kind.COUNTER, "What people typed or clicked together.", ("verb", "outcome"))
ACK = Figure("knobot_ack_seconds", Kind.HISTOGRAM, "From a payload's arrival to its acknowledgement.")
TICK = Figure("knobot_tick_seconds", Kind.HISTOGRAM, "How long a look at all that may be due took.")
STORE = Figure(
    "knobot_store_errors_total", Kind.COUNTER, "How often the database did not answer, or refused.", read=True
)
FIGURES = (READY, AGE, EVENTS, RELISTS, RECONNECTS, SLACK, NEWS, TOLD, COMMANDS, ACK, TICK, STORE)
BOUNDS = (0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 10.0)
"""Upper bounds of what is counted of a duration, in seconds; Slack waits three for an acknowledgement."""
