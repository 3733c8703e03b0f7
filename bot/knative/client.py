"""Knative on the clusters of the configuration: the core's port `Knative`, each method a few requests.

Reads ask the API server, but for a `glance` and what was `observed`. What a plan's write needs to be one conditional
request is in `writing`, what an error means in `faults`.
"""

from __future__ import annotations

import threading
from operator import attrgetter
from typing import TYPE_CHECKING, Protocol, TypeVar

from bot.core.errors import NotFound, Unavailable
from bot.core.model import ObjectKind, Revision, ServiceKey, Snapshot
from bot.knative import access, codec, connection, domains, events, gateways, ingress, pods, writing
from bot.knative.access import impersonated
from bot.knative.glancing import Glance
from bot.knative.paging import pages
from bot.knative.reflector import Reflector
from bot.knative.releases import Release
from bot.knative.tailing import Tail
from bot.knative.waking import Waker
from bot.knative.watching import QUIET_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import timedelta
    from pathlib import Path

    from bot.core.acting import Acting
    from bot.core.installing import Module
    from bot.core.model import DomainMapping, Event, Gateway, Object, Pod, Service, Stored
    from bot.core.plan import Plan
    from bot.core.ports import HttpRequest, Response
    from bot.knative.codec import Kind, Owned, Page
    from bot.knative.connection import Connection, Query

T = TypeVar("T")


class Writer(Protocol):
    """What is done about the objects of plans: `writing` does it with one request each, `Release` with a release."""

    def stored(self, connection: Connection, about: Object) -> Stored | None: ...

    def apply(self, connection: Connection, plan: Plan, headers: Mapping[str, str]) -> Service | Stored | None: ...

    def rehearse(self, connection: Connection, plan: Plan, headers: Mapping[str, str]) -> Service | Stored | None: ...

    def applied(self, connection: Connection, plan: Plan) -> bool: ...


class KnativeClusters:
    """Knative on one or several clusters, by the names that the configuration gives them.

    All methods that ask a cluster raise NotFound for a cluster that is not connected, Invalid for a name that no
    object can have, Refused where RBAC does not let Knobot, and Unavailable where the cluster does not answer.
    """

    def __init__(self, release: Sequence[Path] = ()) -> None:
        """Know no cluster yet; `release` are the files and folders with the manifests that `install` applies."""
        self._release = Release(release)
        self._connections: dict[str, Connection] = {}
        self._ingresses: dict[str, str | None] = {}
        self._waker = Waker()
        self._volleys = threading.BoundedSemaphore(ingress.VOLLEYS)
        self._reflectors: dict[str, Reflector] = {}

    def connect(
        self, name: str, kubeconfig: Path | None = None, context: str | None = None, ingress: str | None = None
    ) -> None:
        """Make a cluster known by `name`; nothing is sent to it yet.

        Args:
            name: what people call it.
            kubeconfig: the file with its address and credentials; None for the pod's own service account.
            context: the context in that file; None for its current one.
            ingress: URL of the cluster's ingress, for `fetch`; None to use the Services' own URLs.

        Raises:
            Unavailable: the credentials cannot be read.
        """
        self._connections[name] = connection.connect(name, kubeconfig, context)
        self._ingresses[name] = ingress

    def close(self) -> None:
        """Close all connections; nothing may be asked afterwards."""
        for opened in self._connections.values():
            opened.close()

    def snapshot(self, key: ServiceKey) -> Snapshot:
        """Read one Service with its Revisions, newest first; a Service that is not there is None in it."""
        cluster = self._connection(key.cluster)
        service = writing.read(cluster, key)
        if service is None:
            return Snapshot(key, None)
        # After the Service: a Revision that its status names is then in the list, whatever happens in between.
        selector = (("labelSelector", f"{codec.SERVICE_LABEL}={key.name}"),)
        found = _pages(cluster, codec.REVISIONS, key.namespace, selector)
        return Snapshot(key, service, codec.newest_first(found))

    def services(self, cluster: str, namespace: str | None) -> Sequence[Service]:
        """List the Services of a namespace by name; None: those of all namespaces, by namespace and name."""
        found = _pages(self._connection(cluster), codec.SERVICES, namespace)
        return sorted(found, key=attrgetter("key"))

    def revisions(self, cluster: str, namespace: str) -> Sequence[Revision]:
        """List the Revisions of all Services of a namespace, in no order."""
        return _pages(self._connection(cluster), codec.REVISIONS, namespace)

    def pods(self, key: ServiceKey, revision: str | None = None) -> Sequence[Pod]:
        """List the pods of a Service, or of one Revision of it, newest first."""
        return pods.pods(self._connection(key.cluster), key, revision)

    def events(self, key: ServiceKey, revisions: Collection[str]) -> Sequence[Event]:
        """List the events of a Service's objects, newest first; see `events.events`."""
        return events.events(self._connection(key.cluster), key, revisions)

    def logs(self, key: ServiceKey, revision: str, lines: int, since: timedelta | None = None) -> Sequence[str]:
        """Return the last lines that the serving containers of a Revision wrote, oldest first; may be empty."""
        return pods.logs(self._connection(key.cluster), key, revision, lines, since)

    def tail(self, key: ServiceKey, revision: str | None, lines: int, since: timedelta | None) -> Tail:
        """Follow the logs of a Service, or of one Revision of it; see `Tail`."""
        return Tail(self._connection(key.cluster), key, revision, lines, since)

    def domains(self, cluster: str, namespace: str) -> Sequence[DomainMapping]:
        """List the DomainMappings of a namespace by name."""
        return domains.mappings(self._connection(cluster), namespace)

    def stored(self, cluster: str, about: Object) -> Stored | None:
        """Read an object that is no Service, None if it is not there."""
        return self._writer(about).stored(self._connection(cluster), about)

    def release(self) -> Sequence[Module]:
        """Return the modules that `install` applies; see `releases.Release`."""
        return self._release.modules()

    def apply(self, plan: Plan, acting: Acting | None = None) -> Service | Stored | None:
        """Write `plan` as one conditional request and return the object as written; see `writing.apply`."""
        connection = self._connection(plan.key.cluster)
        try:
            return self._writer(plan.about).apply(connection, plan, impersonated(acting))
        finally:
            if watched := self._reflectors.get(plan.key.cluster):
                watched.wrote(plan.key.namespace)

    def rehearse(self, plan: Plan, acting: Acting | None = None) -> Service | Stored | None:
        """Send the write of `plan` as a dry run; see `writing.rehearse`."""
        return self._writer(plan.about).rehearse(self._connection(plan.key.cluster), plan, impersonated(acting))

    def permits(self, plan: Plan, acting: Acting) -> bool:
        """Whether the cluster's own rules let `acting` make the write of `plan`; see `access.permits`."""
        return access.permits(self._connection(plan.key.cluster), plan, acting)

    def applied(self, plan: Plan) -> bool:
        """Whether the object carries the write of `plan` as its last one by Knobot, or is gone as the plan wants."""
        return self._writer(plan.about).applied(self._connection(plan.key.cluster), plan)

    def fetch(self, service: Service, request: HttpRequest) -> Sequence[Response]:
        """Send a request through the ingress to the Service; see `ingress.fetch`.

        Raises:
            Unavailable: as there; or those of others are under way (code "busy").
        """
        self._connection(service.key.cluster)
        if not self._volleys.acquire(blocking=False):
            raise Unavailable("Knobot sends requests for others now.", "Try again in a moment.", code="busy")
        try:
            return ingress.fetch(service, request, self._ingresses[service.key.cluster])
        finally:
            self._volleys.release()

    def gateways(self, cluster: str) -> Sequence[Gateway]:
        """List the Services by which requests from outside come in; see `gateways.gateways`."""
        return gateways.gateways(self._connection(cluster))

    def wake(self, service: Service, tag: str) -> None:
        """Have one request sent to a tag's address, without waiting for its answer; see `waking`."""
        self._connection(service.key.cluster)
        self._waker.wake(service, tag, self._ingresses[service.key.cluster])

    def allowed(self, cluster: str, namespace: str, verb: str, resource: str) -> bool:
        """Whether Knobot's own credentials may do this; see `access.allowed`."""
        return access.allowed(self._connection(cluster), namespace, verb, resource)

    def reflector(
        self,
        cluster: str,
        namespaces: Sequence[str] | None,
        notice: Callable[[ServiceKey], None],
        quiet: float = QUIET_SECONDS,
    ) -> Reflector:
        """Return a watch over Services and Revisions, not started yet.

        Args:
            cluster: its name.
            namespaces: those to watch; None for all, which needs rights in the whole cluster.
            notice: called with the Service that something changed about, from the watching threads; see `Reflector`.
            quiet: seconds of silence after which a stream is given up.
        """
        made = self._reflectors[cluster] = Reflector(self._connection(cluster), namespaces, notice, quiet)
        return made

    def glance(self, limit: timedelta, *, old: bool = True) -> Glance:
        """Return reads that the reflectors' copies answer as far as they are current; see `glancing`."""
        return Glance(self, self._reflectors, limit, old=old)

    def observed(self, key: ServiceKey) -> Snapshot | None:
        """Return one Service with its Revisions as the cluster's last reflector has them; None if it cannot know."""
        found = self._reflectors.get(key.cluster)
        return found.snapshot(key) if found and found.knows(key.namespace) else None

    def observed_keys(self, cluster: str) -> Sequence[ServiceKey] | None:
        """Return the Services that the cluster's last reflector knows; None until it knows them all."""
        found = self._reflectors.get(cluster)
        return [service.key for service in found.services()] if found and found.synced.is_set() else None

    def _writer(self, about: Object | None) -> Writer:
        return self._release if about and about.kind is ObjectKind.RELEASE else writing

    def _connection(self, cluster: str) -> Connection:
        found = self._connections.get(cluster)
        if found is None:
            known = ", ".join(f"`{name}`" for name in self._connections)
            raise NotFound(
                f"There is no cluster {cluster}.", f"The clusters are {known}." if known else "", code="no-cluster"
            )
        return found


def _pages(cluster: Connection, kind: Kind[T], namespace: str | None, query: Query = ()) -> list[T]:
    def ask(position: Query) -> Page[Owned[T]]:
        return kind.page(cluster.read(kind.path(namespace), (*query, *position)), cluster.cluster)

    return [owned.value for page in pages(ask, attrgetter("more")) for owned in page.items]
