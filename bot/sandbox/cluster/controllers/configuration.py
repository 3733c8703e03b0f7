"""The Configuration controller.

One Revision a generation, and the names of the latest created and the latest ready one.

`latestReadyRevisionName` only rolls forward: a newer Revision that fails leaves the older one named, and traffic with
it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.cluster.controllers.conditions import FALSE, READY, TRUE, UNKNOWN, Conditions, condition_of, status_of
from bot.sandbox.cluster.controllers.names import child_name
from bot.sandbox.cluster.controllers.service import (
    LAST_APPLIED,
    ROUTES_ANNOTATION,
    SERVICE_LABEL,
    SERVICE_UID_LABEL,
)
from bot.sandbox.cluster.defaulting import CREATOR, LAST_MODIFIER
from bot.sandbox.cluster.events import WARNING
from bot.sandbox.cluster.failures import already_exists, invalid
from bot.sandbox.cluster.kinds import CONFIGURATION, REVISION
from bot.sandbox.cluster.metadata import causes_of
from bot.sandbox.cluster.objects import owner_reference, timestamp

if TYPE_CHECKING:
    from bot.sandbox.cluster.events import Recorder
    from bot.sandbox.cluster.failures import Failure
    from bot.sandbox.cluster.kinds import JSON
    from bot.sandbox.cluster.objects import Objects

COMPONENT = "configuration-controller"
CONFIGURATION_LABEL = "serving.knative.dev/configuration"
GENERATION_LABEL = "serving.knative.dev/configurationGeneration"
UID_LABEL = "serving.knative.dev/configurationUID"
ROUTING_STATE = "serving.knative.dev/routingState"
ROUTING_STATE_MODIFIED = "serving.knative.dev/routingStateModified"


def revisions_of(objects: Objects, configuration: JSON) -> list[JSON]:
    """A Configuration's Revisions, oldest generation first."""
    metadata = configuration["metadata"]
    owned = [
        revision
        for kind, key in objects.dependents(metadata["uid"])
        if kind is REVISION and (revision := objects.get(REVISION, *key))
    ]
    return sorted(owned, key=generation_of)


def generation_of(revision: JSON) -> int:
    """The generation of the Configuration that a Revision was made from; the only order Revisions have."""
    return int((revision["metadata"].get("labels") or {}).get(GENERATION_LABEL, 0))


def reconcile(objects: Objects, recorder: Recorder, namespace: str, name: str) -> None:
    """Create the Revision of the present generation if there is none, then say how it is."""
    configuration = objects.get(CONFIGURATION, namespace, name)
    if configuration is None or "deletionTimestamp" in configuration["metadata"]:
        return
    generation = configuration["metadata"]["generation"]
    revisions = revisions_of(objects, configuration)
    latest = next((revision for revision in revisions if generation_of(revision) == generation), None)
    conditions = Conditions(configuration, ())
    if latest is None:
        wanted = _revision(configuration)
        if refusal := _refusal(objects, namespace, wanted["metadata"]):
            message = f"Revision creation failed with message: {refusal}."
            conditions.mark(READY, FALSE, "RevisionFailed", message)
            _write(objects, configuration, conditions, configuration.get("status", {}))
            return
        latest = objects.create(REVISION, wanted)
        recorder.record(configuration, COMPONENT, "Created", f'Created Revision "{latest["metadata"]["name"]}"')
    before = configuration.get("status", {})
    status = {**before, "latestCreatedRevisionName": latest["metadata"]["name"]}
    match status_of(latest):
        case "True":
            conditions.mark(READY, TRUE)
        case "False":
            _fail(recorder, configuration, latest, conditions)
        case _:
            conditions.mark(READY, UNKNOWN)
    if ready := _latest_ready(revisions, before.get("latestReadyRevisionName")):
        if ready != before.get("latestReadyRevisionName"):
            message = f'LatestReadyRevisionName updated to "{ready}"'
            recorder.record(configuration, COMPONENT, "LatestReadyUpdate", message)
        status["latestReadyRevisionName"] = ready
    _write(objects, configuration, conditions, status)


def _refusal(objects: Objects, namespace: str, wanted: JSON) -> Failure | None:
    """Why the API server takes no such Revision: nothing looks at a template's labels before."""
    if causes := causes_of(wanted):
        return invalid(REVISION, wanted["name"], causes)
    return already_exists(REVISION, wanted["name"]) if objects.get(REVISION, namespace, wanted["name"]) else None


def _fail(recorder: Recorder, configuration: JSON, latest: JSON, conditions: Conditions) -> None:
    name, why = latest["metadata"]["name"], condition_of(latest).get("message", "")
    message = f'Revision "{name}" failed with message: {why}.'
    if condition_of(configuration).get("message") != message:
        words = f'Latest created revision "{name}" has failed'
        recorder.record(configuration, COMPONENT, "LatestCreatedFailed", words, type_=WARNING)
    conditions.mark(READY, FALSE, "RevisionFailed", message)


def _latest_ready(revisions: list[JSON], before: str | None) -> str | None:
    floor = next((generation_of(each) for each in revisions if each["metadata"]["name"] == before), 0)
    ready = [each for each in revisions if generation_of(each) >= floor and status_of(each) == TRUE]
    return str(ready[-1]["metadata"]["name"]) if ready else before


def _write(objects: Objects, configuration: JSON, conditions: Conditions, status: JSON) -> None:
    observed = {"conditions": conditions.listed(), "observedGeneration": configuration["metadata"]["generation"]}
    objects.replace(CONFIGURATION, {**configuration, "status": {**status, **observed}}, status=True)


def _revision(configuration: JSON) -> JSON:
    """The Revision as it is born: already `active` when a Route follows the Configuration, `pending` before."""
    metadata, template = configuration["metadata"], configuration["spec"]["template"]
    annotations = metadata.get("annotations") or {}
    routes = annotations.get(ROUTES_ANNOTATION)
    labels = metadata.get("labels") or {}
    creator = annotations.get(LAST_MODIFIER) or annotations.get(CREATOR)
    return {
        "metadata": {
            "name": template["metadata"].get("name") or child_name(metadata["name"], f"-{metadata['generation']:05d}"),
            "namespace": metadata["namespace"],
            "annotations": {
                **{
                    key: text
                    for key, text in (template["metadata"].get("annotations") or {}).items()
                    if key != LAST_APPLIED
                },
                **({CREATOR: creator} if creator else {}),
                **({ROUTES_ANNOTATION: routes} if routes else {}),
                ROUTING_STATE_MODIFIED: timestamp(),
            },
            "labels": {
                **(template["metadata"].get("labels") or {}),
                CONFIGURATION_LABEL: metadata["name"],
                GENERATION_LABEL: str(metadata["generation"]),
                UID_LABEL: metadata["uid"],
                ROUTING_STATE: "active" if routes else "pending",
                **{key: labels[key] for key in (SERVICE_LABEL, SERVICE_UID_LABEL) if key in labels},
            },
            "ownerReferences": [owner_reference(CONFIGURATION, configuration)],
        },
        "spec": template["spec"],
    }
