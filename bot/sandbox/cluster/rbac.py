"""Role-based access control over the Roles and bindings that are stored: what nobody allows is forbidden.

Members of `system:masters` may do everything. Everybody else may what a binding of theirs allows, and the reviews of
authorization.k8s.io give the same answer in advance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sandbox.cluster.failures import Failure
from bot.sandbox.cluster.identity import AUTHENTICATED, MASTERS, User
from bot.sandbox.cluster.kinds import CLUSTER_ROLE, CLUSTER_ROLE_BINDING, ROLE, ROLE_BINDING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sandbox.cluster.kinds import JSON
    from bot.sandbox.cluster.objects import Objects

OPEN_PATHS = ("/version", "/healthz", "/livez", "/readyz")
DISCOVERY_PATHS = ("/api", "/apis", "/openapi")
REVIEW_GROUPS = ("authorization.k8s.io", "authentication.k8s.io")
REVIEWS = ("selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """What is asked for, in RBAC's terms; `path` instead of a resource for the rest of the API."""

    verb: str
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""

    @property
    def full_resource(self) -> str:
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource


@dataclass(frozen=True, slots=True)
class Verdict:
    allowed: bool
    reason: str = ""


class Authorizer:
    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def decide(self, user: User, asked: Attributes) -> Verdict:
        """Whether a user may, and by which binding."""
        if MASTERS in user.groups:
            return Verdict(True)
        if asked.path:
            return Verdict(_open_to(user, asked.path))
        if asked.group in REVIEW_GROUPS and asked.resource in REVIEWS and AUTHENTICATED in user.groups:
            return Verdict(True)
        for reason, rules in self._bound(user, asked.namespace):
            if any(_covers(rule, asked) for rule in rules):
                return Verdict(True, f"RBAC: allowed by {reason}")
        return Verdict(False)

    def require(self, user: User, asked: Attributes) -> None:
        """Raise the 403 Failure that says who may not do what."""
        if not self.decide(user, asked).allowed:
            raise forbidden(user, asked)

    def rules_of(self, user: User, namespace: str) -> list[JSON]:
        """All rules that hold for a user in a namespace, as `kubectl auth can-i --list` shows them."""
        if MASTERS in user.groups:
            return [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]
        return [rule for _, rules in self._bound(user, namespace) for rule in rules]

    def _bound(self, user: User, namespace: str) -> Iterator[tuple[str, list[JSON]]]:
        bindings = [(CLUSTER_ROLE_BINDING, binding) for binding in self._objects.list(CLUSTER_ROLE_BINDING)]
        if namespace:
            bindings += [(ROLE_BINDING, binding) for binding in self._objects.list(ROLE_BINDING, namespace)]
        for kind, binding in bindings:
            for subject in binding.get("subjects") or []:
                if not _is_subject(user, subject, binding["metadata"].get("namespace", "")):
                    continue
                reference = binding["roleRef"]
                role_kind = ROLE if reference["kind"] == "Role" else CLUSTER_ROLE
                role = self._objects.get(role_kind, namespace if role_kind is ROLE else "", reference["name"])
                name = binding["metadata"]["name"] + (f"/{namespace}" if kind is ROLE_BINDING else "")
                to = f'{subject["kind"]} "{subject["name"]}'
                to += f'/{subject["namespace"]}"' if subject["kind"] == "ServiceAccount" else '"'
                reason = f'{kind.kind} "{name}" of {reference["kind"]} "{reference["name"]}" to {to}'
                yield reason, (role or {}).get("rules") or []


def forbidden(user: User, asked: Attributes) -> Failure:
    """The 403 of one refused request, in the API server's words."""
    if asked.path:
        message = f'forbidden: User "{user.name}" cannot {asked.verb} path "{asked.path}"'
        return Failure(403, "Forbidden", message, {})
    resource = f"{asked.resource}.{asked.group}" if asked.group else asked.resource
    named = f' "{asked.name}"' if asked.name else ""
    where = f'in the namespace "{asked.namespace}"' if asked.namespace else "at the cluster scope"
    message = (
        f'{resource}{named} is forbidden: User "{user.name}" cannot {asked.verb} resource "{asked.full_resource}" '
        f'in API group "{asked.group}" {where}'
    )
    details = {
        **({"name": asked.name} if asked.name else {}),
        **({"group": asked.group} if asked.group else {}),
        "kind": asked.resource,
    }
    return Failure(403, "Forbidden", message, details)


def _open_to(user: User, path: str) -> bool:
    if path in OPEN_PATHS or path.startswith(tuple(f"{each}/" for each in OPEN_PATHS)):
        return True
    known = AUTHENTICATED in user.groups
    return known and (path in DISCOVERY_PATHS or path.startswith(tuple(f"{each}/" for each in DISCOVERY_PATHS)))


def _is_subject(user: User, subject: JSON, namespace: str) -> bool:
    match subject["kind"]:
        case "User":
            return bool(subject["name"] == user.name)
        case "Group":
            return subject["name"] in user.groups
        case _:
            return user.name == f"system:serviceaccount:{subject.get('namespace', namespace)}:{subject['name']}"


def _covers(rule: JSON, asked: Attributes) -> bool:
    def among(field: str, wanted: str) -> bool:
        listed = rule.get(field) or []
        return "*" in listed or wanted in listed

    resources = rule.get("resources") or []
    matches = asked.full_resource in resources or "*" in resources
    matches |= bool(asked.subresource) and f"*/{asked.subresource}" in resources
    names = rule.get("resourceNames") or []
    return (
        among("verbs", asked.verb)
        and among("apiGroups", asked.group)
        and matches
        and (not names or asked.name in names)
    )
