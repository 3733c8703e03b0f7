"""What to do next with a rollout that is running: pure, so that hours of it are tested in a moment.

`step` is asked again and again, by events and by the clock, in any process. Whatever is to be written comes back as a
Plan from what the Service is now.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.arrival import by_itself, explain_route
from bot.core.counting import counted
from bot.core.errors import BotError
from bot.core.plan import Plan
from bot.core.progress import Mark, Progress, Step
from bot.core.rollout import annotation, judging
from bot.core.rollout.judging import Judgement
from bot.core.rollout.state import KNOBOT, Outcome, Pause, Rollout
from bot.core.rollout.writing import Stopped, forward, giving_back, here, running, running_on, staying, stopped

if TYPE_CHECKING:
    from datetime import datetime

    from bot.core.model import Snapshot
    from bot.core.rollout.judging import Evidence

WATCH = timedelta(seconds=15)
"""How often figures are looked at."""
APART = judging.SHORTEST
"""How far apart two measurements are that count: what comes sooner looks at the same requests."""
BLIND = timedelta(minutes=10)
"""How long after its time a step waits for figures that cannot be had; then a person has to decide."""
IDLE = timedelta(minutes=1)
"""How often a rollout is looked at that nothing is expected of; what happens to the Service comes as an event."""


@dataclass(frozen=True, slots=True)
class Advance:
    """Write the next step."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Finish:
    """Take the state off the Service: what the last step made so stays."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Note:
    """Write how many bad measurements there were, or since when the step counts: the traffic stays."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Ask:
    """Hold it until a person decides, because of `why`."""

    plan: Plan
    why: str


@dataclass(frozen=True, slots=True)
class Back:
    """Give the traffic back, because of `why`."""

    plan: Plan
    why: str


@dataclass(frozen=True, slots=True)
class Wait:
    """It is as it should be: for the time, or for a person."""


@dataclass(frozen=True, slots=True)
class Hold:
    """The next step could be taken now, if it were not for `why`."""

    why: str


Decision = Advance | Finish | Note | Ask | Back | Wait | Hold | Stopped


def step(
    plan: Plan, snapshot: Snapshot, evidence: Evidence, now: datetime, deadline: datetime
) -> tuple[Decision, datetime]:
    """Return what to do, and when to look again.

    Args:
        plan: the one that was written last; its rollout is running.
        snapshot: the Service now.
        evidence: what was seen beside it.
        now: the time.
        deadline: by when the traffic of the present step must have arrived.
    """
    rollout = running(plan)
    stop = stopped(plan, rollout, snapshot)
    if stop:
        return stop, now
    verdict = judging.judge(rollout, snapshot, evidence)
    if verdict.judgement is Judgement.BROKEN:
        return _back(plan, snapshot, verdict.why, now)
    if verdict.judgement is Judgement.BAD:
        return _bad(plan, rollout, snapshot, verdict.why, now)
    if not here(snapshot):
        late = now >= deadline and snapshot.service is not None and not by_itself(snapshot.service)
        return _back(plan, snapshot, _late(plan, rollout, snapshot), now) if late else (Wait(), now + WATCH)
    if rollout.bad and verdict.judgement is Judgement.GOOD:
        return Note(staying(plan, rollout.counted(0, now), snapshot)), now
    begun = _begun(rollout, snapshot, now)
    if begun != rollout.since and rollout.due:
        return Note(staying(plan, replace(rollout, since=begun), snapshot)), now
    again = now + (WATCH if rollout.checks else IDLE)
    due = rollout.due
    if due is None:
        return Wait(), again
    if now < due:
        return Wait(), min(due, again)
    if verdict.judgement is Judgement.BLIND and now >= due + BLIND:
        held = replace(rollout, paused=Pause(KNOBOT, now, verdict.why))
        return Ask(staying(plan, held, snapshot), verdict.why), now
    hold = evidence.barrier or verdict.why
    if hold:
        return Hold(hold), now + WATCH
    following = forward(plan, rollout, rollout.index + 1, snapshot, now)
    return (Advance if running_on(following) else Finish)(following), now


def resumed(plan: Plan, snapshot: Snapshot) -> Plan:
    """Return the plan with the state that stands on the Service, if that is the same rollout: a write has missed it.

    Nothing of what was agreed on is taken over from there: whoever changed that will have stopped it.
    """
    rollout = running_on(plan) or plan.rollout
    found = annotation.running(snapshot.service) if snapshot.service else None
    if rollout is None or found is None:
        return plan
    agreed = replace(
        rollout,
        index=found.index,
        since=found.since,
        paused=found.paused,
        bad=found.bad,
        measured=found.measured,
        outcome=Outcome.RUNNING,
        reason="",
    )
    return replace(plan, rollout=agreed) if agreed == found else plan


def standing(plan: Plan, snapshot: Snapshot, evidence: Evidence, now: datetime, deadline: datetime) -> Progress:
    """Return what a card tells of a rollout that is running."""
    rollout, service = running(plan), snapshot.service
    if service is None:
        return Progress(())
    decision, _ = step(plan, snapshot, evidence, now, deadline)
    arrived = here(snapshot)
    moved = (
        Step(Mark.DONE, "traffic is as wished")
        if arrived
        else Step(Mark.WORKING, f"moving traffic{explain_route(service)}")
    )
    reason = decision.why if isinstance(decision, Hold) else ""
    lines = (moved, *judging.lines(rollout, evidence))
    if rollout.checks and arrived and not reason and (why := judging.judge(rollout, snapshot, evidence).why):
        # Before its time nothing is held up; whoever is waited for shall know why they could not promote it now.
        reason, lines = (why, lines) if rollout.due is None else ("", (*lines, Step(Mark.WAITING, why)))
    return Progress(lines, rollout.revision, reason=reason, routed=tuple(service.shares.items()))


def _begun(rollout: Rollout, snapshot: Snapshot, now: datetime) -> datetime | None:
    """Return since when the present step counts: its traffic may have come, or come back, long after it was written.

    A step that begins in the future was written by a clock that was wrong.
    """
    route = snapshot.service.condition("RoutesReady") if snapshot.service else None
    if rollout.since and route and route.since and rollout.since + WATCH < route.since <= now:
        return route.since
    return now if rollout.since and rollout.since > now + WATCH else rollout.since


def _bad(plan: Plan, rollout: Rollout, snapshot: Snapshot, why: str, now: datetime) -> tuple[Decision, datetime]:
    """Count a bad measurement, once for all who make it at the same time; the last one goes back."""
    if rollout.measured and timedelta() <= now - rollout.measured < APART:
        told = f"{why}, {rollout.bad} of {counted(rollout.failures, 'bad measurement')} that give the traffic back"
        return Hold(told), min(now + WATCH, rollout.measured + APART)
    bad = rollout.bad + 1
    if bad >= rollout.failures:
        times = f", {counted(bad, 'bad measurement')} in a row" if bad > 1 else ""
        return _back(plan, snapshot, f"{why}{times}", now)
    return Note(staying(plan, rollout.counted(bad, now), snapshot)), now


def _back(plan: Plan, snapshot: Snapshot, why: str, now: datetime) -> tuple[Decision, datetime]:
    try:
        return Back(giving_back(plan, running(plan), snapshot, Outcome.FAILED, why), why), now
    except BotError as error:
        return Hold(f"{why}; {error.message}"), now + WATCH


def _late(plan: Plan, rollout: Rollout, snapshot: Snapshot) -> str:
    route = explain_route(snapshot.service) if snapshot.service else ""
    return f"the traffic of {plan.key} did not become {rollout.percent}% {rollout.revision} in time{route}"
