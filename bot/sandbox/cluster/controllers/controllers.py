"""Who is called when what changes.

Every stored change queues its object and the owners of it, each kind with its own latency.

The latencies put reconciles into the order in which a real cluster's watches showed them: a Route answers before its
Service looks, its Service before it looks again because of the Configuration.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING

from bot.sandbox.cluster.controllers import configuration, domain_mapping, garbage, service
from bot.sandbox.cluster.controllers.ingress import PICKUP_SECONDS, IngressController
from bot.sandbox.cluster.controllers.revision import RevisionController
from bot.sandbox.cluster.controllers.route import RouteController
from bot.sandbox.cluster.controllers.service import ROUTES_ANNOTATION
from bot.sandbox.cluster.events import Recorder
from bot.sandbox.cluster.kinds import (
    BY_TYPE,
    CONFIGURATION,
    DOMAIN_CLAIM,
    DOMAIN_MAPPING,
    INGRESS,
    NAMESPACE,
    REVISION,
    ROUTE,
    SERVICE,
)
from bot.sandbox.cluster.storage import EventType

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.cluster.kinds import JSON, Kind
    from bot.sandbox.cluster.objects import Objects
    from bot.sandbox.cluster.storage import Event
    from bot.sandbox.cluster.timeline import Timeline

MILLISECOND = 0.001
LATENCY = {
    SERVICE: 2 * MILLISECOND,
    CONFIGURATION: 5 * MILLISECOND,
    ROUTE: 1 * MILLISECOND,
    REVISION: 1 * MILLISECOND,
    INGRESS: PICKUP_SECONDS,
    DOMAIN_MAPPING: 2 * MILLISECOND,
    NAMESPACE: 5 * MILLISECOND,
}
ROUTE_AFTER_CONFIGURATION = 4 * MILLISECOND
GARBAGE_SECONDS = 2 * MILLISECOND


class Controllers:
    def __init__(
        self, objects: Objects, timeline: Timeline, program: Callable[[JSON], None], forget: Callable[[JSON], None]
    ) -> None:
        self._objects = objects
        self._timeline = timeline
        self._recorder = recorder = Recorder(objects)
        self.revisions = RevisionController(objects, recorder, timeline)
        self._reconcile: dict[Kind, Callable[[str, str], None]] = {
            SERVICE: lambda namespace, name: service.reconcile(objects, recorder, namespace, name),
            CONFIGURATION: lambda namespace, name: configuration.reconcile(objects, recorder, namespace, name),
            ROUTE: RouteController(objects, recorder, timeline).reconcile,
            REVISION: self.revisions.reconcile,
            INGRESS: IngressController(objects, timeline, program, forget).reconcile,
            DOMAIN_MAPPING: lambda namespace, name: domain_mapping.reconcile(objects, namespace, name),
            NAMESPACE: lambda _, name: garbage.empty_namespace(objects, name),
        }
        self._referring: dict[tuple[Kind, str, str], set[str]] = defaultdict(set)
        self._waiting: dict[str, tuple[Kind, str, str]] = {}
        objects.storage.listeners.append(self.observe)

    def observe(self, event: Event) -> None:
        """Queue what a change concerns."""
        obj = event.now.object
        if event.type is EventType.DELETED:
            uid = obj["metadata"]["uid"]
            self._timeline.schedule(("garbage", uid), GARBAGE_SECONDS, lambda: garbage.collect(self._objects, uid))
            if event.kind is REVISION:
                self.revisions.forget(obj)
        elif event.kind in self._reconcile:
            self._queue(event.kind, *event.key)
        for reference in obj["metadata"].get("ownerReferences") or []:
            owner = BY_TYPE.get((reference["apiVersion"], reference["kind"]))
            if owner in self._reconcile:
                self._queue(owner, event.key[0], reference["name"])
        self._queue_referrers(event)
        self._collect_first(event)

    def _collect_first(self, event: Event) -> None:
        """Look after the objects that wait for what they own: when they begin to, and when some of it is gone."""
        metadata, waits = event.now.object["metadata"], garbage.waits_for_dependents(event.now.object)
        if waits:
            self._waiting[metadata["uid"]] = (event.kind, *event.key)
        if not self._waiting:
            return
        uids = {metadata["uid"]} if waits else set()
        if event.type is EventType.DELETED:
            self._waiting.pop(metadata["uid"], None)
            uids = {reference["uid"] for reference in metadata.get("ownerReferences") or []}
        for uid in uids & self._waiting.keys():
            look = partial(garbage.collect_first, self._objects, *self._waiting[uid])
            self._timeline.schedule(("waiting", uid), GARBAGE_SECONDS, look)

    def _queue(self, kind: Kind, namespace: str, name: str, delay: float | None = None) -> None:
        reconcile = self._reconcile[kind]
        delay = LATENCY[kind] if delay is None else delay
        self._timeline.schedule((kind.resource, namespace, name), delay, lambda: reconcile(namespace, name))

    def _queue_referrers(self, event: Event) -> None:
        """Queue the objects that refer to the changed one without owning it."""
        namespace, name = event.key
        match event.kind.kind:
            case "Route":
                self._index(event)
            case "Configuration" | "Revision":
                routes = set(self._referring.get((event.kind, namespace, name), ()))
                if used_by := (event.now.object["metadata"].get("annotations") or {}).get(ROUTES_ANNOTATION):
                    routes.add(used_by)
                for route in sorted(routes):
                    self._queue(ROUTE, namespace, route, ROUTE_AFTER_CONFIGURATION)
            case "ConfigMap" | "ClusterDomainClaim" if event.kind is DOMAIN_CLAIM or name == "config-network":
                for mapping in self._objects.list(DOMAIN_MAPPING):
                    self._queue(DOMAIN_MAPPING, mapping["metadata"]["namespace"], mapping["metadata"]["name"])
            case "ConfigMap" if name == "config-domain":
                for route_object in self._objects.list(ROUTE):
                    self._queue(ROUTE, route_object["metadata"]["namespace"], route_object["metadata"]["name"])

    def _index(self, event: Event) -> None:
        """Keep, for every Configuration and Revision, the Routes whose targets name it."""
        namespace, name = event.key
        gone = event.type is EventType.DELETED
        for stored, dropped in ((event.before, True), (event.now, gone)):
            for target in stored.object["spec"]["traffic"] if stored else ():
                for kind, field in ((CONFIGURATION, "configurationName"), (REVISION, "revisionName")):
                    if field in target:
                        routes = self._referring[kind, namespace, target[field]]
                        (routes.discard if dropped else routes.add)(name)
