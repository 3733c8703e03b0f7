"""Rollouts in steps: what is agreed on, and the card while it goes up; its other moments are those of any change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.blocks import mrkdwn
from bot.blocks.bars import bars, told
from bot.blocks.message import Button, Buttons, Message, Part, compose, prose, table
from bot.core import duration
from bot.core.change import Person, State
from bot.core.rollout.state import KNOBOT, Outcome
from bot.core.traffic import shares

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.core.answers import Steered
    from bot.core.change import Change
    from bot.core.progress import Progress
    from bot.core.rollout.state import Rollout

_ACTOR = re.compile(r"slack:(\w+)/(\w+)\Z")
_SAID = {"promote": "goes to step", "pause": "is paused at step", "resume": "goes on at step"}


def who(signature: str) -> str:
    """Return a mention of who is noted on an object as slack:TEAM/USER, or what else is noted there."""
    if signature == KNOBOT:
        return "Knobot"
    found = _ACTOR.match(signature)
    return mrkdwn.person(Person(found[1], found[2])) if found else mrkdwn.code(signature, 80)


def agreement(rollout: Rollout) -> list[str]:
    """Return what a person agrees to: the steps, what they wait for, and what is checked."""
    steps = " → ".join(f"{percent}%" for percent in rollout.steps)
    up = f"Steps: {steps} for {mrkdwn.prose(rollout.revision, 70)}, {_pace(rollout)}"
    until = f"for another {duration.words(rollout.every)}" if rollout.every else "until somebody says that it is done"
    baked = f"At {rollout.steps[-1]}% it is watched {until}, and done after that."
    return [up, *([baked] if rollout.bakes else []), *_checked(rollout)]


def headline(change: Change, rollout: Rollout, progress: Progress | None) -> str:
    """Say in one line where a rollout is that is running."""
    where = f"{mrkdwn.bold(str(change.plan.key))}: {place(rollout)}"
    if rollout.paused:
        why = f": {mrkdwn.prose(rollout.paused.why)}" if rollout.paused.why else ""
        return f":double_vertical_bar: {where}, paused by {who(rollout.paused.by)}{why}"
    if progress and progress.reason:
        return f":warning: {where}, on hold: {mrkdwn.prose(progress.reason)}"
    return f":hourglass_flowing_sand: {where}"


def place(rollout: Rollout) -> str:
    """Return where a rollout is, as in step 2 of 4, 25% hello-00004."""
    return f"step {rollout.index + 1} of {len(rollout.steps)}, {rollout.percent}% {mrkdwn.prose(rollout.revision, 70)}"


def body(change: Change, rollout: Rollout, progress: Progress | None, lines: list[str]) -> Iterator[Part]:
    """Yield what is below: the steps, what is waited for, the traffic, and how the Revision does."""
    yield prose(_ladder(rollout), waits(rollout, held=bool(progress and progress.reason)))
    leads = change.plan.leads or "@latest"
    now = dict(progress.routed) if progress and progress.routed else rollout.shares
    yield table(*bars(now, shares(rollout.base, leads)))
    trouble = [mrkdwn.prose(change.reason)] if change.reason and change.state is State.APPLYING else []
    yield prose(*lines, *trouble)
    yield prose(f"Back leads to {told(shares(rollout.base, leads))}.", *_checked(rollout))


def ended(change: Change) -> str:
    """Say in one line how a rollout went that has gone back, or is about to; what serves stands below."""
    rollout = change.plan.rollout
    if rollout is None:
        return ""
    back = told(shares(rollout.base, change.plan.leads or "@latest"))
    gone = f"The traffic {'is' if change.state.final else 'goes'} back: {back}"
    where = mrkdwn.bold(str(change.plan.key))
    if rollout.outcome is Outcome.FAILED:
        return f":x: {where}: {mrkdwn.prose(rollout.reason)}. {gone}"
    by = mrkdwn.person(change.actor) if change.actor else "somebody"
    return f":leftwards_arrow_with_hook: {where}: {by} aborted at {rollout.percent}%. {gone}"


def ending(change: Change) -> str:
    """Say what the last write of a rollout is for, as long as it has not come true; "" for other changes."""
    rollout = change.plan.rollout
    if rollout is None or rollout.running:
        return ""
    if rollout.outcome is Outcome.STOPPED:
        return f":fast_forward: {mrkdwn.prose(rollout.reason)}"
    if rollout.outcome is not Outcome.FINISHED:
        return ended(change)
    where = mrkdwn.bold(str(change.plan.key))
    return (
        f":hourglass_flowing_sand: {where}: the rollout ends at {rollout.percent}% {mrkdwn.prose(rollout.revision, 70)}"
    )


def finished(change: Change) -> str:
    """Say how a rollout that came to its end went, in one line."""
    rollout = change.plan.rollout
    if rollout is None or rollout.outcome is not Outcome.FINISHED:
        return ""
    return f": the rollout is done, {rollout.percent}% {mrkdwn.prose(rollout.revision, 70)}"


def buttons(change: Change, rollout: Rollout, progress: Progress | None) -> Buttons:
    """Return the buttons by which a rollout is moved; they carry the version of the card that they stand on."""
    held = bool(rollout.checks and ((progress and progress.reason) or (rollout.paused and rollout.paused.why)))
    row = (
        Button("promote", "Finish" if rollout.last else "Promote", "primary"),
        Button("resume", "Resume") if rollout.paused else Button("pause", "Pause"),
        *([Button("skip", "Skip checks")] if held else []),
        Button("abort", "Abort", "danger"),
    )
    return Buttons(f"change-{change.id}-{change.version}"[:255], f"{change.id}@{change.version}", row)


def steered(answer: Steered) -> Message:
    """Return the confirmation of what was typed about a rollout."""
    change, rollout = answer.change, answer.change.plan.rollout
    where = mrkdwn.bold(str(change.plan.key))
    if rollout is None or rollout.outcome in (Outcome.ABORTED, Outcome.FAILED, Outcome.STOPPED):
        return compose(f"{where} goes back; its card tells when it is so.")
    if rollout.outcome is Outcome.FINISHED:
        return compose(f"{where} ends its rollout at {rollout.percent}%; its card tells when it is so.")
    said = _SAID.get(answer.verb, "is at step")
    return compose(f"{where} {said} {rollout.index + 1} of {len(rollout.steps)}, {rollout.percent}%. {waits(rollout)}")


def waits(rollout: Rollout, *, held: bool = False) -> str:
    """Say what the next step waits for; one that is `held` comes when nothing holds it any more."""
    if rollout.paused:
        by = who(rollout.paused.by)
        ways = "Resume waits once more, Skip checks goes on, Abort goes back" if rollout.paused.why else ""
        return f"Paused by {by} since {mrkdwn.moment(rollout.paused.at)}: {ways or 'Resume lets it go on'}."
    due = rollout.due
    if due and held:
        what = "It is done" if rollout.last else f"Next step: {rollout.steps[rollout.index + 1]}%,"
        return f"{what} not before {mrkdwn.moment(due)}."
    if rollout.last:
        until = f"It is done at {mrkdwn.moment(due)}" if due else "It is done when somebody says so"
        return f"{until}; until then it still goes back by itself if it fails."
    if due is None:
        return "The next step waits for somebody to promote it."
    return f"Next step: {rollout.steps[rollout.index + 1]}% at {mrkdwn.moment(due)}."


def _ladder(rollout: Rollout) -> str:
    return " → ".join(
        f"*{percent}%*" if index == rollout.index else f"{percent}%" for index, percent in enumerate(rollout.steps)
    )


def _pace(rollout: Rollout) -> str:
    if rollout.every is None:
        return "each when somebody promotes it"
    hours = (
        f", on weekdays {rollout.weekdays} {mrkdwn.prose(rollout.weekdays.timezone, 60)}" if rollout.weekdays else ""
    )
    gates = (
        f"; at {', '.join(f'{percent}%' for percent in rollout.gates)} somebody has to promote it"
        if rollout.gates
        else ""
    )
    return f"every {duration.words(rollout.every)}{hours}{gates}"


def _checked(rollout: Rollout) -> list[str]:
    if not rollout.checks:
        return []
    listed = ", ".join(f"{check.name} {mrkdwn.escape(check.wanted)}" for check in rollout.checks)
    back = f"; {rollout.failures} bad measurements in a row give the traffic back" if rollout.failures > 1 else ""
    return [f"Checked from {rollout.least} requests on: {listed}{back}"]
