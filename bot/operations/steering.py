"""Rollouts in steps: driven by events and the clock, and moved by people's words and clicks.

Each step is a plan of its own that goes through the life of the one change: ROLLING ─▶ APPLYING ─▶ ROLLING. The
compare-and-set on its row lets one of many through, the plan's id makes a write that is repeated one write, and the
audit log has a row before and a row after it. All steps are on behalf of the request that was approved.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from bot.core.answers import Steered
from bot.core.change import Change, Event, State, advance, ended
from bot.core.commands import Abort, Pause, Promote, Resume
from bot.core.errors import NotFound, Refused, Unavailable
from bot.core.policy import NeedsApproval, may_approve
from bot.core.rollout import stepping, writing
from bot.core.rollout.steering import abort, pause, promote, resume
from bot.core.rollout.stepping import Advance, Ask, Back, Finish, Hold, Note, Wait
from bot.core.rollout.writing import Stopped
from bot.operations import changes, planning
from bot.operations.cards import refresh
from bot.operations.evidence import gather
from bot.operations.holding import let_pass
from bot.operations.world import authorize, intent

if TYPE_CHECKING:
    from datetime import datetime

    from bot.core.commands import Steer
    from bot.core.model import ServiceKey
    from bot.core.plan import Plan, Request
    from bot.core.ports import Addressee
    from bot.core.progress import Progress
    from bot.operations.world import World

log = logging.getLogger(__name__)


def look(world: World, change: Change) -> tuple[datetime, Progress | None]:
    """Look at a rollout that is running, and do what is to be done.

    Returns:
        When to look again, and how it stands; None where it has been moved, which is shown already.

    Raises:
        Unavailable: the cluster does not answer.
    """
    now = world.clock.now()
    rollout = writing.running(change.plan)
    snapshot = world.knative.snapshot(change.plan.key)
    evidence = gather(world, change, rollout, now)
    decision, again = stepping.step(change.plan, snapshot, evidence, now, change.deadline)
    match decision:
        case Wait() | Hold():
            return again, stepping.standing(change.plan, snapshot, evidence, now, change.deadline)
        case Advance(plan) | Finish(plan):
            _take(world, change, plan, Event.STEP)
        case Note(plan):
            _take(world, change, plan, Event.NOTE)
        case Ask(plan, why):
            log.warning("The rollout of %s waits for a person: %s", change.plan.key, why)
            _take(world, change, plan, Event.PAUSE)
        case Back(plan, why):
            log.warning("The rollout of %s goes back: %s", change.plan.key, why)
            _take(world, change, plan, Event.BACK, reason=why)
        case Stopped(why, clearing) if clearing:
            _take(world, change, clearing, Event.STOP, reason=why)
        case Stopped(why):
            changes.settle(world, change, Event.SUPERSEDE, None, why)
        case _:
            assert_never(decision)
    return again, None


def steer(world: World, command: Steer, to: Addressee, text: str) -> None:
    """Do what a person typed about a rollout; where none is running, `promote` and `abort` are about a split."""
    key = world.configuration.key(command.service, to.channel)
    change = running(world, key)
    if change is None:
        if isinstance(command, Promote | Abort):
            changes.propose(world, command, to, text)
            return
        authorize(world, to, intent(command.verb, to.channel, key), text)
        raise _none(key)
    move(world, change, command, to, text)
    world.channel.answer(to, Steered(world.store.change(change.id) or change, command.verb), public=to.aloud)


def rehearsed(world: World, command: Steer, to: Addressee, request: Request) -> Plan:
    """Return the plan of what a person types about a rollout, or about a split, without having it written.

    Raises:
        NotFound, Refused, Invalid, Stale: see `steer`.
    """
    key = world.configuration.key(command.service, to.channel)
    change = running(world, key)
    if change:
        return _following(world, change, command, to)[1]
    if isinstance(command, Promote | Abort):
        return planning.planned(world, command, key, request)
    raise _none(key)


def click(world: World, pressed: str, command: Steer, to: Addressee) -> None:
    """Do what a button says, if the card that it stands on is still the present one.

    `pressed` is the id of the change with the version that the card told of, as `button` writes them.

    Raises:
        Refused: the rollout has moved on since; code "already".
    """
    identity, _, version = pressed.partition("@")
    change = changes.known(world, identity, to)
    if change.plan.rollout is None or not change.plan.rollout.running or change.state is not State.ROLLING:
        raise Refused(_over(change), "Nothing was changed by this click.", code="already")
    if str(change.version) != version:
        raise Refused("This rollout has moved on since.", "Look at the card as it is now.", code="already")
    move(world, change, command, to, f"{command.verb} {change.plan.key}")


def running(world: World, key: ServiceKey) -> Change | None:
    """Return the change whose rollout in steps is running on a Service."""
    found = (change for change in world.store.unfinished(key) if change.underway)
    return next((change for change in found if change.plan.rollout and change.plan.rollout.running), None)


def move(world: World, change: Change, command: Steer, to: Addressee, text: str) -> None:
    """Have a rollout moved by a person.

    Raises:
        Refused: no right to, or somebody else was faster. Invalid, Stale: it cannot be moved so.
    """
    _permit(world, change, command, to, text)
    if isinstance(command, Resume):  # a lock or a freeze holds the way up, never the way back
        let_pass(world, change.plan.key, to.person, to.channel, command.override)
    if change.state is not State.ROLLING:
        raise Refused("A step is being written now.", "Try again in a moment.", code="busy")
    event, following = _following(world, change, command, to)
    if not _take(world, change, following, event, to):
        raise Refused("Somebody else has just moved this rollout.", "Look at its card.", code="already")


def _following(world: World, change: Change, command: Steer, to: Addressee) -> tuple[Event, Plan]:
    """Return what a person's word makes of a rollout.

    Raises:
        Refused, Invalid, Stale: it cannot be moved so.
    """
    now, plan = world.clock.now(), change.plan
    snapshot = world.knative.snapshot(plan.key)
    match command:
        case Promote():
            evidence = gather(world, change, writing.running(plan), now, to.person, command.override)
            return Event.PROMOTE, promote(plan, snapshot, evidence, now, full=command.full, skip=command.skip)
        case Pause():
            who = f"slack:{to.person.team}/{to.person.user}"
            return Event.PAUSE, pause(plan, snapshot, who, now)
        case Resume():
            return Event.RESUME, resume(plan, snapshot, now)
        case Abort():
            return Event.ABORT, abort(plan, snapshot)
        case _:
            assert_never(command)


def _permit(world: World, change: Change, command: Steer, to: Addressee, text: str) -> None:
    """Refuse who may not move this rollout.

    What was approved is the whole of its steps: who may ask for the verb may hold it, let it go on, take it back, and
    take the next step when all is well. Faster than was approved it goes by the word of somebody who could have
    approved it, and did not ask for it.
    """
    decision = authorize(world, to, intent(command.verb, to.channel, change.plan.key), text)
    hastens = isinstance(command, Promote) and (command.full or command.skip)
    if not hastens or not isinstance(decision, NeedsApproval):
        return
    actor = world.directory.actor(to.person, to.channel)
    wish = intent(command.verb, to.channel, change.plan.key)
    if to.person != change.requester and may_approve(decision.group, wish, actor, world.configuration.policy):
        return
    whose = f"somebody of {decision.group}" if decision.group else "somebody who may do it themselves"
    raise Refused(
        f"This goes faster than was approved: {whose} has to do it, other than who asked.", code="no-approver"
    )


def _take(
    world: World, change: Change, plan: Plan, event: Event, to: Addressee | None = None, reason: str = ""
) -> bool:
    """Have the next plan of a rollout written; False if somebody else has moved it meanwhile."""
    deadline = world.clock.now() + changes.ANSWERED_WITHIN
    actor = to.person if to else None
    taken = advance(change, event, actor, reason, plan=plan, deadline=deadline)
    if not world.store.move(change, taken, event.value):
        return False
    try:
        changes.write(world, taken)
    except Unavailable as error:
        log.warning("A step of change %s is not written yet: %s", change.id, error)
        refresh(world, replace(taken, reason=error.message))
    return True


def _none(key: ServiceKey) -> NotFound:
    hint = f"`rollout {key.name} latest=10,50,100` begins one."
    return NotFound(f"No rollout in steps is running on {key}.", hint)


def _over(change: Change) -> str:
    if change.state is State.APPLYING:
        return "A step is being written now."
    return ended(change) if change.state is not State.ROLLING else "This rollout has ended."
