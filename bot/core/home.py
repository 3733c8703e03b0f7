"""The home tab: what one person has to do with Knobot, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.change import Change
from bot.core.model import Service


@dataclass(frozen=True, slots=True)
class Place:
    """A channel of the person that stands for a namespace. `trouble` says why its Services are not shown, or is ""."""

    channel: str
    namespace: str
    services: tuple[Service, ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class HomeTab:
    """`waiting` are the changes that the person may decide on, `recent` those that they asked for, newest first."""

    places: tuple[Place, ...]
    waiting: tuple[Change, ...]
    recent: tuple[Change, ...]
    now: datetime
