"""The Service controller: one Configuration and one Route, and a status that repeats what those two say.

It decides nothing about revisions or traffic; it only says `OutOfDate` while its two children have not seen its
latest wish.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.cluster.controllers.conditions import TRUE, UNKNOWN, Conditions, condition_of, observed
from bot.sandbox.cluster.kinds import CONFIGURATION, ROUTE, SERVICE
from bot.sandbox.cluster.objects import owner_reference
from bot.sandbox.cluster.validation import ROLLOUT_DURATION

if TYPE_CHECKING:
    from bot.sandbox.cluster.events import Recorder
    from bot.sandbox.cluster.kinds import JSON, Kind
    from bot.sandbox.cluster.objects import Objects

COMPONENT = "service-controller"
SERVICE_LABEL, SERVICE_UID_LABEL = "serving.knative.dev/service", "serving.knative.dev/serviceUID"
ROUTES_ANNOTATION = "serving.knative.dev/routes"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
OUT_OF_DATE = "The {} is still working to reflect the latest desired specification."
NOT_MIGRATED = "Traffic is not yet migrated to the latest revision."
FROM_CONFIGURATION = ("latestCreatedRevisionName", "latestReadyRevisionName")
FROM_ROUTE = ("address", "traffic", "url")


def reconcile(objects: Objects, recorder: Recorder, namespace: str, name: str) -> None:
    """Bring the Configuration and the Route of one Service to what it asks, then its status to what they say."""
    service = objects.get(SERVICE, namespace, name)
    if service is None or "deletionTimestamp" in service["metadata"]:
        return
    configuration = _child(objects, recorder, CONFIGURATION, service)
    route = _child(objects, recorder, ROUTE, service)
    conditions = Conditions(service, ("ConfigurationsReady", "RoutesReady"))
    status = {"observedGeneration": service["metadata"]["generation"]}
    if observed(configuration):
        conditions.propagate("ConfigurationsReady", condition_of(configuration))
    else:
        conditions.mark("ConfigurationsReady", UNKNOWN, "OutOfDate", OUT_OF_DATE.format("Configuration"))
    if observed(route):
        conditions.propagate("RoutesReady", condition_of(route))
    else:
        conditions.mark("RoutesReady", UNKNOWN, "OutOfDate", OUT_OF_DATE.format("Route"))
    said = {**configuration.get("status", {}), **route.get("status", {})}
    status |= {field: said[field] for field in (*FROM_CONFIGURATION, *FROM_ROUTE) if field in said}
    if conditions.status("RoutesReady") == TRUE and _lags_behind(route, configuration):
        conditions.mark("RoutesReady", UNKNOWN, "TrafficNotMigrated", NOT_MIGRATED)
    objects.replace(SERVICE, {**service, "status": {"conditions": conditions.listed(), **status}}, status=True)


def _child(objects: Objects, recorder: Recorder, kind: Kind, service: JSON) -> JSON:
    metadata = service["metadata"]
    wanted = _configuration(service) if kind is CONFIGURATION else _route(service)
    there = objects.get(kind, metadata["namespace"], metadata["name"])
    if there is None:
        created = objects.create(kind, wanted)
        recorder.record(service, COMPONENT, "Created", f'Created {kind.kind} "{metadata["name"]}"')
        return created
    annotations, labels = wanted["metadata"]["annotations"], wanted["metadata"]["labels"]
    if routes := (there["metadata"].get("annotations") or {}).get(ROUTES_ANNOTATION):
        annotations = {**annotations, ROUTES_ANNOTATION: routes}
    kept = {**there["metadata"], "annotations": annotations, "labels": labels}
    return objects.replace(kind, {**there, "metadata": kept, "spec": wanted["spec"]})


def _configuration(service: JSON) -> JSON:
    metadata = _metadata(service)
    metadata["annotations"].pop(ROLLOUT_DURATION, None)
    metadata["labels"] |= {SERVICE_UID_LABEL: service["metadata"]["uid"]}
    return {"metadata": metadata, "spec": {"template": service["spec"]["template"]}}


def _route(service: JSON) -> JSON:
    name = service["metadata"]["name"]
    traffic = [
        {"configurationName": name, **target} if target["latestRevision"] else target
        for target in service["spec"]["traffic"]
    ]
    return {"metadata": _metadata(service), "spec": {"traffic": traffic}}


def _metadata(service: JSON) -> JSON:
    metadata = service["metadata"]
    annotations = {key: text for key, text in (metadata.get("annotations") or {}).items() if key != LAST_APPLIED}
    return {
        "name": metadata["name"],
        "namespace": metadata["namespace"],
        "annotations": annotations,
        "labels": {**(metadata.get("labels") or {}), SERVICE_LABEL: metadata["name"]},
        "ownerReferences": [owner_reference(SERVICE, service)],
    }


def _lags_behind(route: JSON, configuration: JSON) -> bool:
    """Whether a target that follows the latest revision still shows another than the latest ready one.

    A target that a gradual rollout has split in two cannot be compared one by one; the Route itself speaks of it then.
    """
    wanted, shown = route["spec"]["traffic"], route["status"].get("traffic") or []
    latest = configuration.get("status", {}).get("latestReadyRevisionName")
    return len(wanted) == len(shown) and any(
        "configurationName" in target and actual["revisionName"] != latest
        for target, actual in zip(wanted, shown, strict=True)
    )
