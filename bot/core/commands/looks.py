"""What only asks about a cluster."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import ClassVar

from bot.core.commands.places import HERE, Address, Area
from bot.core.tailing import BEGINNING


class Order(Enum):
    """By what a list of Services is ordered."""

    NAME = "name"
    AGE = "age"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class Services:
    """`everywhere` asks for all namespaces of the area's cluster; `grep` keeps the names that hold it."""

    verb: ClassVar[str] = "services"
    area: Area = HERE
    everywhere: bool = False
    order: Order = Order.NAME
    grep: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    verb: ClassVar[str] = "status"
    service: Address


@dataclass(frozen=True, slots=True)
class Manifest:
    """A Service as YAML, with secrets hidden."""

    verb: ClassVar[str] = "status"
    service: Address


@dataclass(frozen=True, slots=True)
class OneRevision:
    """One Revision whole."""

    verb: ClassVar[str] = "revision"
    service: Address
    reference: str


@dataclass(frozen=True, slots=True)
class Revisions:
    verb: ClassVar[str] = "revisions"
    area: Area
    service: Address | None = None


@dataclass(frozen=True, slots=True)
class Routes:
    verb: ClassVar[str] = "routes"
    area: Area
    service: Address | None = None


@dataclass(frozen=True, slots=True)
class Pods:
    verb: ClassVar[str] = "pods"
    service: Address


@dataclass(frozen=True, slots=True)
class Logs:
    """The last `lines` of `revision` (None: the one with most traffic); `grep` keeps those that hold it."""

    verb: ClassVar[str] = "logs"
    service: Address
    revision: str | None = None
    lines: int = 20
    grep: str | None = None
    since: timedelta | None = None


@dataclass(frozen=True, slots=True)
class FollowLogs:
    """What a Service, or one `revision` of it, writes from now on, in a thread of the channel.

    It begins with the last `lines` of each pod, or with what was written `since`.
    """

    verb: ClassVar[str] = "logs"
    service: Address
    revision: str | None = None
    lines: int = BEGINNING
    grep: str | None = None
    since: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Events:
    """The newest `lines` events of a Service, or of one `revision` of it; `since` bounds their age."""

    verb: ClassVar[str] = "events"
    service: Address
    revision: str | None = None
    warnings: bool = False
    since: timedelta | None = None
    lines: int = 20


@dataclass(frozen=True, slots=True)
class Diff:
    """What differs between two Revisions."""

    verb: ClassVar[str] = "diff"
    service: Address
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class History:
    verb: ClassVar[str] = "history"
    service: Address


@dataclass(frozen=True, slots=True)
class Can:
    verb: ClassVar[str] = "can"
    service: Address


@dataclass(frozen=True, slots=True)
class Url:
    verb: ClassVar[str] = "url"
    service: Address


@dataclass(frozen=True, slots=True)
class Domains:
    """The domains of a namespace and of its cluster; `domain` is the only one to show, or None."""

    verb: ClassVar[str] = "domains"
    area: Area = HERE
    domain: str | None = None


@dataclass(frozen=True, slots=True)
class Curl:
    """`count` requests for `path`; `tag` asks one tag's own address, `revision` that of a tag that leads to it."""

    verb: ClassVar[str] = "curl"
    service: Address
    path: str = "/"
    count: int = 1
    tag: str | None = None
    revision: str | None = None
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Ingress:
    """The gateways of a cluster, and the DNS records that lead to them."""

    verb: ClassVar[str] = "ingress"
    area: Area = HERE
