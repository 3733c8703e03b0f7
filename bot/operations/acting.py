"""As whom a change goes to its cluster, wherever one is written, tried or looked at beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.acting import acting, verb
from bot.core.change import Person
from bot.core.domains import opening
from bot.core.errors import Refused

if TYPE_CHECKING:
    from bot.core.acting import Acting
    from bot.core.model import Service, Stored
    from bot.core.plan import Plan
    from bot.operations.world import World


def as_requester(world: World, plan: Plan) -> Acting | None:
    """Return as whom `plan` is written: the person who asked for it, None for Knobot itself.

    Raises:
        Unavailable: Slack does not say who they are now.
    """
    if plan.key.cluster not in world.configuration.impersonating:
        return None
    actor = world.directory.actor(Person(plan.request.team, plan.request.user), plan.request.channel)
    return acting(actor, world.configuration.policy)


def apply(world: World, plan: Plan) -> Service | Stored | None:
    """Write `plan`, and before it what it needs; see the port. Each of the writes may be repeated."""
    who, first = as_requester(world, plan), opening(plan)
    if first is not None:
        world.knative.apply(first, who)
    return world.knative.apply(plan, who)


def rehearse(world: World, plan: Plan) -> Service | Stored | None:
    """Try `plan`, and before it what it needs; see the port."""
    who, first = as_requester(world, plan), opening(plan)
    if first is not None:
        world.knative.rehearse(first, who)
    return world.knative.rehearse(plan, who)


def check(world: World, plan: Plan) -> None:
    """Let a person learn before they ask, and before others approve, that the cluster's own rules say no.

    Raises:
        Refused: they do; that is in the audit log.
    """
    who, request, first = as_requester(world, plan), plan.request, opening(plan)
    if who is None:
        return
    for each in (plan, first) if first else (plan,):
        if world.knative.permits(each, who):
            continue
        reason = f"Kubernetes does not let {who.user} {verb(each)} {each.subject}."
        asker = Person(request.team, request.user)
        world.store.refused(asker, request.channel, request.text, reason, world.clock.now())
        raise Refused(
            reason,
            f"A RoleBinding for {' or '.join((who.user, *who.groups))} would allow it.",
            code="rbac",
        )
