"""Logs that are followed in a channel: how lines become a few messages, and why it ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

from bot.core.model import LogLine

if TYPE_CHECKING:
    from collections.abc import Sequence


LONGEST = timedelta(minutes=10)
"""After this it ends: nobody reads any longer, and what is forgotten must not go on."""
BETWEEN = timedelta(seconds=3)
"""How often new lines are shown: Slack takes fifty edits a minute from a whole workspace."""
BEGINNING = 10
"""Lines of before with which it begins."""
ROOM = 2_600
"""Characters of the lines of one message: a phone shows no more."""
WIDEST = 240
"""Characters of a line that are shown."""
OVERHEAD = 24
"""Characters that a line takes beside its text: where it comes from, and its end."""


class Ending(Enum):
    """Why following ended."""

    STOPPED = "it was stopped"
    TIME = "ten minutes are over"
    GONE = "the Service is gone"
    LEAVING = "Knobot is ending, or starting anew"
    REFUSED = "Kubernetes refuses to show these logs"
    FORBIDDEN = "the rules do not let them see these logs any more"
    UNREACHABLE = "the cluster did not answer any more"


@dataclass(frozen=True, slots=True)
class Chunk:
    """The lines of one message; `omitted` is how many lines before them came too fast to be shown."""

    lines: tuple[LogLine, ...] = ()
    omitted: int = 0

    @property
    def size(self) -> int:
        return sum(size(line) for line in self.lines)


def size(line: LogLine) -> int:
    """Return how many characters a line takes at most."""
    return min(len(line.text), WIDEST) + OVERHEAD


def grown(chunk: Chunk, fresh: Sequence[LogLine], lost: int = 0) -> tuple[Chunk, bool]:
    """Return the chunk that shows `fresh` lines, and whether it is another than `chunk`.

    They are added to `chunk` if there is room for all of them. Otherwise a new chunk holds the last of them that fit:
    one step makes one message at most, however much is written.
    """
    added = Chunk((*chunk.lines, *fresh), chunk.omitted + lost)
    if chunk.lines and added.size <= ROOM and not lost:
        return added, False
    room, kept = ROOM, 0
    for line in reversed(fresh):
        if size(line) > room:
            break
        room, kept = room - size(line), kept + 1
    return Chunk(tuple(fresh[len(fresh) - kept :]), lost + len(fresh) - kept), True
