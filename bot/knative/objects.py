"""Objects that are no Services, and that Knobot changes now and then: where they are, and what plans decide of them.

One table for all of them. A plan holds that part as one JSON document and writes the names that differ as a merge
patch, so that what controllers and people have put beside them survives.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import msgspec

from bot.core import template
from bot.core.errors import NotFound
from bot.core.model import Object, ObjectKind, Stored
from bot.knative import codec, faults, patches, resources
from bot.knative.documents import ConditionDocument, Document, Metadata

if TYPE_CHECKING:
    from bot.core.plan import Plan
    from bot.knative.connection import Connection


@dataclass(frozen=True, slots=True)
class Place:
    """The API of a kind, what its lists are called, and where in the object the decided part lies.

    `controlled` when a controller makes that part true and says so in its conditions. What runs `once` tells its end
    by the condition Succeeded, and observes no generation. `product` is what brings the API, where not every cluster
    has it, and where to get it.
    """

    api: str
    plural: str
    part: tuple[str, ...]
    namespaced: bool = True
    controlled: bool = False
    once: bool = False
    product: tuple[str, str] | None = None

    @property
    def version(self) -> str:
        return self.api.removeprefix("/apis/").removeprefix("/api/")


SHIPWRIGHT = (
    "Shipwright, which builds images",
    "Whoever runs the cluster can install it (shipwright.io); until then build elsewhere, and deploy the image.",
)

PLACES = {
    ObjectKind.REVISION: Place(resources.SERVING, "revisions", ("metadata", "annotations")),
    ObjectKind.DOMAIN_MAPPING: Place(resources.DOMAINS, "domainmappings", ("spec",), controlled=True),
    ObjectKind.DOMAIN_CLAIM: Place(resources.NETWORKING, "clusterdomainclaims", ("spec",), namespaced=False),
    ObjectKind.CONFIG_MAP: Place(resources.CORE, "configmaps", ("data",)),
    ObjectKind.BUILD: Place(resources.SHIPWRIGHT, "builds", ("spec",), product=SHIPWRIGHT),
    ObjectKind.BUILD_RUN: Place(
        resources.SHIPWRIGHT, "buildruns", ("spec",), controlled=True, once=True, product=SHIPWRIGHT
    ),
}


class _Output(Document):
    image: str = ""
    digest: str = ""


class _BuildSpec(Document):
    output: _Output = msgspec.field(default_factory=_Output)


class _Status(Document):
    observed_generation: int = 0
    conditions: list[ConditionDocument] | None = None
    build_spec: _BuildSpec | None = None
    output: _Output | None = None


class _Object(Document):
    metadata: Metadata
    spec: msgspec.Raw = msgspec.Raw(b"{}")
    data: msgspec.Raw = msgspec.Raw(b"{}")
    status: _Status = msgspec.field(default_factory=_Status)


_OBJECT = msgspec.json.Decoder(_Object)


def path(about: Object) -> str:
    """Return the path of an object.

    Raises:
        Invalid: no object can have this name; code "name".
    """
    place = PLACES[about.kind]
    return resources.named(place.api, about.namespace if place.namespaced else None, place.plural, about.name)


def read(connection: Connection, about: Object) -> Stored | None:
    """Return an object as the API server has it now, or None.

    Raises:
        NotFound: the cluster does not have what brings this kind of object; code "unknown-api".
    """
    product = PLACES[about.kind].product
    try:
        return decode(about.kind, connection.read(path(about)))
    except NotFound as error:
        if error.code != faults.UNKNOWN_API or product is None:
            return None
        what, remedy = product
        message = f"Cluster {connection.cluster} does not have {what}."
        raise NotFound(message, remedy, code=faults.UNKNOWN_API) from error


def decode(kind: ObjectKind, data: bytes) -> Stored:
    """Return the object in `data`."""
    found, place = codec.decode(_OBJECT, data), PLACES[kind]
    metadata, conditions = found.metadata, codec.conditions(found.status.conditions)
    observed = found.status.observed_generation
    if place.once:
        observed = metadata.generation
        conditions = tuple(replace(each, type="Ready") if each.type == "Succeeded" else each for each in conditions)
    part = {"spec": found.spec, "data": found.data}.get(PLACES[kind].part[0])
    return Stored(
        uid=metadata.uid,
        generation=metadata.generation,
        resource_version=metadata.resource_version,
        document=bytes(part).decode() if part is not None else template.canonical(metadata.annotations or {}),
        observed_generation=observed if place.controlled else None,
        conditions=conditions if place.controlled else (),
        annotations=metadata.annotations or {},
        deleting=metadata.deletion_timestamp is not None,
        made=_made(found.status),
    )


def _made(status: _Status) -> str | None:
    """Return the image that a run has pushed, by its digest where the strategy tells it."""
    named = status.build_spec.output.image if status.build_spec else ""
    digest = status.output.digest if status.output else ""
    if not named or not digest:
        return named or None
    path, slash, last = named.partition("@")[0].rpartition("/")
    return f"{path}{slash}{last.partition(':')[0]}@{digest}"


def patch(plan: Plan, resource_version: str) -> dict[str, Any]:
    """Return the merge patch that writes `plan`, if the object still has this resourceVersion."""
    before = json.loads(plan.before.document) if plan.before else {}
    written = _at(plan, template.merge_patch(before, json.loads(plan.after.document)))
    return _marked(plan, written, {"resourceVersion": resource_version})


def body(plan: Plan) -> dict[str, Any]:
    """Return the object that `plan` creates."""
    about = plan.about
    if about is None:
        raise TypeError("the plan is about a Service")
    place = PLACES[about.kind]
    where = {"namespace": about.namespace} if place.namespaced else {}
    created = _marked(plan, _at(plan, json.loads(plan.after.document)), {"name": about.name, **where})
    return {"apiVersion": place.version, "kind": about.kind.value, **created}


def _at(plan: Plan, part: Any) -> dict[str, Any]:
    if plan.about is None:
        raise TypeError("the plan is about a Service")
    for name in reversed(PLACES[plan.about.kind].part):
        part = {name: part}
    whole: dict[str, Any] = part
    return whole


def _marked(plan: Plan, document: dict[str, Any], metadata: dict[str, str]) -> dict[str, Any]:
    """Return `document` with the marks of whose write it is."""
    own = document.get("metadata", {})
    annotations = {**own.get("annotations", {}), **patches.marks(plan)}
    return {**document, "metadata": {**metadata, "annotations": annotations}}
