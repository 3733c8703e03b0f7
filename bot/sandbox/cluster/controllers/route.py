"""The Route controller.

From targets to Revisions to an Ingress, and which Revisions are active or in reserve because of it.

The Ingress is written only when every target has a ready Revision, so a bad list of targets leaves the routing as it
was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bot.sandbox.cluster.controllers.conditions import TRUE, UNKNOWN, Conditions, condition_of, observed
from bot.sandbox.cluster.controllers.configuration import (
    CONFIGURATION_LABEL,
    ROUTING_STATE,
    ROUTING_STATE_MODIFIED,
    generation_of,
    revisions_of,
)
from bot.sandbox.cluster.controllers.hosts import domain_of, hosts_of, ingress_spec
from bot.sandbox.cluster.controllers.rollouts import STEP_SECONDS, Rollout, annotation_of, duration_of
from bot.sandbox.cluster.controllers.service import ROUTES_ANNOTATION, SERVICE_LABEL
from bot.sandbox.cluster.controllers.targets import Resolved, Unresolved, resolve
from bot.sandbox.cluster.kinds import CONFIGURATION, INGRESS, REVISION, ROUTE
from bot.sandbox.cluster.objects import owner_reference, timestamp

if TYPE_CHECKING:
    from bot.sandbox.cluster.events import Recorder
    from bot.sandbox.cluster.kinds import JSON
    from bot.sandbox.cluster.objects import Objects
    from bot.sandbox.cluster.timeline import Timeline

COMPONENT = "route-controller"
FINALIZER = "routes.serving.knative.dev"
DEPENDENTS = ("AllTrafficAssigned", "CertificateProvisioned", "IngressReady")
NOT_CONFIGURED = "Ingress has not yet been reconciled."
IN_PROGRESS = "A gradual rollout of the latest revision(s) is in progress."
ROLLOUT_ANNOTATION = "networking.internal.knative.dev/rollout"
CLASS_ANNOTATION = {"networking.knative.dev/ingress.class": "kourier.ingress.networking.knative.dev"}


class RouteController:
    """Holds, for each Route, only how far its gradual rollouts are."""

    def __init__(self, objects: Objects, recorder: Recorder, timeline: Timeline) -> None:
        self._objects = objects
        self._recorder = recorder
        self._timeline = timeline
        self._rollouts: dict[str, list[Rollout]] = {}

    def reconcile(self, namespace: str, name: str) -> None:
        route = self._objects.get(ROUTE, namespace, name)
        if route is None:
            return
        if "deletionTimestamp" in route["metadata"]:
            self._finalize(route)
            return
        conditions = Conditions(route, DEPENDENTS)
        if not observed(route):
            conditions.mark("IngressReady", UNKNOWN, "IngressNotConfigured", NOT_CONFIGURED)
        host = f"{name}.{namespace}.{domain_of(self._objects, route)}"
        status = {**route.get("status", {}), "url": f"http://{host}"}
        targets = resolve(self._objects, route)
        self._label(route, targets)
        match targets:
            case Unresolved(status=assigned, reason=reason, message=message):
                conditions.mark("AllTrafficAssigned", assigned, reason, message)
            case resolved:
                status |= self._assign(route, resolved, conditions)
                status["address"] = {"url": f"http://{name}.{namespace}.svc.cluster.local"}
        status |= {"conditions": conditions.listed(), "observedGeneration": route["metadata"]["generation"]}
        route = self._objects.replace(ROUTE, {**route, "status": status}, status=True)
        if FINALIZER not in (route["metadata"].get("finalizers") or []):
            metadata = {**route["metadata"], "finalizers": [*(route["metadata"].get("finalizers") or []), FINALIZER]}
            self._objects.replace(ROUTE, {**route, "metadata": metadata})
            self._recorder.record(route, COMPONENT, "FinalizerUpdate", f'Updated "{name}" finalizers')

    def _assign(self, route: JSON, targets: list[Resolved], conditions: Conditions) -> JSON:
        """Program the Ingress; returns the traffic that the status shows."""
        conditions.mark("AllTrafficAssigned", TRUE)
        conditions.mark("CertificateProvisioned", TRUE, "TLSNotEnabled", "external-domain-tls is not enabled")
        rollouts = self._roll(route, targets)
        running = any(rollout.running for rollout in rollouts)
        traffic = _traffic(route, targets, rollouts, domain_of(self._objects, route))
        ingress = self._ingress(route, traffic, rollouts)
        if running:
            conditions.mark("IngressReady", UNKNOWN, "RolloutInProgress", IN_PROGRESS)
        elif observed(ingress):
            conditions.propagate("IngressReady", condition_of(ingress))
        else:
            conditions.mark("IngressReady", UNKNOWN, "IngressNotConfigured", NOT_CONFIGURED)
        return {"traffic": traffic}

    def _roll(self, route: JSON, targets: list[Resolved]) -> list[Rollout]:
        uid, duration = route["metadata"]["uid"], duration_of(route)
        before = {(rollout.configuration, rollout.tag): rollout for rollout in self._rollouts.get(uid, [])}
        rollouts = []
        for target in targets:
            if target.follows:
                known = before.get((target.follows, target.tag))
                if known is None or known.percent != target.percent:  # new percentages are immediate
                    known = Rollout(target.follows, target.tag, target.percent, ())
                rollouts.append(known.towards(target.revision, duration))
        self._rollouts[uid] = rollouts
        if any(rollout.running for rollout in rollouts):
            self._timeline.schedule(("rollout", uid), STEP_SECONDS, lambda: self._step(route))
        return rollouts

    def _step(self, route: JSON) -> None:
        uid, metadata = route["metadata"]["uid"], route["metadata"]
        self._rollouts[uid] = [
            rollout.moved(rollout.step) if rollout.running else rollout for rollout in self._rollouts.get(uid, [])
        ]
        self.reconcile(metadata["namespace"], metadata["name"])

    def _ingress(self, route: JSON, traffic: list[JSON], rollouts: list[Rollout]) -> JSON:
        metadata = route["metadata"]
        spec = ingress_spec(
            hosts_of(metadata["name"], metadata["namespace"], domain_of(self._objects, route)),
            traffic,
            metadata["namespace"],
        )
        annotations = {**(metadata.get("annotations") or {}), **CLASS_ANNOTATION}
        if any(rollout.running for rollout in rollouts):
            annotations[ROLLOUT_ANNOTATION] = msgspec.json.encode(annotation_of(rollouts)).decode()
        there = self._objects.get(INGRESS, metadata["namespace"], metadata["name"])
        if there is not None:
            kept = {**there["metadata"], "annotations": annotations}
            if there["spec"] == spec:  # the annotation's own clock is no reason to write
                return there
            return self._objects.replace(INGRESS, {**there, "metadata": kept, "spec": spec})
        labels = {
            "serving.knative.dev/route": metadata["name"],
            "serving.knative.dev/routeNamespace": metadata["namespace"],
        }
        if service := (metadata.get("labels") or {}).get(SERVICE_LABEL):
            labels[SERVICE_LABEL] = service
        self._recorder.record(route, COMPONENT, "Created", f'Created Ingress "{metadata["name"]}"')
        return self._objects.create(
            INGRESS,
            {
                "metadata": {
                    "name": metadata["name"],
                    "namespace": metadata["namespace"],
                    "annotations": annotations,
                    "finalizers": ["ingresses.networking.internal.knative.dev"],
                    "labels": labels,
                    "ownerReferences": [owner_reference(ROUTE, route)],
                },
                "spec": spec,
            },
        )

    def _label(self, route: JSON, targets: list[Resolved] | Unresolved) -> None:
        """Tell Configurations and Revisions that this Route uses them; Revisions it no longer uses go into reserve."""
        namespace, name = route["metadata"]["namespace"], route["metadata"]["name"]
        followed = {target["configurationName"] for target in route["spec"]["traffic"] if "configurationName" in target}
        configurations = {key for key in followed if self._objects.get(CONFIGURATION, namespace, key)}
        if isinstance(targets, Unresolved):
            if not route.get("status", {}).get(
                "traffic"
            ):  # nothing routed yet: what will be followed is marked already
                self._mark_configurations(namespace, configurations, name)
            return
        used = {target.revision for target in targets}
        used |= {
            share
            for rollout in self._rollouts.get(route["metadata"]["uid"], [])
            for share, _ in rollout.shares
            if rollout.running
        }
        for used_name in used:
            if found := self._objects.get(REVISION, namespace, used_name):
                configurations.add(found["metadata"]["labels"][CONFIGURATION_LABEL])
        self._mark_configurations(namespace, configurations, name)
        for key in configurations:
            configuration = self._objects.get(CONFIGURATION, namespace, key)
            if configuration is None:
                continue
            latest = configuration.get("status", {}).get("latestCreatedRevisionName") if key in followed else None
            for revision in revisions_of(self._objects, configuration):
                active = revision["metadata"]["name"] in used or revision["metadata"]["name"] == latest
                if generation_of(revision) <= configuration.get("status", {}).get("observedGeneration", 0):
                    self._mark_revision(revision, name if active else None)

    def _mark_configurations(self, namespace: str, names: set[str], route: str) -> None:
        for name in names:
            if configuration := self._objects.get(CONFIGURATION, namespace, name):
                annotations = {**(configuration["metadata"].get("annotations") or {}), ROUTES_ANNOTATION: route}
                metadata = {**configuration["metadata"], "annotations": annotations}
                self._objects.replace(CONFIGURATION, {**configuration, "metadata": metadata})

    def _mark_revision(self, revision: JSON, route: str | None) -> None:
        metadata = revision["metadata"]
        annotations, labels = dict(metadata.get("annotations") or {}), dict(metadata.get("labels") or {})
        state = "active" if route else "reserve"
        if labels.get(ROUTING_STATE) != state:
            labels[ROUTING_STATE] = state
            annotations[ROUTING_STATE_MODIFIED] = timestamp()
        annotations.pop(ROUTES_ANNOTATION, None)
        annotations |= {ROUTES_ANNOTATION: route} if route else {}
        marked = {**metadata, "annotations": annotations, "labels": labels}
        self._objects.replace(REVISION, {**revision, "metadata": marked})

    def _finalize(self, route: JSON) -> None:
        """Say what is missing, as the last reconcile of a Route that dies with its Service does, then let it go."""
        self._rollouts.pop(route["metadata"]["uid"], None)
        conditions = Conditions(route, DEPENDENTS)
        if isinstance(problem := resolve(self._objects, route), Unresolved):
            conditions.mark("AllTrafficAssigned", problem.status, problem.reason, problem.message)
        status = {**route.get("status", {}), "conditions": conditions.listed()}
        route = self._objects.replace(ROUTE, {**route, "status": status}, status=True)
        kept = [name for name in route["metadata"].get("finalizers") or [] if name != FINALIZER]
        self._objects.replace(ROUTE, {**route, "metadata": {**route["metadata"], "finalizers": kept}})


def _traffic(route: JSON, targets: list[Resolved], rollouts: list[Rollout], domain: str) -> list[JSON]:
    """The status's list: every entry names its Revision; a target in rollout shows as several."""
    metadata = route["metadata"]
    shares = {(rollout.configuration, rollout.tag): rollout.shares for rollout in rollouts if rollout.running}
    listed = []
    for target in targets:
        tagged = {}
        if target.tag:
            url = f"http://{target.tag}-{metadata['name']}.{metadata['namespace']}.{domain}"
            tagged = {"tag": target.tag, "url": url}
        for revision, percent in shares.get((target.follows, target.tag), ((target.revision, target.percent),)):
            listed.append(
                {"latestRevision": bool(target.follows), "percent": percent, "revisionName": revision, **tagged}
            )
    return listed
