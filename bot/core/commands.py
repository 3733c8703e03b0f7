"""Every verb as one frozen dataclass: what a person wants, before anything is known about the cluster.

`grammar` turns words into these, `plan` turns those that change something into plans, `operations` answers the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from bot.core.schedule import Schedule
from bot.core.template import TemplateEdit


@dataclass(frozen=True, slots=True)
class Address:
    """How a Service was named; what is None comes from the channel's defaults."""

    name: str
    namespace: str | None = None
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """A namespace as named; None stands for the channel's own."""

    namespace: str | None = None
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A reference and the percent of traffic it shall have."""

    reference: str
    percent: int


@dataclass(frozen=True, slots=True)
class Help:
    verb: ClassVar[str] = "help"
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Services:
    verb: ClassVar[str] = "services"
    area: Area = Area()


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


@dataclass(frozen=True, slots=True)
class Deploy:
    """`traffic` is the percent that the new Revision gets, 0 for none; None leaves the targets as they are.

    `wait` is how long it may take before it is said not to have become true; None is the configuration's.
    """

    verb: ClassVar[str] = "deploy"
    service: Address
    edit: TemplateEdit
    tag: str | None = None
    traffic: int | None = None
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Rollout:
    verb: ClassVar[str] = "rollout"
    service: Address
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Rollback:
    """`reference` None stands for `stable`."""

    verb: ClassVar[str] = "rollback"
    service: Address
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Follow:
    verb: ClassVar[str] = "follow"
    service: Address


@dataclass(frozen=True, slots=True)
class Tag:
    verb: ClassVar[str] = "tag"
    service: Address
    reference: str
    tag: str


@dataclass(frozen=True, slots=True)
class Untag:
    verb: ClassVar[str] = "untag"
    service: Address
    tag: str


@dataclass(frozen=True, slots=True)
class Undo:
    verb: ClassVar[str] = "undo"
    service: Address


@dataclass(frozen=True, slots=True)
class Whoami:
    verb: ClassVar[str] = "whoami"


@dataclass(frozen=True, slots=True)
class Approvals:
    verb: ClassVar[str] = "approvals"


@dataclass(frozen=True, slots=True)
class DigestAdd:
    verb: ClassVar[str] = "digest"
    schedule: Schedule
    timezone: str | None
    area: Area


@dataclass(frozen=True, slots=True)
class DigestList:
    verb: ClassVar[str] = "digest"


@dataclass(frozen=True, slots=True)
class DigestRemove:
    verb: ClassVar[str] = "digest"
    identity: str


@dataclass(frozen=True, slots=True)
class DigestNow:
    verb: ClassVar[str] = "digest"
    area: Area


Look = (
    Help
    | Services
    | Status
    | Revisions
    | Routes
    | Pods
    | Logs
    | Diff
    | History
    | Can
    | Url
    | Curl
    | Whoami
    | Approvals
    | DigestList
    | DigestNow
)
"""What only asks."""

ChangeCommand = Deploy | Rollout | Rollback | Follow | Tag | Untag
"""What becomes a plan by itself; an undo needs the plan that it takes back."""

Command = Look | ChangeCommand | Undo | DigestAdd | DigestRemove
