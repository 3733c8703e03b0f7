"""What to do next with a rollout that is running: pure, so that hours of it are tested in a moment.

`step` is asked again and again, by events and by the clock, in any process; persons' words go through `promote`,
`pause`, `resume` and `abort`. Whatever is to be written comes back as a Plan from what the Service is now.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core import making, traffic
from bot.core.arrival import arrived, by_itself, explain_route
from bot.core.errors import BotError, Invalid, NoChange, Refused, Stale
from bot.core.plan import Plan
from bot.core.progress import Mark, Progress, Step
from bot.core.rollout import annotation, judging
from bot.core.rollout.judging import Judgement
from bot.core.rollout.state import Outcome, Pause, Rollout
from bot.core.staleness import changed_by

if TYPE_CHECKING:
    from datetime import datetime

    from bot.core.model import Snapshot
    from bot.core.rollout.judging import Evidence

WATCH = timedelta(seconds=15)
"""How often figures are looked at."""
IDLE = timedelta(minutes=1)
"""How often a rollout is looked at that nothing is expected of; what happens to the Service comes as an event."""


@dataclass(frozen=True, slots=True)
class Advance:
    """Write the next step."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Finish:
    """Write the last step, and take the state off the Service with it."""

    plan: Plan


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


@dataclass(frozen=True, slots=True)
class Stopped:
    """Somebody else has changed what it is about, and it leaves that as it is.

    `plan` takes what is left of the state off the Service; None where nothing is left.
    """

    why: str
    plan: Plan | None = None


Decision = Advance | Finish | Back | Wait | Hold | Stopped


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
    stop = _stop(plan, rollout, snapshot)
    if stop:
        return stop, now
    verdict = judging.judge(rollout, snapshot, evidence)
    if verdict.judgement is Judgement.BAD:
        return _back(plan, snapshot, verdict.why, now)
    if not _arrived(snapshot):
        late = now >= deadline and snapshot.service is not None and not by_itself(snapshot.service)
        return _back(plan, snapshot, _late(plan, rollout, snapshot), now) if late else (Wait(), now + WATCH)
    again = now + (WATCH if rollout.checks else IDLE)
    due = rollout.due
    if due is None:
        return Wait(), again
    if now < due:
        return Wait(), min(due, again)
    hold = evidence.barrier or verdict.why
    if hold:
        return Hold(hold), now + WATCH
    following = _forward(plan, rollout, rollout.index + 1, snapshot, now)
    return (Advance if running_on(following) else Finish)(following), now


def promote(
    plan: Plan, snapshot: Snapshot, evidence: Evidence, now: datetime, *, full: bool = False, skip: bool = False
) -> Plan:
    """Return the plan of the next step, or of the last one if `full`; `skip` does not ask what the figures say.

    Raises:
        Stale: somebody else has changed the Service. Invalid: it is not good, or that cannot be told, or the present
            step has not arrived. Refused: a lock or a freeze.
    """
    rollout = _ours(plan, snapshot)
    verdict = judging.judge(rollout, snapshot, evidence)
    if evidence.barrier:
        raise Refused(evidence.barrier, code="held")
    if not _arrived(snapshot):
        raise Invalid("The traffic of this step is still on its way.", "Try again in a moment.", code="on-its-way")
    if verdict.judgement is not Judgement.GOOD and not (skip and verdict.forgivable):
        name = plan.key.name
        hint = f"`promote {name} --skip` goes on in spite of it; `abort {name}` goes back."
        raise Invalid(f"Not yet: {verdict.why}.", hint if verdict.forgivable else f"`abort {name}` goes back.")
    return _forward(plan, rollout, len(rollout.steps) - 1 if full else rollout.index + 1, snapshot, now)


def pause(plan: Plan, snapshot: Snapshot, by: str, now: datetime) -> Plan:
    """Return the plan that holds the rollout where it is. What is bad still goes back.

    Raises:
        Stale: somebody else has changed the Service. NoChange: it is held already.
    """
    rollout = _ours(plan, snapshot)
    if rollout.paused:
        raise NoChange("This rollout is paused already.", f"`resume {plan.key.name}` lets it go on.")
    return making.proceed(plan, replace(rollout, paused=Pause(by, now)), _present(snapshot), snapshot)


def resume(plan: Plan, snapshot: Snapshot, now: datetime) -> Plan:
    """Return the plan that lets it go on; the time of its step begins anew.

    Raises:
        Stale: somebody else has changed the Service. NoChange: nobody holds it.
    """
    rollout = _ours(plan, snapshot)
    if rollout.paused is None:
        raise NoChange("This rollout is not paused.", f"`promote {plan.key.name}` takes the next step.")
    return making.proceed(plan, replace(rollout, paused=None, since=now), _present(snapshot), snapshot)


def abort(plan: Plan, snapshot: Snapshot) -> Plan:
    """Return the plan that gives the traffic back.

    Raises:
        Stale: somebody else has changed the Service. Invalid: who had the traffic is gone.
    """
    return _return(plan, _ours(plan, snapshot), snapshot, Outcome.ABORTED, "")


def resumed(plan: Plan, snapshot: Snapshot) -> Plan:
    """Return the plan with the state that stands on the Service, if that is the same rollout: a write has missed it.

    Nothing of what was agreed on is taken over from there: whoever changed that will have stopped it.
    """
    rollout = running_on(plan) or plan.rollout
    found = annotation.running(snapshot.service) if snapshot.service else None
    if rollout is None or found is None:
        return plan
    agreed = replace(
        rollout, index=found.index, since=found.since, paused=found.paused, outcome=Outcome.RUNNING, reason=""
    )
    return replace(plan, rollout=agreed) if agreed == found else plan


def standing(plan: Plan, snapshot: Snapshot, evidence: Evidence, now: datetime, deadline: datetime) -> Progress:
    """Return what a card tells of a rollout that is running."""
    rollout, service = running(plan), snapshot.service
    if service is None:
        return Progress(())
    decision, _ = step(plan, snapshot, evidence, now, deadline)
    here = _arrived(snapshot)
    moved = (
        Step(Mark.DONE, "traffic is as wished")
        if here
        else Step(Mark.WORKING, f"moving traffic{explain_route(service)}")
    )
    reason = decision.why if isinstance(decision, Hold) else ""
    if not reason and rollout.checks and here:
        reason = judging.judge(rollout, snapshot, evidence).why
    lines = (moved, *judging.lines(rollout, evidence))
    return Progress(lines, rollout.revision, reason=reason, routed=tuple(service.shares.items()))


def running(plan: Plan) -> Rollout:
    """Return the rollout of a plan that has one."""
    if plan.rollout is None:
        raise TypeError("the plan is no step of a rollout")
    return plan.rollout


def running_on(plan: Plan) -> Rollout | None:
    """Return the rollout of a plan, if it goes on after the plan was written."""
    return plan.rollout if plan.rollout and plan.rollout.running else None


def _ours(plan: Plan, snapshot: Snapshot) -> Rollout:
    rollout = running(plan)
    stop = _stop(plan, rollout, snapshot)
    if stop:
        raise Stale(stop.why, f"`status {plan.key.name}` shows what is there.")
    return rollout


def _stop(plan: Plan, rollout: Rollout, snapshot: Snapshot) -> Stopped | None:
    """Return that somebody else has changed what the rollout is about, who and what; None where nobody has."""
    service = snapshot.service
    if service is None or service.deleting or (plan.base and service.uid != plan.base.uid):
        return Stopped(f"{plan.key} was deleted.")
    noted = service.annotations.get(annotation.ROLLOUT)
    who = changed_by(service, plan.id)
    if traffic.percents(service.traffic) != rollout.shares:
        now = ", ".join(f"{percent}% {where}" for where, percent in traffic.percents(service.traffic).items())
        why = f"{who} changed the traffic of {plan.key}: it is now {now}."
    elif noted is None:
        why = f"{who} took the rollout off {plan.key}."
    elif noted != annotation.write(rollout):
        why = f"Somebody changed what is noted about the rollout on {plan.key}."
    else:
        return None
    if noted is None:
        return Stopped(why)
    return Stopped(why, making.proceed(plan, rollout.ended(Outcome.STOPPED, why), _present(snapshot), snapshot))


def _back(plan: Plan, snapshot: Snapshot, why: str, now: datetime) -> tuple[Decision, datetime]:
    try:
        return Back(_return(plan, running(plan), snapshot, Outcome.FAILED, why), why), now
    except BotError as error:
        return Hold(f"{why}; {error.message}"), now + WATCH


def _return(plan: Plan, rollout: Rollout, snapshot: Snapshot, outcome: Outcome, why: str) -> Plan:
    targets = rollout.back(_present(snapshot))
    for target in targets:
        if target.percent and target.revision and snapshot.revision(target.revision) is None:
            raise Invalid(f"{target.revision} no longer exists, so its traffic cannot be given back.")
    return making.proceed(plan, rollout.ended(outcome, why), targets, snapshot)


def _forward(plan: Plan, rollout: Rollout, index: int, snapshot: Snapshot, now: datetime) -> Plan:
    further = rollout.at(index, now)
    leads = snapshot.service.latest_ready if snapshot.service else None
    targets = further.targets(_present(snapshot), leads)
    return making.proceed(plan, further.ended(Outcome.FINISHED) if further.last else further, targets, snapshot)


def _present(snapshot: Snapshot) -> traffic.Targets:
    return tuple(replace(target, url=None) for target in snapshot.service.traffic) if snapshot.service else ()


def _arrived(snapshot: Snapshot) -> bool:
    return snapshot.service is not None and arrived(snapshot.service)


def _late(plan: Plan, rollout: Rollout, snapshot: Snapshot) -> str:
    route = explain_route(snapshot.service) if snapshot.service else ""
    return f"the traffic of {plan.key} did not become {rollout.percent}% {rollout.revision} in time{route}"
