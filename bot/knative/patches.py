"""What is sent to write a plan about a Service: a merge patch, or the whole object where it is made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.core import template
from bot.core.attributes import AttributeKind
from bot.core.plan import ACTOR, PLAN

if TYPE_CHECKING:
    from bot.core.model import TrafficTarget
    from bot.core.plan import Plan

API_VERSION = "serving.knative.dev/v1"


def encode_target(target: TrafficTarget) -> dict[str, Any]:
    """Return an entry of spec.traffic: latestRevision is true exactly when no revisionName is given; never a url."""
    entry: dict[str, Any] = {"latestRevision": target.latest, "percent": target.percent}
    if target.revision is not None and not target.latest:
        entry["revisionName"] = target.revision
    if target.tag:
        entry["tag"] = target.tag
    return entry


def patch(plan: Plan, resource_version: str) -> dict[str, Any]:
    """Return the merge patch (RFC 7386) that writes `plan`, if the object still has this resourceVersion.

    A merge patch replaces lists whole, so spec.traffic is written as one, and only when it moves.
    """
    spec: dict[str, Any] = {}
    if plan.moves_traffic:
        spec["traffic"] = [encode_target(target) for target in plan.after.traffic]
    if plan.before is not None and plan.new_revision:
        before, after = json.loads(plan.before.template), json.loads(plan.after.template)
        spec["template"] = template.merge_patch(before, after)
    annotations, labels = (_attributes(plan, kind) for kind in (AttributeKind.ANNOTATION, AttributeKind.LABEL))
    metadata = {"resourceVersion": resource_version, "annotations": {**annotations, **marks(plan)}}
    if labels:
        metadata["labels"] = labels
    return {"metadata": metadata, "spec": spec} if spec else {"metadata": metadata}


def body(plan: Plan) -> dict[str, Any]:
    """Return the Service that `plan` creates."""
    annotations = {**_attributes(plan, AttributeKind.ANNOTATION), **marks(plan)}
    labels = _attributes(plan, AttributeKind.LABEL)
    return {
        "apiVersion": API_VERSION,
        "kind": "Service",
        "metadata": {
            "name": plan.key.name,
            "namespace": plan.key.namespace,
            "annotations": {name: value for name, value in annotations.items() if value is not None},
            **({"labels": labels} if labels else {}),
        },
        "spec": {
            "template": json.loads(plan.after.template),
            "traffic": [encode_target(target) for target in plan.after.traffic],
        },
    }


def marks(plan: Plan) -> dict[str, str | None]:
    """Return what the object is to carry: whose write it is, and what the plan notes there."""
    who = f"slack:{plan.request.team}/{plan.request.user}"
    return {**dict(plan.annotations), PLAN: plan.id, ACTOR: who}


def _attributes(plan: Plan, kind: AttributeKind) -> dict[str, str | None]:
    return {each.name: each.value for each in plan.after.attributes if each.kind is kind}
