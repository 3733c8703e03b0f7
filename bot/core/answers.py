"""What Knobot says, as values. How it looks in Slack is decided in `blocks`; what it says is decided here.

One dataclass for each kind of message. `Answer` is their union: a renderer that forgets one does not type-check.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.change import Change
from bot.core.digest import Digest as DigestReport
from bot.core.errors import BotError
from bot.core.grammar import Verb
from bot.core.model import Pod, Revision, Service, ServiceKey, Snapshot
from bot.core.policy import Actor
from bot.core.progress import Progress
from bot.core.subscriptions import Digest
from bot.core.template import Change as Difference


@dataclass(frozen=True, slots=True)
class HelpAnswer:
    """All verbs, or one of them."""

    topic: Verb | None = None


@dataclass(frozen=True, slots=True)
class ServiceTable:
    """The Services of a namespace."""

    namespace: str
    services: tuple[Service, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """One Service whole."""

    snapshot: Snapshot
    pods: tuple[Pod, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class RevisionTable:
    """Revisions, newest first, with the Services that they belong to, by name."""

    key: ServiceKey | None
    namespace: str
    revisions: tuple[Revision, ...]
    services: Mapping[str, Service]
    now: datetime


@dataclass(frozen=True, slots=True)
class RouteTable:
    """Addresses with wished and actual traffic."""

    namespace: str
    services: tuple[Service, ...]


@dataclass(frozen=True, slots=True)
class Addresses:
    """The address of a Service and those of its tags."""

    service: Service


@dataclass(frozen=True, slots=True)
class CurlReport:
    """The different answers with how often each came, most frequent first; `codes` the same for HTTP status.

    `median` is in seconds.
    """

    key: ServiceKey
    url: str
    answers: tuple[tuple[str, int], ...]
    codes: tuple[tuple[int, int], ...]
    median: float


@dataclass(frozen=True, slots=True)
class PodTable:
    """The pods of a Service."""

    key: ServiceKey
    pods: tuple[Pod, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class LogLines:
    """The last lines of a Revision, oldest first; `grep` is what they all hold, or None."""

    key: ServiceKey
    revision: str
    lines: tuple[str, ...]
    grep: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two Revisions."""

    key: ServiceKey
    before: str
    after: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class HistoryTable:
    """The changes of a Service, newest first."""

    key: ServiceKey
    changes: tuple[Change, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do with a Service: per verb a word such as "yes"."""

    key: ServiceKey
    rights: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ChangeCard:
    """The one message of a change, at any point of its life."""

    change: Change
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class ApprovalTable:
    """The changes that wait for approval."""

    changes: tuple[Change, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is to Knobot and what they may do here: per kind of verb a word such as "yes"."""

    actor: Actor
    groups: tuple[str, ...]
    namespace: str
    rights: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DigestTable:
    """The digests of a channel."""

    digests: tuple[Digest, ...]


@dataclass(frozen=True, slots=True)
class DigestAdded:
    """A digest was added."""

    digest: Digest


@dataclass(frozen=True, slots=True)
class DigestRemoved:
    """A digest was removed."""

    identity: str


@dataclass(frozen=True, slots=True)
class DigestPost:
    """A digest as posted."""

    report: DigestReport


@dataclass(frozen=True, slots=True)
class Voted:
    """A click counted, and more of them are needed."""

    change: Change


@dataclass(frozen=True, slots=True)
class Problem:
    """An error that a person can understand."""

    error: BotError


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of Knobot's own; the log has more under this reference."""

    reference: str


Answer = (
    HelpAnswer
    | ServiceTable
    | ServiceStatus
    | RevisionTable
    | RouteTable
    | Addresses
    | CurlReport
    | PodTable
    | LogLines
    | Comparison
    | HistoryTable
    | Rights
    | ChangeCard
    | ApprovalTable
    | Identity
    | DigestTable
    | DigestAdded
    | DigestRemoved
    | DigestPost
    | Voted
    | Problem
    | Fault
)
