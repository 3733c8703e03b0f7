"""Changes: asked for, approved, written. Each step is stored before the next begins, so a crash loses nothing.

    propose ─▶ PENDING ─▶ vote … ─▶ APPROVED ─▶ carry_out ─▶ APPLYING ─▶ write ─▶ ROLLING, which `following` watches

The card in the channel is shown after the store knows; where showing fails, a later tick shows it. Nothing is written
to a cluster before the channel has seen what will be.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core import building, deploying, duration, making
from bot.core import plan as plans
from bot.core.change import Change, Event, Person, State, Votes, advance
from bot.core.commands import Address, ChangeCommand, Undo
from bot.core.errors import BotError, NotFound, Refused, Stale, Unavailable
from bot.core.holds import Held
from bot.core.language.parse import redact
from bot.core.policy import NeedsApproval
from bot.core.progress import Progress
from bot.core.rollout import stepping
from bot.core.staleness import conditional
from bot.core.warming import AWAKE_WITHIN
from bot.operations import acting, planning
from bot.operations.cards import refresh, show
from bot.operations.evidence import objection
from bot.operations.holding import let_pass, let_plan_pass
from bot.operations.warming import heat, leave
from bot.operations.world import World, authorize, authorize_plan, intent, present

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.core.commands import ChangeCommand
    from bot.core.model import ServiceKey
    from bot.core.plan import Plan
    from bot.core.ports import Addressee

log = logging.getLogger(__name__)

CONFIRMATION = timedelta(minutes=10)
"""How long a change that loses something waits for the person who asked for it to confirm it."""
SLACK = timedelta(minutes=1)
"""How much longer than Knative itself a change waits for a Revision, so that it can tell what Knative says of it."""
ANSWERED_WITHIN = timedelta(minutes=2)
"""How long an approved change is tried while the cluster does not answer; after that it must be asked for again."""


def propose(world: World, command: ChangeCommand, to: Addressee, text: str, seen: int | None = None) -> Change:
    """Plan `command`, store it, show it, and carry it out if nobody has to approve it.

    `seen` is the generation of the Service that the person had before their eyes, 0 for none; None does not ask.

    Raises:
        Stale: the Service is no longer as they saw it.
    """
    key = planning.subject(world, command, to)
    wait = getattr(command, "wait", None)

    def planned(request: plans.Request) -> Plan:
        plan = planning.planned(world, command, key, request)
        if seen is not None and seen != (plan.base.generation if plan.base else 0):
            raise Stale(f"{key} was changed in the meantime.", "Nothing was written. Look at it again.")
        return plan

    return _propose(world, command.verb, key, to, text, planned, wait, command.override)


def propose_undo(
    world: World, key: ServiceKey, to: Addressee, text: str, expected: str | None = None, command: Undo | None = None
) -> Change:
    """Plan to take back the last change of a Service; `expected` is the id of the change that a button was under."""
    wish = command or Undo(Address(key.name, key.namespace, key.cluster))

    def planned(request: plans.Request) -> Plan:
        return planning.undoing(world, key, request, expected, force=wish.force)

    return _propose(world, wish.verb, key, to, text, planned, None, wish.override)


def _propose(
    world: World,
    verb: str,
    key: ServiceKey,
    to: Addressee,
    text: str,
    planned: Callable[[plans.Request], Plan],
    wait: timedelta | None,
    override: str,
) -> Change:
    decision = authorize(world, to, intent(verb, to.channel, key), text)
    overridden = let_pass(world, key, to.person, to.channel, redact(override))
    plan = planned(plans.Request(to.person.team, to.person.user, to.channel, text, to.thread))
    decision = authorize_plan(world, to, plan, decision, text)
    if overridden:
        plan = plans.sealed(replace(plan, override=redact(override), notes=(*overridden, *plan.notes)))
    let_plan_pass(world, plan)
    acting.check(world, plan)
    now = world.clock.now()
    if isinstance(decision, NeedsApproval):
        votes, state, deadline = Votes(decision.count, decision.group), State.PENDING, now + decision.within
    elif plan.loses:
        votes, state, deadline = Votes(), State.PENDING, now + CONFIRMATION
    else:
        votes, state, deadline = Votes(), State.APPROVED, now + ANSWERED_WITHIN
    change = Change(world.clock.token(), plan, state, votes, now, deadline, wait=wait)
    world.store.add(change)
    try:
        shown = show(world, change)
    except Refused as error:
        event = Event.WITHDRAW if change.state is State.PENDING else Event.REFUSE
        world.store.move(change, advance(change, event, None, error.message), event.value)
        raise
    except Unavailable as error:
        log.warning("The card of change %s could not be posted; a later tick tries again.", change.id)
        raise Unavailable(f"{error.message} Your wish is kept.", "It goes on when Slack answers.") from error
    return carry_out(world, shown) if shown.state is State.APPROVED else shown


def carry_out(world: World, change: Change) -> Change:
    """Write an approved change; the right of the person who asked for it is checked once more.

    A change that another thread or process has taken on is returned as it is, and so is one whose requester cannot be
    looked up now: it is approved, and a later tick carries it out.
    """
    try:
        why = objection(world, change)
    except Unavailable as error:
        log.warning("Change %s waits: who asked for it cannot be looked up: %s", change.id, error)
        return change
    if why:
        return settle(world, change, Event.REFUSE, None, why)
    if change.plan.warms and change.state is State.APPROVED:
        return _warm(world, change)
    now = world.clock.now()
    begun = advance(
        change,
        Event.BEGIN,
        change.actor,
        change.reason,
        plan=making.begun(change.plan, now),
        deadline=now + ANSWERED_WITHIN,
    )
    if not world.store.move(change, begun, "begin"):
        return change
    try:
        return write(world, begun)
    except Unavailable as error:
        log.warning("Change %s is not written yet: %s", change.id, error)
        refresh(
            world, replace(begun, reason=f"{error.message} Knobot tries again for {duration.words(ANSWERED_WITHIN)}.")
        )
        return begun


def _warm(world: World, change: Change) -> Change:
    """Begin to wake pods; whoever follows the change goes on with it."""
    begun = advance(change, Event.WARM, change.actor, deadline=world.clock.now() + AWAKE_WITHIN)
    if not world.store.move(change, begun, "warm"):
        return change
    return warm(world, begun, lambda progress: refresh(world, begun, progress))


def warm(world: World, change: Change, tell: Callable[[Progress], object]) -> Change:
    """Go on waking pods and `tell` how far that is, or write the change when it is time.

    Safe to repeat; while the cluster does not answer, nothing happens until the time is up.
    """
    try:
        progress = heat(world, change)
    except Stale as error:
        return settle(world, change, Event.MOVED, None, error.whole)
    except Unavailable as error:
        if world.clock.now() < change.deadline:
            log.warning("Change %s cannot wake pods now: %s", change.id, error)
            return change
        progress = Progress((), outcome=Event.BEGIN)
    if progress.outcome is None:
        tell(progress)
        return change
    return carry_out(world, replace(change, reason=progress.reason))


def resume(world: World, change: Change) -> None:
    """Write a change again whose result nobody has stored, unless it was not written and is held back by now.

    Raises:
        Unavailable: it may not be written yet.
    """
    if not world.knative.applied(change.plan) and not plans.returned(change.plan):
        try:
            let_plan_pass(world, change.plan)
        except Held as error:
            if change.underway:
                missed(world, change, error.message)
            else:
                settle(world, change, Event.REFUSE, None, error.message)
            return
    write(world, change)


def write(world: World, change: Change) -> Change:
    """Write a change whose intent is stored, and store what came of it. Safe to repeat.

    Raises:
        Unavailable: it may not be written yet; `following` repeats it.
    """
    try:
        written = acting.apply(world, change.plan)
    except Stale as error:
        return missed(world, change) if change.underway else settle(world, change, Event.MOVED, None, error.whole)
    except Unavailable:
        raise
    except BotError as error:
        return settle(world, change, Event.FAILED if change.underway else Event.REFUSE, None, str(error))
    slow = deploying.patience(change.plan.after.template) if change.plan.new_revision else None
    if building.builds(change.plan):
        slow = building.BUILT_WITHIN
    wait = change.wait or max(world.configuration.wait, (slow or timedelta()) + SLACK)
    generation = written.generation if written else 0
    wrote = advance(
        change, Event.WROTE, change.actor, change.reason, generation=generation, deadline=world.clock.now() + wait
    )
    if world.store.move(change, wrote, Event.WROTE.value):
        refresh(world, wrote)
        return wrote
    return change


def missed(world: World, change: Change, reason: str = "") -> Change:
    """Go on with a rollout in steps whose next plan was not written: what to do is decided anew, on what is there."""
    plan = stepping.resumed(change.plan, world.knative.snapshot(change.plan.key))
    wait = change.wait or world.configuration.wait
    after = advance(change, Event.MISSED, None, reason, plan=plan, deadline=world.clock.now() + wait)
    if world.store.move(change, after, Event.MISSED.value):
        refresh(world, after)
        return after
    return change


def settle(world: World, change: Change, event: Event, actor: Person | None, reason: str) -> Change:
    """Move a change by `event` and show it; one that somebody else has moved meanwhile is left to them."""
    after = advance(change, event, actor, reason)
    if world.store.move(change, after, event.value):
        if change.state in (State.WARMING, State.APPLYING):
            leave(world, change)
        refresh(world, after)
        return after
    return change


def check_base(world: World, change: Change) -> None:
    """Refuse to go on with what was planned on a state that is gone, and end it.

    A change that somebody else has moved meanwhile may have moved the Service itself: whoever goes on with it here
    finds that out by their own move, which fails.

    Raises:
        Stale: the change is ended.
    """
    try:
        conditional(change.plan, present(world, change.plan))
    except Stale as error:
        if settle(world, change, Event.MOVED, None, error.whole) is not change:
            raise


def known(world: World, identity: str, to: Addressee) -> Change:
    """Return the change that a button stands for, if it stands in the channel where the change was asked for.

    Raises:
        NotFound: code "unknown-change".
    """
    change = world.store.change(identity)
    if change is None or change.plan.request.channel != to.channel or change.requester.team != to.person.team:
        raise NotFound("Knobot does not know this change.", "Ask for it again.", code="unknown-change")
    return change
