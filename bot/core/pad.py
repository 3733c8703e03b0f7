"""The traffic pad: up to four buttons that split traffic without typing, and always to 100.

The pad is about the newest Revision that is Ready: it gets five more or five less, as much as each other one, or all.
What it gains the others lose in proportion, and the other way round. A share that follows latest keeps following.
A button that would change nothing is not there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, assert_never

from bot.core import references, traffic
from bot.core.errors import Invalid
from bot.core.model import ServiceKey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.core.model import Snapshot

STEP = 5
"""Percent that one press moves."""


class Nudge(Enum):
    """The buttons."""

    LESS = "less"
    MORE = "more"
    EVEN = "even"
    LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person had before their eyes: a Service at one metadata.generation. Its text travels in buttons."""

    key: ServiceKey
    generation: int

    def __str__(self) -> str:
        return f"{self.key.cluster}/{self.key.namespace}/{self.key.name}@{self.generation}"

    @classmethod
    def parse(cls, text: str) -> Seen | None:
        """Return what `text` stands for, None if it is no such text."""
        found = _SEEN.match(text)
        return cls(ServiceKey(found[1], found[2], found[3]), int(found[4])) if found else None


_LABEL = "([a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)"
_SEEN = re.compile(rf"{_LABEL}/{_LABEL}/{_LABEL}@([0-9]{{1,18}})\Z")


def press(nudge: Nudge, snapshot: Snapshot) -> dict[str, int]:
    """Return place → percent after one press, of the places that have traffic then; the percents sum to 100.

    Raises:
        Invalid: no Revision is Ready, or there is no second one to share with.
    """
    service, newest = snapshot.service, references.latest(snapshot)
    if service is None or newest is None:
        raise Invalid(f"{snapshot.key.name} has no Revision that is Ready.", "`status` tells why.")
    others = traffic.percents(service.traffic)
    here = references.FOLLOW if references.FOLLOW in others else newest.name
    held = others.pop(references.FOLLOW, 0) + others.pop(newest.name, 0)
    match nudge:
        case Nudge.LESS:
            wanted = max(0, held - STEP)
        case Nudge.MORE:
            wanted = min(traffic.WHOLE, held + STEP)
        case Nudge.LATEST:
            wanted = traffic.WHOLE
        case Nudge.EVEN:
            others = dict.fromkeys(others or _second(snapshot, newest.name), 1)
            return traffic.spread(traffic.WHOLE, {here: 1, **others})
        case _:
            assert_never(nudge)
    rest = traffic.WHOLE - wanted
    shares = traffic.spread(rest, others or _second(snapshot, newest.name)) if rest else {}
    return {where: percent for where, percent in {here: wanted, **shares}.items() if percent}


def useful(snapshot: Snapshot) -> tuple[Nudge, ...]:
    """Return the buttons that would change something; none where no second Revision could share the traffic."""
    service, newest = snapshot.service, references.latest(snapshot)
    if service is None or newest is None or sum(revision.usable for revision in snapshot.revisions) < 2:
        return ()
    now = traffic.shares(service.traffic, newest.name)
    return tuple(nudge for nudge in Nudge if _by_name(press(nudge, snapshot), newest.name) != now)


def _by_name(percents: Mapping[str, int], newest: str) -> dict[str, int]:
    named: dict[str, int] = {}
    for where, percent in percents.items():
        name = newest if where == references.FOLLOW else where
        named[name] = named.get(name, 0) + percent
    return named


def _second(snapshot: Snapshot, newest: str) -> Mapping[str, int]:
    """Return who takes what the only Revision with traffic gives away."""
    carrier = references.carrier(snapshot, {newest})
    if carrier is None:
        raise Invalid(f"{snapshot.key.name} has only one Revision that is Ready.", "Deploy a second one first.")
    return {carrier.name: traffic.WHOLE}
