"""Which fields an object may have: unknown ones are dropped, warned of or refused, as `fieldValidation` asks.

Only Knative's own specs are known in depth, down to the fields of a container; everything deeper is taken as it comes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.cluster.failures import bad_request
from bot.sandbox.cluster.kinds import CONFIGURATION, REVISION, ROUTE, SERVICE

if TYPE_CHECKING:
    from bot.sandbox.cluster.kinds import JSON, Kind

Schema = dict[str, Any]  # field → Schema of its value or of its items; ANY for what is not looked into

ANY: Schema = {}


def _fields(names: str) -> Schema:
    return dict.fromkeys(names.split(), ANY)


CONTAINER = _fields(
    "args command env envFrom image imagePullPolicy livenessProbe name ports readinessProbe resources "
    "securityContext startupProbe terminationMessagePath terminationMessagePolicy volumeMounts workingDir"
)
REVISION_SPEC = {
    **_fields(
        "affinity automountServiceAccountToken containerConcurrency dnsConfig dnsPolicy enableServiceLinks "
        "hostAliases hostIPC hostNetwork hostPID idleTimeoutSeconds imagePullSecrets nodeSelector "
        "priorityClassName responseStartTimeoutSeconds runtimeClassName schedulerName securityContext "
        "serviceAccountName shareProcessNamespace timeoutSeconds tolerations topologySpreadConstraints "
        "volumes"
    ),
    "containers": CONTAINER,
    "initContainers": CONTAINER,
}
TEMPLATE = {"metadata": ANY, "spec": REVISION_SPEC}
TRAFFIC = _fields("configurationName latestRevision percent revisionName tag url")
TOP = _fields("apiVersion kind metadata status")
SCHEMAS: dict[Kind, Schema] = {
    SERVICE: {**TOP, "spec": {"template": TEMPLATE, "traffic": TRAFFIC}},
    CONFIGURATION: {**TOP, "spec": {"template": TEMPLATE}},
    ROUTE: {**TOP, "spec": {"traffic": TRAFFIC}},
    REVISION: {**TOP, "spec": REVISION_SPEC},
}


def validated(kind: Kind, obj: JSON, mode: str) -> tuple[JSON, list[str]]:
    """The object without unknown fields, and the warnings to send. Raises a 400 Failure in mode `Strict`."""
    schema = SCHEMAS.get(kind)
    if schema is None:
        return obj, []
    unknown: list[str] = []
    pruned = _pruned(obj, schema, "", unknown)
    if not unknown:
        return obj, []
    listed = [f'unknown field "{path}"' for path in unknown]
    if mode == "Strict":
        subject = f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}'
        raise bad_request(f"{subject}: strict decoding error: {', '.join(listed)}")
    return pruned, [] if mode == "Ignore" else listed


def _pruned(value: Any, schema: Schema, path: str, unknown: list[str]) -> Any:
    if not schema:
        return value
    if isinstance(value, list):
        return [_pruned(item, schema, f"{path}[{position}]", unknown) for position, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    kept = {}
    for field, inner in value.items():
        here = f"{path}.{field}" if path else field
        if field in schema:
            kept[field] = _pruned(inner, schema[field], here, unknown)
        else:
            unknown.append(here)
    return kept
