"""What is said about changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.change import Change, Votes
from bot.core.holds import NOTHING, Holds
from bot.core.plan import Plan
from bot.core.policy import Group
from bot.core.progress import Progress


@dataclass(frozen=True, slots=True)
class ChangeCard:
    """The one message of a change, at any point of its life; `holds` is what holds it back while it waits."""

    change: Change
    progress: Progress | None = None
    holds: Holds = NOTHING


@dataclass(frozen=True, slots=True)
class ApprovalTable:
    """The changes that wait for approval, of one channel or `everywhere`."""

    changes: tuple[Change, ...]
    now: datetime
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """What was asked for in a modal is done or under way; the conversation shows what comes of it."""

    text: str


@dataclass(frozen=True, slots=True)
class Voted:
    """A click counted, and more of them are needed."""

    change: Change


@dataclass(frozen=True, slots=True)
class Reminder:
    """A change still waits, and its time is nearly over; `group` are those who can approve it, None for anybody."""

    change: Change
    group: Group | None = None


@dataclass(frozen=True, slots=True)
class Declined:
    """A change was declined: said to the person who asked for it."""

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
