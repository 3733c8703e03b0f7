"""What Knobot says, as values. How it looks in Slack is decided in `blocks`; what it says is decided here.

One dataclass for each kind of message. `Answer` is their union: a renderer that forgets one does not type-check.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.core.answers.changes import ApprovalTable, ChangeCard, Declined, Rehearsed, Reminder, Sent, Steered, Voted
from bot.core.answers.guards import FreezeBegun, FreezeEnded, Locked, LockNag, LockTaken, Unlocked
from bot.core.answers.looks import (
    ROWS,
    Addresses,
    Comparison,
    CurlReport,
    DomainTable,
    EventTable,
    HistoryTable,
    IngressTable,
    LogChunk,
    LogLines,
    LogThread,
    PodTable,
    RevisionStatus,
    RevisionTable,
    Rights,
    RouteTable,
    ServiceManifest,
    ServiceStatus,
    ServiceTable,
)
from bot.core.answers.talks import (
    DigestAdded,
    DigestPost,
    DigestRemoved,
    DigestTable,
    Fault,
    HelpAnswer,
    Identity,
    Problem,
    Snoozed,
)
from bot.core.answers.voice import (
    Bulletin,
    Muted,
    StoryCard,
    StoryReply,
    Unmuted,
    WatchAdded,
    WatchRemoved,
    WatchTable,
)

__all__ = [
    "ROWS",
    "Addresses",
    "Aged",
    "Answer",
    "ApprovalTable",
    "Bulletin",
    "ChangeCard",
    "Comparison",
    "CurlReport",
    "Declined",
    "DigestAdded",
    "DigestPost",
    "DigestRemoved",
    "DigestTable",
    "DomainTable",
    "EventTable",
    "Fault",
    "FreezeBegun",
    "FreezeEnded",
    "HelpAnswer",
    "HistoryTable",
    "Identity",
    "IngressTable",
    "LockNag",
    "LockTaken",
    "Locked",
    "LogChunk",
    "LogLines",
    "LogThread",
    "Looked",
    "Muted",
    "PodTable",
    "Problem",
    "Rehearsed",
    "Reminder",
    "RevisionStatus",
    "RevisionTable",
    "Rights",
    "RouteTable",
    "Sent",
    "ServiceManifest",
    "ServiceStatus",
    "ServiceTable",
    "Snoozed",
    "Steered",
    "StoryCard",
    "StoryReply",
    "Unlocked",
    "Unmuted",
    "Voted",
    "WatchAdded",
    "WatchRemoved",
    "WatchTable",
]

Looked = (
    ServiceTable
    | ServiceStatus
    | ServiceManifest
    | RevisionStatus
    | RevisionTable
    | RouteTable
    | Addresses
    | CurlReport
    | IngressTable
    | DomainTable
    | PodTable
    | LogLines
    | LogThread
    | LogChunk
    | EventTable
    | Comparison
    | HistoryTable
    | Rights
)
"""What those see who look at a cluster."""


@dataclass(frozen=True, slots=True)
class Aged:
    """What those see who look at a cluster that does not answer: how it was when it was last heard, `age` ago."""

    answer: Looked | DigestPost
    age: timedelta


Answer = (
    Looked
    | Aged
    | HelpAnswer
    | ChangeCard
    | ApprovalTable
    | Identity
    | DigestTable
    | DigestAdded
    | DigestRemoved
    | DigestPost
    | Snoozed
    | Rehearsed
    | Voted
    | Declined
    | Reminder
    | Sent
    | Locked
    | LockTaken
    | Unlocked
    | LockNag
    | FreezeBegun
    | FreezeEnded
    | Bulletin
    | Muted
    | StoryCard
    | StoryReply
    | Unmuted
    | WatchAdded
    | WatchRemoved
    | WatchTable
    | Steered
    | Problem
    | Fault
)
