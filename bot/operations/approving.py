"""What people decide about a change that waits: yes, no, not any more; and to ask once more for one that ended unmade.

The right to decide is looked at at each click, for the channel in which it is made.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.answers import Declined, Voted
from bot.core.change import REPEATABLE, Change, Event, State, advance, ended, vote
from bot.core.change import confirm as confirmed
from bot.core.commands import ChangeCommand
from bot.core.errors import Invalid, Refused
from bot.core.language.parse import parse, redact
from bot.core.panels import DeclinePanel, Ticket
from bot.core.plan import returned
from bot.core.policy import NeedsApproval, may_approve
from bot.core.template import HIDDEN
from bot.operations.cards import refresh, tell
from bot.operations.changes import ANSWERED_WITHIN, carry_out, check_base, known, settle
from bot.operations.holding import let_plan_pass
from bot.operations.world import World, authorize, plan_intent

if TYPE_CHECKING:
    from bot.core.ports import Addressee


def approve(world: World, identity: str, to: Addressee) -> None:
    """Count the approval of one person, and carry the change out if it was the last one needed.

    Raises:
        Refused: own request, no right to approve, approved already, too late. Stale: the Service has been changed.
    """
    while True:
        change = _at_hand(world, identity, to)
        after = vote(change, to.person)
        _check_approver(world, change, to)
        let_plan_pass(world, change.plan)
        check_base(world, change)
        after = replace(after, deadline=world.clock.now() + ANSWERED_WITHIN) if after.state is State.APPROVED else after
        if world.store.move(change, after, "approve"):
            break
    if after.state is State.APPROVED:
        carry_out(world, after)
    else:
        refresh(world, after)
        world.channel.answer(to, Voted(after))


def confirm(world: World, identity: str, to: Addressee) -> None:
    """Carry out what loses something, by the word of the person who asked for it; their right is looked at again.

    Raises:
        Refused: somebody else's request, no right any more, too late. Stale: the Service has been changed.
    """
    while True:
        change = _at_hand(world, identity, to)
        after = confirmed(change, to.person)
        decision = authorize(world, to, plan_intent(change.plan), change.plan.request.text)
        if isinstance(decision, NeedsApproval):
            raise Refused("By now this needs the approval of others.", "Ask for it again.", code="no-approver")
        let_plan_pass(world, change.plan)
        check_base(world, change)
        after = replace(after, deadline=world.clock.now() + ANSWERED_WITHIN)
        if world.store.move(change, after, "confirm"):
            break
    carry_out(world, after)


def ask_why(world: World, identity: str, to: Addressee) -> None:
    """Ask somebody who could approve a pending change why they decline it, in a modal.

    Raises:
        Refused: no right to, too late. Unavailable: the click is too long ago for Slack to open a modal.
    """
    change = _at_hand(world, identity, to)
    _check_approver(world, change, to)
    world.panels.open(to, DeclinePanel(change), Ticket(to.channel, to.thread, text=identity))


def decline(world: World, identity: str, reason: str, to: Addressee) -> None:
    """End a pending change by the word of somebody who could have approved it; who asked for it is told why.

    Raises:
        Refused: no right to, too late. Invalid: there is no reason.
    """
    change = _at_hand(world, identity, to)
    _check_approver(world, change, to)
    if not reason.strip():
        raise Invalid("A reason is needed.", "Whoever asked wants to know what to do instead.")
    ended_by_hand = _end_by_hand(world, identity, to, Event.DECLINE, redact(reason.strip()))
    tell(world, ended_by_hand, Declined(ended_by_hand))


def withdraw(world: World, identity: str, to: Addressee) -> None:
    """End a pending change by the word of the person who asked for it."""
    change = _at_hand(world, identity, to)
    if to.person != change.requester:
        raise Refused("Only the person who asked for this change can withdraw it.", "An approver can decline it.")
    _end_by_hand(world, identity, to, Event.WITHDRAW, "")


def again(world: World, identity: str, to: Addressee) -> tuple[ChangeCommand, str]:
    """Return what a change asked for that ended unmade, to be planned on what is there now, and its text."""
    change = known(world, identity, to)
    if change.state not in REPEATABLE and not (change.state.final and returned(change.plan)):
        raise Refused(
            "This change can still be made, or was made.",
            "Type the command once more to ask for it again.",
            code="already",
        )
    text = change.plan.request.text
    if HIDDEN in text:
        raise Invalid("That command had a secret value, which Knobot does not keep.", "Type it once more.")
    if change.plan.verb == "undo":
        raise Invalid("An undo cannot be planned again: what it would take back is no longer the last change.")
    command = parse(text, world.configuration.aliases)
    if not isinstance(command, ChangeCommand):
        raise Invalid("That command means something else by now.", "Type it once more.")
    return command, text


def _at_hand(world: World, identity: str, to: Addressee) -> Change:
    """Return a change that is still pending; one whose time is up is ended first."""
    change = known(world, identity, to)
    if change.state is not State.PENDING:
        raise Refused(ended(change), "Nothing was changed by this click.", code="already")
    if world.clock.now() >= change.deadline:
        expired = settle(world, change, Event.EXPIRE, None, "")
        raise Refused(ended(expired), "Ask for it again.", code="expired")
    return change


def _check_approver(world: World, change: Change, to: Addressee) -> None:
    actor = world.directory.actor(to.person, to.channel)
    if may_approve(change.votes.group, plan_intent(change.plan), actor, world.configuration.policy):
        return
    whose = f"people of {change.votes.group} may" if change.votes.group else "those who may do it themselves may"
    reason = f"You may not decide on this change: {whose}."
    raise Refused(reason, "Nothing was changed by this click.", code="no-approver")


def _end_by_hand(world: World, identity: str, to: Addressee, event: Event, reason: str) -> Change:
    while True:
        change = _at_hand(world, identity, to)
        after = advance(change, event, to.person, reason)
        if world.store.move(change, after, event.value):
            refresh(world, after)
            return after
