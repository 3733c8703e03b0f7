"""What is said about changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.change import Change, Votes
from bot.core.holds import NOTHING, Holds
from bot.core.plan import Plan
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
class Sent:
    """What was asked for in a modal is done or under way; the conversation shows what comes of it."""

    text: str


@dataclass(frozen=True, slots=True)
class Voted:
    """A click counted, and more of them are needed."""

    change: Change


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a change would do, as the cluster has checked it.

    `votes` are the approvals that it would need, `holds` is what would hold it back. `unseen` tells that the cluster
    sees no difference.
    """

    plan: Plan
    votes: Votes
    holds: Holds = NOTHING
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class Steered:
    """What was typed about a rollout in steps is done; `change` is how it is now, `verb` what was typed."""

    change: Change
    verb: str
