"""A dry run: the plan of a wish, checked by the cluster, shown to the person who asks, and kept nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.answers import Rehearsed
from bot.core.change import Votes
from bot.core.commands import Steer, Undo
from bot.core.holds import NOTHING
from bot.core.model import Service
from bot.core.plan import Request
from bot.core.policy import NeedsApproval
from bot.operations import acting, planning, steering
from bot.operations.holding import holding
from bot.operations.world import authorize, authorize_plan, intent

if TYPE_CHECKING:
    from bot.core.commands import ChangeCommand
    from bot.core.ports import Addressee
    from bot.operations.world import World


def rehearse(world: World, command: ChangeCommand | Steer | Undo, to: Addressee, text: str) -> Rehearsed:
    """Return what `command` would do.

    Nobody is asked: approvals that it would need, locks and freezes that would hold it back, are told.

    Raises:
        Refused: the policy or the cluster says no. Invalid: Knative would refuse it. NoChange: it is so already.
    """
    request = Request(to.person.team, to.person.user, to.channel, text, to.thread)
    if isinstance(command, Undo):
        key = world.configuration.key(command.service, to.channel)
        decision = authorize(world, to, intent(command.verb, to.channel, key), text)
        plan = planning.undoing(world, key, request, force=command.force)
    elif isinstance(command, Steer):
        key = world.configuration.key(command.service, to.channel)
        decision = authorize(world, to, intent(command.verb, to.channel, key), text)
        plan = steering.rehearsed(world, command, to, request)
    else:
        key = planning.subject(world, command, to)
        decision = authorize(world, to, intent(command.verb, to.channel, key), text)
        plan = planning.planned(world, command, key, request)
    decision = authorize_plan(world, to, plan, decision, text)
    found = acting.rehearse(world, plan)
    spec = plan.new_revision or plan.moves_traffic
    unseen = isinstance(found, Service) and plan.base is not None and spec and found.generation == plan.base.generation
    votes = Votes(decision.count, decision.group) if isinstance(decision, NeedsApproval) else Votes()
    holds, actor = holding(world, key), world.directory.actor(to.person, to.channel)
    held = holds.stops(actor, command.override, world.configuration.policy)
    return Rehearsed(plan, votes, holds if held else NOTHING, unseen)
