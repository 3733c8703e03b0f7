"""The questions of authorization.k8s.io and authentication.k8s.io: may I, may they, who am I.

They are answered, never stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.cluster.failures import no_such_path
from bot.sandbox.cluster.identity import User
from bot.sandbox.cluster.rbac import Attributes

if TYPE_CHECKING:
    from bot.sandbox.cluster.kinds import JSON
    from bot.sandbox.cluster.rbac import Authorizer
    from bot.sandbox.cluster.requests import Target


def reviewed(authorizer: Authorizer, user: User, target: Target, review: JSON) -> JSON:
    """The review with its status: decided for the asking user, or for the one that a SubjectAccessReview names."""
    spec = review.get("spec") or {}
    match target.plural:
        case "selfsubjectaccessreviews":
            return _answered("SelfSubjectAccessReview", spec, _decided(authorizer, user, spec))
        case "subjectaccessreviews" | "localsubjectaccessreviews":
            subject = User(spec.get("user", ""), tuple(spec.get("groups") or ()))
            kind = "SubjectAccessReview" if target.plural.startswith("s") else "LocalSubjectAccessReview"
            return _answered(kind, spec, _decided(authorizer, subject, spec))
        case "selfsubjectrulesreviews":
            rules = authorizer.rules_of(user, spec.get("namespace", ""))
            status = {"resourceRules": rules, "nonResourceRules": [], "incomplete": False}
            return _answered("SelfSubjectRulesReview", spec, status)
        case "selfsubjectreviews":
            info = {"username": user.name, "groups": list(user.groups)}
            head = {"kind": "SelfSubjectReview", "apiVersion": "authentication.k8s.io/v1"}
            return {**head, "metadata": {}, "status": {"userInfo": info}}
        case _:
            raise no_such_path()


def _decided(authorizer: Authorizer, user: User, spec: JSON) -> JSON:
    asked = spec.get("resourceAttributes") or {}
    path = (spec.get("nonResourceAttributes") or {}).get("path", "")
    verdict = authorizer.decide(
        user,
        Attributes(
            verb=asked.get("verb", ""),
            group=asked.get("group", ""),
            resource=asked.get("resource", ""),
            subresource=asked.get("subresource", ""),
            namespace=asked.get("namespace", ""),
            name=asked.get("name", ""),
            path=path,
        ),
    )
    return {"allowed": verdict.allowed, **({"reason": verdict.reason} if verdict.reason else {})}


def _answered(kind: str, spec: JSON, status: JSON) -> JSON:
    return {"kind": kind, "apiVersion": "authorization.k8s.io/v1", "metadata": {}, "spec": spec, "status": status}
