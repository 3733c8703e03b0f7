"""Knative's objects as frozen values, in Knative's own words.

They hold what decisions need and nothing else; `knative.codec` makes them from what the API server answers. The
template of a Service stays the JSON text that the server sent, since what Knobot does not know must survive a write.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum


class Truth(Enum):
    """The status of a condition: a condition that is Unknown is still being worked on."""

    TRUE = "True"
    FALSE = "False"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class Condition:
    """One entry of status.conditions; `informational` for those with severity Info, which never make Ready False."""

    type: str
    status: Truth
    reason: str = ""
    message: str = ""
    since: datetime | None = None
    informational: bool = False


@dataclass(frozen=True, slots=True)
class TrafficTarget:
    """One entry of spec.traffic or status.traffic.

    In spec, `revision` is None exactly when `latest` (follow whatever Revision becomes latest Ready). In status,
    `revision` is always set and `latest` tells that it was reached by following.
    """

    percent: int
    revision: str | None = None
    latest: bool = False
    tag: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class ServiceKey:
    """Which Service: the name of the cluster in Knobot's configuration, the namespace, the Service's name."""

    cluster: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class Service:
    """A serving.knative.dev/v1 Service.

    `template` is spec.template as JSON text. `traffic` is what is wished (spec), `routed` what is so (status).
    """

    key: ServiceKey
    uid: str
    generation: int
    resource_version: str
    created: datetime
    template: str
    traffic: tuple[TrafficTarget, ...]
    observed_generation: int = 0
    conditions: tuple[Condition, ...] = ()
    routed: tuple[TrafficTarget, ...] = ()
    latest_created: str | None = None
    latest_ready: str | None = None
    url: str | None = None
    annotations: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    deleting: bool = False

    def condition(self, kind: str) -> Condition | None:
        return _find(self.conditions, kind)

    @property
    def shares(self) -> dict[str, int]:
        """Revision → percent as it is so (status), heaviest first, without those that have none."""
        found: dict[str, int] = {}
        for target in self.routed:
            if target.revision and target.percent:
                found[target.revision] = found.get(target.revision, 0) + target.percent
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    @property
    def ready(self) -> Truth:
        """Ready as of the present spec: an answer about an older generation counts as Unknown."""
        if self.observed_generation != self.generation:
            return Truth.UNKNOWN
        found = self.condition("Ready")
        return found.status if found else Truth.UNKNOWN


@dataclass(frozen=True, slots=True)
class Revision:
    """A serving.knative.dev/v1 Revision.

    `number` is the generation of the Configuration that made it: numbers grow but are not dense. `spec` is JSON text.
    `digest` is the image as resolved when the Revision was made, or None while it is not known.
    """

    name: str
    service: str
    number: int
    created: datetime
    image: str
    spec: str
    digest: str | None = None
    conditions: tuple[Condition, ...] = ()
    annotations: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    replicas: int | None = None
    desired_replicas: int | None = None
    deleting: bool = False

    def condition(self, kind: str) -> Condition | None:
        return _find(self.conditions, kind)

    @property
    def ready(self) -> Truth:
        found = self.condition("Ready")
        return found.status if found else Truth.UNKNOWN

    @property
    def asleep(self) -> bool:
        """Whether it is scaled to zero, or about to be: the first requests would wait for a pod."""
        active = self.condition("Active")
        return self.replicas == 0 or (active is not None and active.status is Truth.FALSE)

    @property
    def awake(self) -> bool:
        """Whether all pods run that it should have now, and at least one."""
        active = self.condition("Active")
        wanted = max(1, self.desired_replicas or 0)
        return (self.replicas or 0) >= wanted and (active is None or active.status is Truth.TRUE)

    @property
    def usable(self) -> bool:
        """Whether it may be given traffic: Ready and not being deleted."""
        return self.ready is Truth.TRUE and not self.deleting


class ObjectKind(StrEnum):
    """The other kinds of object that a plan may be about, by Kubernetes' names; RELEASE is a set of manifests."""

    REVISION = "Revision"
    DOMAIN_MAPPING = "DomainMapping"
    DOMAIN_CLAIM = "ClusterDomainClaim"
    CONFIG_MAP = "ConfigMap"
    BUILD = "Build"
    BUILD_RUN = "BuildRun"
    RELEASE = "Release"


@dataclass(frozen=True, slots=True)
class Object:
    """Which object; `namespace` is "" for those that belong to the whole cluster."""

    kind: ObjectKind
    name: str
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """An object as the API server has it. `document` is JSON text: the part of it that plans decide about.

    That part is the annotations of a Revision, the spec of a DomainMapping or a ClusterDomainClaim, the data of a
    ConfigMap. `observed_generation` is None where no controller makes that part true. `made` is the image that a
    BuildRun has made.
    """

    uid: str
    generation: int
    resource_version: str
    document: str
    observed_generation: int | None = None
    conditions: tuple[Condition, ...] = ()
    annotations: Mapping[str, str] = field(default_factory=dict)
    deleting: bool = False
    made: str | None = None

    def condition(self, kind: str) -> Condition | None:
        return _find(self.conditions, kind)

    @property
    def ready(self) -> Truth:
        """Ready as of the present spec; what no controller has to make true is true once it is written."""
        if self.observed_generation is None:
            return Truth.TRUE
        found = self.condition("Ready")
        return found.status if found and self.observed_generation == self.generation else Truth.UNKNOWN


@dataclass(frozen=True, slots=True)
class DomainMapping:
    """A serving.knative.dev/v1beta1 DomainMapping: `service` is the name that it leads to, "" for something else."""

    domain: str
    service: str
    url: str | None = None
    conditions: tuple[Condition, ...] = ()

    def condition(self, kind: str) -> Condition | None:
        return _find(self.conditions, kind)


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod of a Revision; `reason` and `message` of the container that keeps it from being ready, if any."""

    name: str
    revision: str
    phase: str
    ready: bool
    restarts: int
    created: datetime
    reason: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line that a container wrote; `at` is when, as Kubernetes stamped it."""

    revision: str
    pod: str
    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Gateway:
    """A Kubernetes Service by which requests from outside come in.

    `provider` is the ingress that it belongs to, such as kourier; `addresses` are IP addresses or host names, none
    while nothing has given it one; `kind` is LoadBalancer or NodePort.
    """

    namespace: str
    name: str
    provider: str
    kind: str
    addresses: tuple[str, ...]
    ports: tuple[int, ...]
    created: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """What Kubernetes says happened to an object, `count` times, between `first` and `last`.

    `kind` and `name` are the object's; `warning` for those of type Warning.
    """

    kind: str
    name: str
    reason: str
    message: str
    first: datetime
    last: datetime
    warning: bool = False
    count: int = 1


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One Service with its Revisions, newest first, as read together; `service` is None where there is none.

    `domains` are those of its own, None where they are not known.
    """

    key: ServiceKey
    service: Service | None
    revisions: tuple[Revision, ...] = ()
    domains: tuple[DomainMapping, ...] | None = None

    def revision(self, name: str) -> Revision | None:
        return next((revision for revision in self.revisions if revision.name == name), None)


def _find(conditions: tuple[Condition, ...], kind: str) -> Condition | None:
    for condition in conditions:  # a list of ten thousand Services asks so often that `next` would be felt
        if condition.type == kind:
            return condition
    return None
