"""What Knative's defaulting webhook adds to an object before it is stored.

Defaults are written into the object, not assumed when reading: a client that puts back what it got changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.cluster.kinds import CONFIGURATION, DOMAIN_MAPPING, NAMESPACE, ROUTE, SERVICE

if TYPE_CHECKING:
    from bot.sandbox.cluster.kinds import JSON, Kind

CREATOR, LAST_MODIFIER = "serving.knative.dev/creator", "serving.knative.dev/lastModifier"
TIMEOUT_SECONDS = 300
SIGNED = (SERVICE, ROUTE, CONFIGURATION, DOMAIN_MAPPING)


def defaulted(kind: Kind, obj: JSON, before: JSON | None, user: str) -> JSON:
    """The object with all defaults; `before` is the stored one on update.

    `user` is the Kubernetes name of who writes.
    """
    if kind is NAMESPACE and before is None:
        return _namespace(obj)
    if kind not in SIGNED:
        return obj
    spec = dict(obj.get("spec") or {})
    if kind in (SERVICE, CONFIGURATION):
        spec["template"] = _template(spec.get("template") or {})
    if kind in (SERVICE, ROUTE):
        spec["traffic"] = _traffic(spec.get("traffic"))
    if kind is DOMAIN_MAPPING and "ref" in spec:
        spec["ref"] = {"namespace": obj["metadata"].get("namespace", ""), **spec["ref"]}
    return _signed({**obj, "spec": spec}, before, user)


def _signed(obj: JSON, before: JSON | None, user: str) -> JSON:
    annotations = dict(obj["metadata"].get("annotations") or {})
    if before is None:
        annotations |= {CREATOR: user, LAST_MODIFIER: user}
    else:
        old = before["metadata"].get("annotations") or {}
        annotations = {**{key: old[key] for key in (CREATOR, LAST_MODIFIER) if key in old}, **annotations}
        if before.get("spec") != obj["spec"]:
            annotations[LAST_MODIFIER] = user
    return {**obj, "metadata": {**obj["metadata"], "annotations": annotations}}


def _template(template: JSON) -> JSON:
    spec: JSON = {"containerConcurrency": 0, "enableServiceLinks": False, "timeoutSeconds": TIMEOUT_SECONDS}
    spec |= template.get("spec") or {}
    containers: list[JSON] = spec.get("containers") or []
    spec["containers"] = [_container(container, position, containers) for position, container in enumerate(containers)]
    return {**template, "metadata": template.get("metadata") or {}, "spec": spec}


def _container(container: JSON, position: int, all_of_them: list[JSON]) -> JSON:
    alone = len(all_of_them) == 1
    filled = {"resources": {}, **container}
    if not container.get("name"):  # clients written in Go send "" for what they leave out
        filled["name"] = "user-container" if alone else f"user-container-{position}"
    if alone or container.get("ports"):  # only the container that serves is probed
        probe = dict(container.get("readinessProbe") or {})
        if not probe.keys() & {"httpGet", "exec", "grpc", "tcpSocket"}:
            probe["tcpSocket"] = {"port": 0}
        filled["readinessProbe"] = {"successThreshold": 1, **probe}
    return filled


def _traffic(targets: list[JSON] | None) -> list[JSON]:
    if not targets:
        return [{"latestRevision": True, "percent": 100}]
    return [{"latestRevision": not target.get("revisionName"), "percent": 0, **_present(target)} for target in targets]


def _present(target: JSON) -> dict[str, Any]:
    given = {field: value for field, value in target.items() if value is not None}
    return {**given, "percent": int(given["percent"])} if "percent" in given else given


def _namespace(obj: JSON) -> JSON:
    metadata = dict(obj["metadata"])
    metadata["labels"] = {**(metadata.get("labels") or {}), "kubernetes.io/metadata.name": metadata.get("name", "")}
    return {**obj, "metadata": metadata, "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}}
