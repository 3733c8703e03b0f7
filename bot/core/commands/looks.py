"""What only asks about a cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.core.commands.places import HERE, Address, Area


@dataclass(frozen=True, slots=True)
class Services:
    verb: ClassVar[str] = "services"
    area: Area = HERE


@dataclass(frozen=True, slots=True)
class Status:
    verb: ClassVar[str] = "status"
    service: Address


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
class Curl:
    """`count` GET requests for `path`; `tag` asks one tag's own address."""

    verb: ClassVar[str] = "curl"
    service: Address
    path: str = "/"
    count: int = 1
    tag: str | None = None
