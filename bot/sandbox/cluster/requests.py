"""One API request, taken apart once: verb, kind, place and options, whatever the path looks like."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
import yaml

from bot.sandbox.cluster import protobuf
from bot.sandbox.cluster.failures import bad_request, no_such_path
from bot.sandbox.cluster.kinds import BY_PATH, NAMESPACE, Kind
from bot.sandbox.cluster.metadata import filled, misfit_of
from bot.sandbox.cluster.rbac import Attributes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.cluster.kinds import JSON

REVIEW_GROUPS = ("authorization.k8s.io", "authentication.k8s.io")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a path points at. `kind` is None for the reviews, which are questions rather than objects."""

    group: str
    version: str
    plural: str
    kind: Kind | None = None
    namespace: str = ""
    name: str = ""
    subresource: str = ""

    def attributes(self, verb: str) -> Attributes:
        return Attributes(
            verb=verb,
            group=self.group,
            resource=self.plural,
            subresource=self.subresource,
            namespace=self.namespace,
            name=self.name,
        )


def target_of(path: str) -> Target | None:
    """The resource that a path names; None for a path that is no resource.

    Raises a 404 Failure for an unknown resource.
    """
    match path.strip("/").split("/"):
        case ["api", version, *rest] if rest:
            group = ""
        case ["apis", group, version, *rest] if rest:
            pass
        case _:
            return None
    namespace = ""
    if len(rest) > 2 and rest[0] == "namespaces" and not (group == "" and rest[2] in {"status", "finalize"}):
        _, namespace, *rest = rest
    plural, name, subresource, *more = [*rest, "", ""][: max(3, len(rest))]
    kind = BY_PATH.get((group, version, plural))
    if more or (kind is None and group not in REVIEW_GROUPS) or (kind and namespace and not kind.namespaced):
        raise no_such_path()
    if kind is NAMESPACE:
        namespace = name
    return Target(
        group=group, version=version, plural=plural, kind=kind, namespace=namespace, name=name, subresource=subresource
    )


def verb_of(method: str, target: Target, query: Mapping[str, str]) -> str:
    """The API verb of an HTTP method: what RBAC rules name."""
    match method:
        case "GET" | "HEAD" if is_true(query.get("watch")):
            return "watch"
        case "GET" | "HEAD":
            return "get" if target.name else "list"
        case "DELETE":
            return "delete" if target.name else "deletecollection"
        case _:
            return {"POST": "create", "PUT": "update", "PATCH": "patch"}.get(method, method.lower())


def is_true(text: str | None) -> bool:
    return text is not None and text.lower() in {"1", "true", "t"}


@dataclass(frozen=True, slots=True)
class Body:
    """A request's body and how it says it is written."""

    content: bytes
    content_type: str = field(default="application/json")

    def decoded(self) -> Any:
        """JSON, or YAML or protobuf where the content type says so. Raises a 400 Failure for what is none of them."""
        if self.content_type == protobuf.CONTENT_TYPE:
            return protobuf.decoded(self.content)
        try:
            if "yaml" in self.content_type:
                return yaml.safe_load(self.content)
            return msgspec.json.decode(self.content or b"{}")
        except (msgspec.DecodeError, yaml.YAMLError) as error:
            raise bad_request(f"error decoding the request body: {error}") from error

    def document(self, target: Target) -> JSON:
        """A whole object that fits the path it was sent to."""
        obj = self.decoded()
        if not isinstance(obj, dict):
            raise bad_request("the object provided is unrecognized (must be of type Object)")
        kind = target.kind
        if kind is None:
            return obj
        said = (obj.get("apiVersion", kind.api_version), obj.get("kind", kind.kind))
        if said != (kind.api_version, kind.kind):
            raise bad_request(
                f"the API version or kind in the data ({said[0]}, {said[1]}) does not match the expected one "
                f"({kind.api_version}, {kind.kind})"
            )
        metadata = dict(obj.get("metadata") or {})
        if words := misfit_of(metadata):
            raise bad_request(f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}: {words}')
        metadata = filled(metadata)
        if kind.namespaced:
            if metadata.get("namespace", target.namespace) != target.namespace:
                raise bad_request(
                    "the namespace of the provided object does not match the namespace sent on the request"
                )
            metadata["namespace"] = target.namespace
        return {**obj, "apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata}
