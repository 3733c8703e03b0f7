"""As whom a change is written: with impersonation, Kubernetes decides about the person and its audit log names them.

A person is `slack:USER` to Kubernetes, with the groups that the policy's groups are mapped to; a RoleBinding for
either gives them rights. Where a cluster is not impersonated on, Knobot's own account is the limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.policy import belongs

if TYPE_CHECKING:
    from bot.core.plan import Plan
    from bot.core.policy import Actor, Policy

PREFIX = "slack:"


@dataclass(frozen=True, slots=True)
class Acting:
    """The user and the groups that a request to Kubernetes is made as."""

    user: str
    groups: tuple[str, ...] = ()


def acting(actor: Actor, policy: Policy) -> Acting:
    """Return as whom `actor` acts: by ids, never by a name that people can choose themselves."""
    mapped = {
        name for group, found in policy.groups.items() if belongs(actor, group, policy) for name in found.kubernetes
    }
    return Acting(f"{PREFIX}{actor.id}", tuple(sorted(mapped)))


def verb(plan: Plan) -> str:
    """Return what the write of `plan` is to Kubernetes."""
    if plan.deletes:
        return "delete"
    return "patch" if plan.base else "create"
