"""What clients ask before they ask for anything.

Version, groups, resources, and as much OpenAPI as kubectl needs to trust the server.

The groups are those of the recorded cluster; a group whose resources this server does not serve is listed with none.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from bot.sandbox.cluster.kinds import KINDS, NAMESPACE, POD

if TYPE_CHECKING:
    from bot.sandbox.cluster.kinds import JSON, Kind

VERSION = {
    "major": "1",
    "minor": "36",
    "emulationMajor": "1",
    "emulationMinor": "36",
    "minCompatibilityMajor": "1",
    "minCompatibilityMinor": "35",
    "gitVersion": "v1.36.2",
    "gitCommit": "$Format:%H$",
    "gitTreeState": "",
    "buildDate": "1970-01-01T00:00:00Z",
    "goVersion": "go1.27.3",
    "compiler": "gc",
    "platform": "linux/amd64",
}
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("apiregistration.k8s.io", ("v1",)),
    ("apps", ("v1",)),
    ("events.k8s.io", ("v1",)),
    ("authentication.k8s.io", ("v1",)),
    ("authorization.k8s.io", ("v1",)),
    ("autoscaling", ("v2", "v1")),
    ("batch", ("v1",)),
    ("certificates.k8s.io", ("v1",)),
    ("networking.k8s.io", ("v1",)),
    ("policy", ("v1",)),
    ("rbac.authorization.k8s.io", ("v1",)),
    ("storage.k8s.io", ("v1",)),
    ("admissionregistration.k8s.io", ("v1",)),
    ("apiextensions.k8s.io", ("v1",)),
    ("scheduling.k8s.io", ("v1",)),
    ("coordination.k8s.io", ("v1",)),
    ("node.k8s.io", ("v1",)),
    ("discovery.k8s.io", ("v1",)),
    ("resource.k8s.io", ("v1",)),
    ("flowcontrol.apiserver.k8s.io", ("v1",)),
    ("serving.knative.dev", ("v1", "v1beta1")),
    ("autoscaling.internal.knative.dev", ("v1alpha1",)),
    ("caching.internal.knative.dev", ("v1alpha1",)),
    ("networking.internal.knative.dev", ("v1alpha1",)),
)
REVIEW_KINDS = ("SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview", "LocalSubjectAccessReview")


def document(path: str, url: str) -> JSON | None:
    """The discovery document at a path, None when there is none. `url` is the server's own."""
    match path.strip("/").split("/"):
        case ["version"]:
            return VERSION
        case ["api"]:
            client = {"clientCIDR": "0.0.0.0/0", "serverAddress": url.removeprefix("http://")}
            return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": [client]}
        case ["apis"]:
            return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group(*group) for group in GROUPS]}
        case ["apis", group] if group in dict(GROUPS):
            return {"kind": "APIGroup", "apiVersion": "v1", **_group(group, dict(GROUPS)[group])}
        case ["api", "v1"]:
            return _resources("", "v1")
        case ["apis", group, version] if version in dict(GROUPS).get(group, ()):
            return _resources(group, version)
        case ["openapi", "v2"]:
            return {"swagger": "2.0", "info": {"title": "Kubernetes", "version": "v1.36.2"}, "paths": {}}
        case ["openapi", "v3"]:
            return _openapi_index()
        case ["openapi", "v3", "api", "v1"]:
            return _openapi("", "v1")
        case ["openapi", "v3", "apis", group, version]:
            return _openapi(group, version)
        case _:
            return None


def _group(name: str, versions: tuple[str, ...]) -> JSON:
    listed = [{"groupVersion": f"{name}/{version}", "version": version} for version in versions]
    return {"name": name, "versions": listed, "preferredVersion": listed[0]}


def _kinds(group: str, version: str) -> list[Kind]:
    return [kind for kind in KINDS if (kind.group, kind.version) == (group, version)]


def _resources(group: str, version: str) -> JSON:
    listed: list[JSON] = []
    for kind in _kinds(group, version):
        listed.append(_resource(kind))
        if kind.status:
            listed.append(_subresource(kind, "status", ["get", "patch", "update"]))
        if kind is POD:
            listed.append(_subresource(kind, "log", ["get"]))
        if kind is NAMESPACE:
            listed.append(_subresource(kind, "finalize", ["update"]))
    if group == "authentication.k8s.io":
        listed.append(_question("SelfSubjectReview"))
    if group == "authorization.k8s.io":
        listed += [_question(kind) for kind in REVIEW_KINDS]
    group_version = f"{group}/{version}" if group else version
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": listed}


def _question(kind: str) -> JSON:
    """A resource that is asked rather than kept."""
    name = kind.lower()
    return {
        "name": f"{name}s",
        "singularName": name,
        "namespaced": kind.startswith("Local"),
        "kind": kind,
        "verbs": ["create"],
    }


def _resource(kind: Kind) -> JSON:
    document: dict[str, Any] = {
        "name": kind.plural,
        "singularName": kind.kind.lower(),
        "namespaced": kind.namespaced,
        "kind": kind.kind,
        "verbs": list(kind.verbs),
    }
    named = {
        "shortNames": list(kind.short),
        "categories": list(kind.categories),
        "storageVersionHash": kind.storage_hash,
    }
    return document | {field: value for field, value in named.items() if value}


def _subresource(kind: Kind, name: str, verbs: list[str]) -> JSON:
    return {
        "name": f"{kind.plural}/{name}",
        "singularName": "",
        "namespaced": kind.namespaced,
        "kind": kind.kind,
        "verbs": verbs,
    }


def _openapi_index() -> JSON:
    versions = ["api/v1", *(f"apis/{group}/{version}" for group, versions in GROUPS for version in versions)]
    digests = {path: hashlib.sha256(path.encode()).hexdigest() for path in versions}
    return {
        "paths": {path: {"serverRelativeURL": f"/openapi/v3/{path}?hash={digest}"} for path, digest in digests.items()}
    }


def _openapi(group: str, version: str) -> JSON:
    """Paths without schemas: enough for kubectl to see that fields are validated by the server."""
    prefix = f"/apis/{group}/{version}" if group else f"/api/{version}"
    parameter = {"name": "fieldValidation", "in": "query", "schema": {"type": "string", "uniqueItems": True}}
    paths = {}
    for kind in _kinds(group, version):
        where = "/namespaces/{namespace}" if kind.namespaced else ""
        type_ = {"group": kind.group, "kind": kind.kind, "version": kind.version}
        operation = {"parameters": [parameter], "x-kubernetes-group-version-kind": type_, "responses": {}}
        paths[f"{prefix}{where}/{kind.plural}"] = {"post": operation}
        paths[f"{prefix}{where}/{kind.plural}/{{name}}"] = {"put": operation, "patch": operation}
    return {"openapi": "3.0.0", "info": {"title": "Kubernetes", "version": "v1.36.2"}, "paths": paths}
