"""How far a written change is: Snapshot and pods → a stage that can be shown, and perhaps the end of the change.

A change has come true when *its* Revision and *its* traffic are what status says about a generation that has been
observed. Ready alone does not tell: it can be True from before, and it is False after a rollback although all is well,
because the template is still broken (seen in the recordings of a failed update while an older Revision serves).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from bot.core import duration, pad, references, traffic, warming
from bot.core.arrival import as_wished, by_itself, explain_route, unroutable
from bot.core.change import Event
from bot.core.counting import counted
from bot.core.model import Truth
from bot.core.reasons import HOPELESS, explain
from bot.core.rollout.state import Outcome
from bot.core.staleness import changed_by, decided, wished

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.core.change import Change
    from bot.core.model import Condition, Pod, Revision, Service, Snapshot, Stored
    from bot.core.plan import Plan

REASONS = 3
"""So many different reasons of pods are told at once."""


class Mark(Enum):
    """How a step stands."""

    DONE = "done"
    WORKING = "working"
    WAITING = "waiting"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a progress message."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Progress:
    """What is so now. `outcome` is the event that ends the change, or None; `reason` says in words why.

    `addresses` are the tags that the change has given or moved, each with its address by status.
    `logs` are the last lines of the new Revision; while it starts there may be some once it `runs`; `withheld`: there
    are some, which are not for all who read this. `nudges` are the buttons of the pad that would change something now
    that it is true.
    """

    steps: tuple[Step, ...]
    revision: str | None = None
    outcome: Event | None = None
    reason: str = ""
    logs: tuple[str, ...] = ()
    withheld: bool = False
    routed: tuple[tuple[str, int], ...] = ()
    addresses: tuple[tuple[str, str], ...] = ()
    runs: bool = False
    nudges: tuple[pad.Nudge, ...] = ()


def look(change: Change, snapshot: Snapshot, pods: Sequence[Pod], now: datetime) -> Progress:
    """Return how far `change`, which was written, is in `snapshot`; `pods` are those of its Revision."""
    service, plan = snapshot.service, change.plan
    if plan.deletes:
        return _deletion(change, service, now)
    if service is None or (plan.base and service.uid != plan.base.uid):
        return Progress((), outcome=Event.SUPERSEDE, reason=f"{plan.key} was deleted.")
    if plan.rollout and plan.rollout.outcome is Outcome.STOPPED:
        return Progress((), outcome=Event.SUPERSEDE, reason=plan.rollout.reason)
    if change.generation is not None and service.generation > change.generation:
        return Progress((), outcome=Event.SUPERSEDE, reason=_superseded(service, plan.id))
    routed = tuple(service.shares.items())
    if not plan.moves_traffic and not plan.new_revision:  # annotations alone, which no controller makes true
        noted = (Step(Mark.DONE, "it is noted"),)
        return Progress(noted, outcome=Event.TRUE, routed=routed, nudges=pad.useful(snapshot))
    revision = _own_revision(change, snapshot) if plan.new_revision else None
    steps: list[Step] = []
    if plan.new_revision:
        step, failed = _revision_step(revision, pods)
        steps.append(step)
        if failed:
            return Progress(tuple(steps), revision.name if revision else None, Event.FAILED, failed)
    arrived = _arrived(change, service, revision)
    steps.append(_traffic_step(service, arrived=arrived, waits=steps[-1].mark if steps else Mark.DONE))
    settled = arrived and (not plan.new_revision or (revision is not None and revision.ready is Truth.TRUE))
    outcome, reason = _came_true(plan) if settled else (None, "")
    if outcome is None and (broken := unroutable(service)):
        outcome, reason = Event.FAILED, broken
    elif outcome is None and now >= change.deadline and not by_itself(service):
        waited = duration.words(change.deadline - change.created)
        outcome, reason = Event.FAILED, f"It is not true after {waited}: {_waited_for(steps)}."
    addresses, nudges = (_addresses(change, service), pad.useful(snapshot)) if settled else ((), ())
    name = revision.name if revision else None
    runs = revision is not None and any(pod.phase == "Running" or pod.restarts for pod in pods)
    return Progress(tuple(steps), name, outcome, reason, routed=routed, addresses=addresses, runs=runs, nudges=nudges)


def _addresses(change: Change, service: Service) -> tuple[tuple[str, str], ...]:
    """Return the tags that lead elsewhere than before, with their addresses as status tells them."""
    plan = change.plan
    before, after = traffic.tags(plan.before.traffic) if plan.before else {}, traffic.tags(plan.after.traffic)
    renewed = {tag for tag, where in after.items() if plan.new_revision and where == references.FOLLOW}
    moved = {tag for tag, where in after.items() if before.get(tag) != where} | renewed
    fresh = {target.tag: target.url for target in service.routed if target.tag in moved and target.url}
    return tuple(sorted((str(tag), str(url)) for tag, url in fresh.items()))


def warm_up(change: Change, snapshot: Snapshot, now: datetime) -> Progress:
    """Return how far a change is that wakes Revisions before it is written; the outcome BEGIN when it is time to write.

    What has no pods when the time is up gets its traffic all the same: that is what was approved, and its requests are
    kept waiting then, not lost.
    """
    found = [revision for name in change.plan.warms if (revision := snapshot.revision(name))]
    steps = []
    for revision in found:
        wanted = max(1, revision.desired_replicas or 0)
        count = f"{revision.replicas or 0} of {counted(wanted, 'pod')}"
        mark = Mark.DONE if revision.awake else Mark.WORKING
        steps.append(Step(mark, f"warming {revision.name} ({count})"))
    steps.append(Step(Mark.WAITING, "then its traffic"))
    cold = [revision.name for revision in found if not revision.awake]
    if cold and now < change.deadline:
        return Progress(tuple(steps))
    reason = f"{', '.join(cold)} did not wake within {duration.words(warming.AWAKE_WITHIN)}." if cold else ""
    return Progress(tuple(steps), outcome=Event.BEGIN, reason=reason)


def _came_true(plan: Plan) -> tuple[Event, str]:
    """Return how a change ends whose traffic is there: the way back of a rollout is no success of it."""
    match plan.rollout.outcome if plan.rollout else None:
        case Outcome.FAILED:
            return Event.FAILED, plan.rollout.reason if plan.rollout else ""
        case Outcome.ABORTED:
            return Event.ABORTED, plan.rollout.reason if plan.rollout else ""
        case _:
            return Event.TRUE, ""


def look_at(change: Change, found: Stored | None, now: datetime) -> Progress:
    """Return how far `change`, which was written and is about another object than a Service, is in `found`."""
    plan = change.plan
    if plan.deletes:
        return _deletion(change, found, now)
    if found is None or (plan.base and found.uid != plan.base.uid):
        return Progress((), outcome=Event.SUPERSEDE, reason=f"{plan.subject} was deleted.")
    if decided(plan, found) != wished(plan.after.document):
        return Progress((), outcome=Event.SUPERSEDE, reason=f"{plan.subject} was changed again.")
    steps = tuple(_part(condition) for condition in found.conditions if condition.type != "Ready")
    match found.ready:
        case Truth.TRUE:
            made = (Step(Mark.DONE, f"{plan.subject} has made {found.made}"),) if found.made else ()
            return Progress((*steps, *made), outcome=Event.TRUE)
        case Truth.FALSE:
            return Progress(steps, outcome=Event.FAILED, reason=explain(found.condition("Ready")))
        case Truth.UNKNOWN:
            doing = found.condition("Ready")
            why = f" ({doing.reason})" if doing and doing.reason else ""
            return _waiting(change, f"waiting for {plan.subject}{why}", now, steps)


def _part(condition: Condition) -> Step:
    """Return one condition as a step."""
    marks = {Truth.TRUE: Mark.DONE, Truth.FALSE: Mark.FAILED, Truth.UNKNOWN: Mark.WORKING}
    why = "" if condition.status is Truth.TRUE or not condition.message else f": {explain(condition)}"
    return Step(marks[condition.status], f"{condition.type}{why}")


def _deletion(change: Change, found: Service | Stored | None, now: datetime) -> Progress:
    base = change.plan.base
    if found is None or (base and found.uid != base.uid):
        return Progress((), outcome=Event.TRUE)  # the card's first line says all there is to say
    return _waiting(change, f"{change.plan.subject} is being deleted", now)


def _waiting(change: Change, what: str, now: datetime, parts: tuple[Step, ...] = ()) -> Progress:
    """Return that something is still on its way, or, past the deadline, that it has failed to come true."""
    steps = parts or (Step(Mark.WORKING, what),)
    if now < change.deadline:
        return Progress(steps)
    waited = duration.words(change.deadline - change.created)
    return Progress(steps, outcome=Event.FAILED, reason=f"It is not true after {waited}: {_left(parts) or what}.")


def _left(parts: tuple[Step, ...]) -> str:
    return "; ".join(part.text for part in parts if part.mark is not Mark.DONE)


def _waited_for(steps: Sequence[Step]) -> str:
    """Return what has not come: the first step that is not done, for those after it wait for it."""
    return next((step.text for step in steps if step.mark is not Mark.DONE), "nobody knows what for")


def _superseded(service: Service, own: str) -> str:
    return f"{service.key} was changed again by {changed_by(service, own)} before this had come true."


def _own_revision(change: Change, snapshot: Snapshot) -> Revision | None:
    """Return the Revision that Knative made for this change: the newest one, once it is not the one of before."""
    service = snapshot.service
    former = change.plan.base.latest_created if change.plan.base else None
    if service is None or service.latest_created in (None, former):
        return None
    if change.generation is not None and service.observed_generation < change.generation:
        return None
    return snapshot.revision(str(service.latest_created))


def _revision_step(revision: Revision | None, pods: Sequence[Pod]) -> tuple[Step, str]:
    """Return the step of the new Revision, and why it failed or ""."""
    if revision is None:
        return Step(Mark.WORKING, "waiting for the new Revision"), ""
    if revision.ready is Truth.TRUE:
        return Step(Mark.DONE, f"{revision.name} is Ready"), ""
    condition = revision.condition("Ready")
    if revision.ready is Truth.FALSE:
        why = explain(condition)
        return Step(Mark.FAILED, f"{revision.name} failed: {why}"), f"{revision.name} failed: {why}"
    ready = sum(pod.ready for pod in pods)
    hopeless = next((pod for pod in pods if pod.reason in HOPELESS), None)
    if hopeless:
        why = f"{hopeless.reason}{f': {hopeless.message}' if hopeless.message else ''}"
        of_many = f" ({ready} of {len(pods)} pods ready)" if len(pods) > 1 else ""
        return Step(Mark.WORKING, f"{revision.name} does not start{of_many}: {why}"), ""
    reasons = list(dict.fromkeys(pod.reason for pod in pods if pod.reason))[:REASONS]
    doing = ", ".join(reasons) or (condition.reason if condition and condition.reason else "starting")
    count = f", {ready} of {len(pods)} pods ready" if pods else ""
    return Step(Mark.WORKING, f"{revision.name} is starting ({doing}{count})"), ""


def _arrived(change: Change, service: Service, revision: Revision | None) -> bool:
    """Whether status.traffic is the traffic that was wished, about the generation that was written."""
    if change.generation is None or service.observed_generation < change.generation:
        return False
    if change.plan.new_revision and revision is None:
        return False  # until Knative has made it, status still tells about the time before
    return as_wished(service, revision.name if revision else service.latest_ready)


def _traffic_step(service: Service, *, arrived: bool, waits: Mark) -> Step:
    if arrived:
        return Step(Mark.DONE, "traffic is as wished")
    if waits is Mark.WORKING:
        return Step(Mark.WAITING, "then its traffic")
    if by_itself(service):
        now = ", ".join(f"{percent}% {name}" for name, percent in service.shares.items())
        return Step(Mark.WORKING, f"Knative moves the traffic step by step, now {now}")
    return Step(Mark.WORKING, f"moving traffic{explain_route(service)}")
