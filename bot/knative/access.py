"""What Knobot may do, as itself or as a person it acts as: the API server says before anything is tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from urllib3 import HTTPHeaderDict

from bot.core.acting import verb
from bot.knative import objects, resources

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.core.acting import Acting
    from bot.core.plan import Plan
    from bot.knative.connection import Connection

REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
SERVING = "serving.knative.dev"
CORE = frozenset({"pods", "events"})
"""Resources of Kubernetes itself."""


class Status(msgspec.Struct):
    allowed: bool = False


class Review(msgspec.Struct):
    status: Status


def allowed(cluster: Connection, namespace: str, verb: str, resource: str) -> bool:
    """Whether these credentials may `verb` this resource of Knative Serving, or one of CORE, in a namespace.

    Raises:
        Unavailable: the server does not answer, or not to these credentials.
    """
    name, _, subresource = resource.partition("/")
    group = "" if name in CORE else SERVING
    wish = {"namespace": namespace, "verb": verb, "group": group, "resource": name, "subresource": subresource}
    return _review(cluster, wish, {})


def permits(cluster: Connection, plan: Plan, acting: Acting) -> bool:
    """Whether RBAC lets `acting` make the write of `plan`. A release is many objects: each write of it tells.

    Raises:
        Refused: Knobot may not act as others there. Unavailable: the server does not answer.
    """
    if plan.about is not None and plan.about.kind not in objects.PLACES:
        return True
    path = objects.path(plan.about) if plan.about else resources.services(plan.key.namespace, plan.key.name)
    api, _, rest = path.partition("/namespaces/")
    group = "" if api.startswith("/api/") else api.removeprefix("/apis/").partition("/")[0]
    namespace, resource, name = rest.split("/") if rest else ("", *api.rsplit("/", 2)[1:])
    wish = {"namespace": namespace, "verb": verb(plan), "group": group, "resource": resource}
    return _review(cluster, wish if verb(plan) == "create" else {**wish, "name": name}, impersonated(acting))


def impersonated(acting: Acting | None) -> HTTPHeaderDict:
    """Return the headers that make a request somebody else's, a line for each group; none for Knobot itself."""
    headers = HTTPHeaderDict()
    if acting is not None:
        headers.add("Impersonate-User", acting.user)
        for group in acting.groups:
            headers.add("Impersonate-Group", group)
    return headers


def _review(cluster: Connection, wish: Mapping[str, str], headers: Mapping[str, str]) -> bool:
    document = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": wish},
    }
    return msgspec.json.decode(cluster.write("POST", REVIEWS, document, headers), type=Review).status.allowed
