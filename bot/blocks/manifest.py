"""A Service as YAML, as `kubectl get -o yaml` shows it, but for what is secret and what only machines read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from bot.blocks import mrkdwn
from bot.blocks.message import LISTING, Message, compose, table
from bot.core.template.concealing import concealed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.answers import ServiceManifest
    from bot.core.model import Condition, Service, TrafficTarget

WIDE = 1_000
"""Characters after which a line would be folded; no value shall be."""


def manifest(answer: ServiceManifest) -> Message:
    """Return the document, without the fields that Kubernetes keeps for itself."""
    text = yaml.safe_dump(concealed(document(answer.service)), sort_keys=False, allow_unicode=True, width=WIDE)
    headline = f"{mrkdwn.bold(str(answer.service.key))} as YAML; what looks secret is hidden"
    return compose(headline, table(*text.rstrip().split("\n")), room=LISTING)


def document(service: Service) -> dict[str, Any]:
    """Return a Service as its API shows it."""
    metadata: dict[str, Any] = {"name": service.key.name, "namespace": service.key.namespace}
    for field, values in (("labels", service.labels), ("annotations", service.annotations)):
        if values:
            metadata[field] = dict(values)
    metadata |= {"creationTimestamp": service.created.isoformat(), "generation": service.generation}
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Service",
        "metadata": metadata,
        "spec": {"template": json.loads(service.template), "traffic": _targets(service.traffic)},
        "status": {
            "observedGeneration": service.observed_generation,
            "url": service.url,
            "latestCreatedRevisionName": service.latest_created,
            "latestReadyRevisionName": service.latest_ready,
            "traffic": _targets(service.routed),
            "conditions": [_condition(condition) for condition in service.conditions],
        },
    }


def _targets(targets: Sequence[TrafficTarget]) -> list[dict[str, Any]]:
    fields = (
        {
            "tag": target.tag,
            "revisionName": target.revision,
            "latestRevision": target.latest,
            "percent": target.percent,
            "url": target.url,
        }
        for target in targets
    )
    return [{name: value for name, value in entry.items() if value is not None} for entry in fields]


def _condition(condition: Condition) -> dict[str, str]:
    told = {"reason": condition.reason, "message": condition.message}
    return {
        "type": condition.type,
        "status": condition.status.value,
        **{key: text for key, text in told.items() if text},
    }
