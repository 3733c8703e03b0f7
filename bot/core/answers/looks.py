"""Answers to those who look at a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.change import Change, Person
from bot.core.dns import Record
from bot.core.holds import NOTHING, Holds
from bot.core.model import DomainMapping, Event, Gateway, Pod, Revision, Service, ServiceKey, Snapshot
from bot.core.tailing import Chunk, Ending
from bot.core.template import Change as Difference

ROWS = 400
"""More rows than this fit into no message: making them would be in vain."""


@dataclass(frozen=True, slots=True)
class ServiceTable:
    """The Services of a namespace, or those of all that the person may look at: `namespace` is None then.

    `grep` is what all their names hold, or None.
    """

    namespace: str | None
    services: tuple[Service, ...]
    now: datetime
    grep: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """One Service whole; `last` is the change that Knobot wrote last, if any."""

    snapshot: Snapshot
    pods: tuple[Pod, ...]
    now: datetime
    holds: Holds = NOTHING
    last: Change | None = None


@dataclass(frozen=True, slots=True)
class ServiceManifest:
    """A Service as a document."""

    service: Service


@dataclass(frozen=True, slots=True)
class RevisionStatus:
    """One Revision whole.

    `facts` are its settings, with secrets hidden. `collected` is from when on Knative may collect it, None for never.
    """

    service: Service
    revision: Revision
    facts: tuple[Difference, ...]
    pods: tuple[Pod, ...]
    now: datetime
    collected: datetime | None = None


@dataclass(frozen=True, slots=True)
class RevisionTable:
    """Revisions, newest first, with the Services that they belong to, by name; `older` are left out.

    `collected` tells from when on Knative may collect a Revision that no route names; those that stay are not in it.
    """

    key: ServiceKey | None
    namespace: str
    revisions: tuple[Revision, ...]
    services: Mapping[str, Service]
    now: datetime
    collected: Mapping[str, datetime] = field(default_factory=dict)
    older: int = 0


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

    `median`, `slow` (95 of a hundred were faster) and `slowest` are in seconds. `headers` are those of the first
    answer, where it has no body to show. `asked` is how many requests there should have been.
    """

    key: ServiceKey
    url: str
    answers: tuple[tuple[str, int], ...]
    codes: tuple[tuple[int, int], ...]
    median: float
    slow: float = 0.0
    slowest: float = 0.0
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    asked: int = 0


@dataclass(frozen=True, slots=True)
class IngressTable:
    """How requests come into a cluster.

    `domains` are those under which Services lie → whether it is the default one, None where Knobot may not know them.
    """

    cluster: str
    gateways: tuple[Gateway, ...]
    domains: Mapping[str, bool] | None
    records: tuple[Record, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class DomainTable:
    """The domains of a namespace, and those of its cluster → whether it is the default one.

    `suffixes` is None where Knobot may not see them. `asked` is the one domain that was asked for, or None.
    """

    namespace: str
    mappings: tuple[DomainMapping, ...]
    suffixes: Mapping[str, bool] | None
    asked: str | None = None


@dataclass(frozen=True, slots=True)
class PodTable:
    """The pods of a Service."""

    key: ServiceKey
    pods: tuple[Pod, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class EventTable:
    """What happened to a Service's objects, newest first; `omitted` is how many more there are.

    `revision` is the only one that it is about, or None; `warnings` tells that nothing else was asked for.
    """

    key: ServiceKey
    events: tuple[Event, ...]
    now: datetime
    omitted: int = 0
    revision: str | None = None
    warnings: bool = False


@dataclass(frozen=True, slots=True)
class LogLines:
    """The last lines of a Revision, oldest first.

    `grep` is what they all hold, and `since` how old they may be; None for anything. `notes` tell what a person would
    not expect of how they named the Revision.
    """

    key: ServiceKey
    revision: str
    lines: tuple[str, ...]
    grep: str | None = None
    since: timedelta | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LogThread:
    """The message in whose thread logs are followed.

    `revision` and `grep` are what they are confined to, or None. `ending` tells why it is over, `by` who stopped it,
    and `count` how many lines came.
    """

    id: str
    key: ServiceKey
    asker: Person
    until: datetime
    revision: str | None = None
    grep: str | None = None
    ending: Ending | None = None
    by: Person | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class LogChunk:
    """Lines that are followed, as one message of the thread."""

    key: ServiceKey
    chunk: Chunk


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two Revisions; `notes` tell what a person would not expect of how they named them."""

    key: ServiceKey
    before: str
    after: str
    differences: tuple[Difference, ...]
    notes: tuple[str, ...] = ()


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
    holds: Holds = NOTHING
