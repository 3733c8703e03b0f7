"""The clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.core.model import (
    LogLine,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import timedelta

    from bot.core.acting import Acting
    from bot.core.installing import Module
    from bot.core.model import (
        DomainMapping,
        Event,
        Gateway,
        Object,
        Pod,
        Revision,
        Service,
        ServiceKey,
        Snapshot,
        Stored,
    )
    from bot.core.plan import Plan


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """An HTTP request to a Service, sent `count` times. It changes nothing: the methods are GET, HEAD and OPTIONS.

    `path` begins with "/" and may have a query; `tag` names the traffic tag whose address is asked, None the Service's.
    """

    path: str = "/"
    count: int = 1
    tag: str | None = None
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Response:
    """What the ingress answered to one request: HTTP status, body as text, seconds it took, headers."""

    status: int
    body: str
    seconds: float
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What containers wrote since one asked last, oldest first; `lost` is how many lines came faster than one asked.

    `pods` are the pods that are followed now.
    """

    lines: tuple[LogLine, ...]
    pods: tuple[str, ...]
    lost: int = 0


class LogStream(Protocol):
    """The logs of a Service while it runs: pods that come are followed too, until it is closed."""

    def take(self) -> Written:
        """Return what was written since the last call, at once.

        Raises:
            Refused: Knobot may not read these logs.
        """
        ...

    def close(self) -> None:
        """Follow no longer; may be called twice, and from any thread."""
        ...


class Sight(Protocol):
    """What there is of Services and their Revisions."""

    def snapshot(self, key: ServiceKey) -> Snapshot:
        """Read one Service with its Revisions, newest first; a Service that is not there is None in it."""
        ...

    def services(self, cluster: str, namespace: str | None) -> Sequence[Service]:
        """List the Services of a namespace by name; None: those of all namespaces, by namespace and name.

        Raises:
            Refused: Knobot may not list them.
        """
        ...

    def revisions(self, cluster: str, namespace: str) -> Sequence[Revision]:
        """List the Revisions of all Services of a namespace, in no order."""
        ...


class Glance(Sight, Protocol):
    """What one look sees: what the watches know where that is recent, else what the cluster answers."""

    @property
    def age(self) -> timedelta | None:
        """How old the oldest is that was shown because the cluster does not answer; None if all is as it is now."""
        ...


class Knative(Sight, Protocol):
    """Knative on one or several clusters, by the names that the configuration gives them.

    What is read here directly is asked of the cluster.
    """

    def glance(self, limit: timedelta, *, old: bool = True) -> Glance:
        """Return reads for one look; nothing may be decided by them that is then written.

        Args:
            limit: for how long a watch may have heard nothing from its cluster.
            old: whether what is older stands in where the cluster does not answer.
        """
        ...

    def observed(self, key: ServiceKey) -> Snapshot | None:
        """Return one Service with its Revisions as the watch of its cluster has them, without asking.

        None where that watch does not look, or does not know all yet; a Service that is not there is None in it.
        """
        ...

    def observed_keys(self, cluster: str) -> Sequence[ServiceKey] | None:
        """Return the Services that the watch of a cluster knows; None until it knows them all."""
        ...

    def pods(self, key: ServiceKey, revision: str | None = None) -> Sequence[Pod]:
        """List the pods of a Service, or of one Revision of it, newest first."""
        ...

    def events(self, key: ServiceKey, revisions: Collection[str]) -> Sequence[Event]:
        """List the events of a Service's objects, newest first; Kubernetes forgets them after about an hour.

        Args:
            key: of the Service; its Configuration, Route and Ingress have its name.
            revisions: the names of its Revisions; their Deployments and pods count with them.
        """
        ...

    def logs(self, key: ServiceKey, revision: str, lines: int, since: timedelta | None = None) -> Sequence[str]:
        """Return the last lines that the serving containers of a Revision wrote, oldest first; may be empty.

        `since` leaves out those that are older.
        """
        ...

    def tail(self, key: ServiceKey, revision: str | None, lines: int, since: timedelta | None) -> LogStream:
        """Follow the logs of a Service, or of one Revision of it.

        Args:
            key: of the Service.
            revision: the name of the only one to follow; None for all.
            lines: how many lines of before to begin with, of each pod.
            since: begin with what was written within this time instead.
        """
        ...

    def domains(self, cluster: str, namespace: str) -> Sequence[DomainMapping]:
        """List the DomainMappings of a namespace by name."""
        ...

    def stored(self, cluster: str, about: Object) -> Stored | None:
        """Read an object that is no Service; None if it is not there."""
        ...

    def release(self) -> Sequence[Module]:
        """Return the modules of the release manifests that the configuration names.

        Raises:
            NotFound: none are named, or a file is missing. Invalid: a file holds something else.
        """
        ...

    def apply(self, plan: Plan, acting: Acting | None = None) -> Service | Stored | None:
        """Write `plan` as one conditional request and return the object as written, None for one that is deleted.

        The request is made as `acting`, None for Knobot itself.

        Recognises a write of this very plan that already happened and returns the same then.

        Raises:
            Stale: the object is no longer the plan's base. Invalid: Knative's webhook refused it. Refused: RBAC did.
        """
        ...

    def rehearse(self, plan: Plan, acting: Acting | None = None) -> Service | Stored | None:
        """Have the write of `plan` checked by the cluster, and return the object as it would be; nothing is stored.

        Raises:
            Stale, Invalid, Refused: as `apply` would.
        """
        ...

    def permits(self, plan: Plan, acting: Acting) -> bool:
        """Whether the cluster's own rules let `acting` make the write of `plan`."""
        ...

    def applied(self, plan: Plan) -> bool:
        """Whether the object carries the write of `plan` as its last one by Knobot, or is gone as the plan wants."""
        ...

    def fetch(self, service: Service, request: HttpRequest) -> Sequence[Response]:
        """Send a request through the ingress to the Service, as often as it says."""
        ...

    def gateways(self, cluster: str) -> Sequence[Gateway]:
        """List the Services by which requests from outside come in, by namespace and name.

        Raises:
            Refused: Knobot may not look for them.
        """
        ...

    def wake(self, service: Service, tag: str) -> None:
        """Have one GET request sent to a tag's address, without waiting for its answer: a Revision is woken by it.

        Nothing is sent while one is still waiting, or as long as the tag has no address by status.
        """
        ...
