"""What Knobot's own credentials are good for, as the API server says before anything is tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
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
    document = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": wish},
    }
    return msgspec.json.decode(cluster.write("POST", REVIEWS, document, {}), type=Review).status.allowed
