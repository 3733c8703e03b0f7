"""What is said about changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.change import Change
from bot.core.holds import NOTHING, Holds
from bot.core.progress import Progress


@dataclass(frozen=True, slots=True)
class ChangeCard:
    """The one message of a change, at any point of its life; `holds` is what holds it back while it waits."""

    change: Change
    progress: Progress | None = None
    holds: Holds = NOTHING


@dataclass(frozen=True, slots=True)
class ApprovalTable:
    """The changes that wait for approval."""

    changes: tuple[Change, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class Voted:
    """A click counted, and more of them are needed."""

    change: Change
