"""What a rollout that is running writes next: each a plan from what the Service is now, and whether there may be one.

Nothing of what was agreed on is taken from the Service: it must say to the letter what was written last.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.core import making, traffic, warming
from bot.core.arrival import arrived
from bot.core.errors import Invalid
from bot.core.plan import Plan
from bot.core.rollout import annotation
from bot.core.rollout.state import Outcome, Rollout
from bot.core.staleness import changed_by

if TYPE_CHECKING:
    from datetime import datetime

    from bot.core.model import Snapshot


@dataclass(frozen=True, slots=True)
class Stopped:
    """Somebody else has changed what it is about, and it leaves that as it is.

    `plan` takes what is left of the state off the Service; None where nothing is left.
    """

    why: str
    plan: Plan | None = None


def running(plan: Plan) -> Rollout:
    """Return the rollout of a plan that has one."""
    if plan.rollout is None:
        raise TypeError("the plan is no step of a rollout")
    return plan.rollout


def running_on(plan: Plan) -> Rollout | None:
    """Return the rollout of a plan, if it goes on after the plan was written."""
    return plan.rollout if plan.rollout and plan.rollout.running else None


def stopped(plan: Plan, rollout: Rollout, snapshot: Snapshot) -> Stopped | None:
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
    return Stopped(why, staying(plan, rollout.ended(Outcome.STOPPED, why), snapshot))


def forward(plan: Plan, rollout: Rollout, index: int, snapshot: Snapshot, now: datetime) -> Plan:
    """Return the plan of the step `index`, or of the end: after the last one, or with it where that is not watched."""
    last = len(rollout.steps) - 1
    further = rollout.at(min(index, last), now)
    bare = warming.settled(present(snapshot))
    if index > last or (index == last and not rollout.bakes):
        leads = snapshot.service.latest_ready if snapshot.service else None
        return making.proceed(plan, further.ended(Outcome.FINISHED), further.targets(bare, leads), snapshot)
    targets = further.targets(bare)
    if index == last and snapshot.service:
        there = [where for where, _ in rollout.rest if snapshot.revision(where)]
        targets = warming.kept(targets, there, snapshot.service)
    return making.proceed(plan, further, targets, snapshot)


def giving_back(plan: Plan, rollout: Rollout, snapshot: Snapshot, outcome: Outcome, why: str) -> Plan:
    """Return the plan that gives the traffic back, after which the rollout has ended.

    Raises:
        Invalid: who had the traffic is gone.
    """
    targets = rollout.back(warming.settled(present(snapshot)))
    for target in targets:
        if target.percent and target.revision and snapshot.revision(target.revision) is None:
            raise Invalid(f"{target.revision} no longer exists, so its traffic cannot be given back.")
    return making.proceed(plan, rollout.ended(outcome, why), targets, snapshot)


def staying(plan: Plan, rollout: Rollout, snapshot: Snapshot) -> Plan:
    """Return the plan that notes `rollout` as it is now, and moves nothing."""
    return making.proceed(plan, rollout, present(snapshot), snapshot)


def present(snapshot: Snapshot) -> traffic.Targets:
    """Return spec.traffic as it is."""
    return tuple(replace(target, url=None) for target in snapshot.service.traffic) if snapshot.service else ()


def here(snapshot: Snapshot) -> bool:
    """Whether the traffic of the present step has arrived."""
    return snapshot.service is not None and arrived(snapshot.service)
