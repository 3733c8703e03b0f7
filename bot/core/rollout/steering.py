"""What people's words make of a rollout that is running: pure, as what the clock makes of it is in `stepping`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.errors import Invalid, NoChange, Refused, Stale
from bot.core.rollout import judging
from bot.core.rollout.judging import Judgement
from bot.core.rollout.state import Outcome, Pause, Rollout
from bot.core.rollout.writing import forward, giving_back, here, running, staying, stopped

if TYPE_CHECKING:
    from datetime import datetime

    from bot.core.model import Snapshot
    from bot.core.plan import Plan
    from bot.core.rollout.judging import Evidence


def promote(
    plan: Plan, snapshot: Snapshot, evidence: Evidence, now: datetime, *, full: bool = False, skip: bool = False
) -> Plan:
    """Return the plan of the next step, of the last one if `full`, or after that one of the end.

    `skip` does not ask what the figures say.

    Raises:
        Stale: somebody else has changed the Service. Invalid: it is not good, or that cannot be told, or the present
            step has not arrived. Refused: a lock or a freeze.
    """
    rollout = _ours(plan, snapshot)
    verdict = judging.judge(rollout, snapshot, evidence)
    if evidence.barrier:
        raise Refused(evidence.barrier, code="held")
    if not here(snapshot):
        raise Invalid("The traffic of this step is still on its way.", "Try again in a moment.", code="on-its-way")
    if verdict.judgement is not Judgement.GOOD and not (skip and verdict.forgivable):
        name = plan.key.name
        hint = f"`promote {name} --skip` goes on in spite of it; `abort {name}` goes back."
        raise Invalid(f"Not yet: {verdict.why}.", hint if verdict.forgivable else f"`abort {name}` goes back.")
    return forward(plan, rollout, max(rollout.index + 1, len(rollout.steps) - 1 if full else 0), snapshot, now)


def pause(plan: Plan, snapshot: Snapshot, by: str, now: datetime) -> Plan:
    """Return the plan that holds the rollout where it is. What is bad still goes back.

    Raises:
        Stale: somebody else has changed the Service. NoChange: it is held already.
    """
    rollout = _ours(plan, snapshot)
    if rollout.paused:
        raise NoChange("This rollout is paused already.", f"`resume {plan.key.name}` lets it go on.")
    return staying(plan, replace(rollout, paused=Pause(by, now)), snapshot)


def resume(plan: Plan, snapshot: Snapshot, now: datetime) -> Plan:
    """Return the plan that lets it go on; the time of its step begins anew.

    Raises:
        Stale: somebody else has changed the Service. NoChange: nobody holds it.
    """
    rollout = _ours(plan, snapshot)
    if rollout.paused is None:
        raise NoChange("This rollout is not paused.", f"`promote {plan.key.name}` takes the next step.")
    return staying(plan, replace(rollout, paused=None, since=now), snapshot)


def abort(plan: Plan, snapshot: Snapshot) -> Plan:
    """Return the plan that gives the traffic back.

    Raises:
        Stale: somebody else has changed the Service. Invalid: who had the traffic is gone.
    """
    return giving_back(plan, _ours(plan, snapshot), snapshot, Outcome.ABORTED, "")


def _ours(plan: Plan, snapshot: Snapshot) -> Rollout:
    rollout = running(plan)
    stop = stopped(plan, rollout, snapshot)
    if stop:
        raise Stale(stop.why, f"`status {plan.key.name}` shows what is there.")
    return rollout
