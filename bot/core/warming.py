"""Waking what is asleep before it gets traffic, as a part of carrying out one approved plan.

A Revision that no target names is scaled to zero whatever its min-scale says, so that the first requests after a
rollback would wait for its pods.

A request to the address of a tag wakes the Revision that the tag leads to. Where none leads to it, a first write adds
one at 0%: the plan's *opening*. It moves no traffic, it is made from the same base under the same conditions, and its
id follows from the plan's, so that whoever comes after a crash knows it for what it is. The plan's own write takes the
tag away again. It holds on its base, or on what its opening has made of that, and on nothing else.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core import references
from bot.core.model import TrafficTarget
from bot.core.plan import PLAN, Base, State, sealed
from bot.core.traffic import shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.model import Service, Snapshot
    from bot.core.plan import Plan
    from bot.core.traffic import Targets

TAG = "knobot-warm"
"""The tag that gives a Revision an address only until it is awake; more of them are numbered."""
LONGEST = 63
"""The most characters that a part of a host name has (RFC 1035); by default a tag stands before a name there."""
MOST = 5
"""How many are woken at once."""
AWAKE_WITHIN = timedelta(minutes=1)
"""How long pods are waited for: whoever rolls back has users who wait for them as well."""
CLOSING = "close"
OPENING = "open"


def asleep(snapshot: Snapshot, service: Service, wished: Targets, *, new: bool) -> tuple[str, ...]:
    """Return the Revisions that have no traffic and no pods now, and shall have traffic.

    What @latest will lead to is among them only if no Revision is made first (`new`).
    """
    leads = None if new else references.followed(snapshot)
    found = [snapshot.revision(name) for name in shares(wished, leads) if not service.shares.get(name)]
    return tuple(revision.name for revision in found if revision and revision.asleep)


def woken(service: Service, sleeping: Sequence[str]) -> tuple[str, ...]:
    """Return those of `sleeping` that can be woken before: they have an address, or a host's name has room for one."""
    tagged = {target.revision for target in service.routed if target.tag and target.url}
    return tuple(name for name in sleeping if _has_room(service) or name in tagged)[:MOST]


def notes(sleeping: Sequence[str], first: Sequence[str]) -> list[str]:
    """Say what becomes of the Revisions that are asleep, of which those in `first` are woken first."""
    told = []
    for name in sleeping:
        becomes = "it is woken first, for a minute at most" if name in first else "the first requests wait for one"
        told.append(f"{name} has no pods now: {becomes}.")
    return told


def settled(targets: Targets) -> Targets:
    """Return targets without those that were there only for waking, which a crash may have left behind."""
    return tuple(target for target in targets if target.percent or not (target.tag or "").startswith(TAG))


def kept(targets: Targets, names: Sequence[str], service: Service) -> Targets:
    """Return targets under which the Revisions `names` keep the pods of their min-scale although they have no traffic.

    What no target names has none: going back to it would be waiting for pods.
    """
    idle = [name for name in names if name != references.FOLLOW and name not in shares(targets, None)]
    return _addressed(targets, idle[:MOST], None) if _has_room(service) else targets


def _addressed(targets: Targets, names: Sequence[str], leads: str | None) -> Targets:
    """Return targets in which each of `names` has an address; `leads` is the Revision that @latest leads to."""
    reached = {target.revision or leads for target in targets if target.tag}
    taken = {target.tag for target in targets}
    free = (name for name in (TAG, *(f"{TAG}-{number}" for number in range(2, 100))) if name not in taken)
    hidden = [name for name in names if name not in reached]
    return (*targets, *(TrafficTarget(0, revision=name, tag=tag) for name, tag in zip(hidden, free, strict=False)))


def _has_room(service: Service) -> bool:
    return len(f"{TAG}-{MOST}-{service.key.name}") <= LONGEST


def opening(plan: Plan) -> Plan | None:
    """Return the write that gives an address to what `plan` wakes; None where everything has one."""
    if plan.before is None:
        return None
    bare = tuple(replace(target, url=None) for target in plan.before.traffic)
    addressed = _addressed(bare, plan.warms, plan.leads)
    if addressed == bare:
        return None
    after = replace(plan.before, traffic=addressed)
    # The first step of a rollout is sealed anew when it is written, and is still what the same opening was for.
    approved = (plan.rollout.plan if plan.rollout else "") or plan.id
    return sealed(
        replace(plan, verb=OPENING, after=after, annotations=(), changes=(), notes=(approved,), warms=(), rollout=None)
    )


def opened(plan: Plan, service: Service) -> bool:
    """Whether `service` is as the opening of `plan` has left it."""
    first = opening(plan) if plan.warms and plan.base else None
    return (
        first is not None
        and plan.base is not None
        and service.annotations.get(PLAN) == first.id
        and service.generation == plan.base.generation + 1
    )


def closing(plan: Plan, service: Service) -> Plan | None:
    """Return the write that takes away what the opening of `plan` has left on `service`, which will not be written."""
    kept = settled(service.traffic)
    if kept == service.traffic:
        return None
    before = State(service.traffic, service.template, names=plan.after.names)
    after = replace(before, traffic=tuple(replace(target, url=None) for target in kept))
    return sealed(
        replace(
            plan,
            verb=CLOSING,
            base=Base.of(service),
            before=before,
            after=after,
            annotations=(),
            changes=(),
            warms=(),
            rollout=None,
        )
    )


def doors(plan: Plan, service: Service) -> list[str]:
    """Return the tags, with an address by now, behind which Revisions are that `plan` wakes."""
    found = {target.revision: target.tag for target in service.routed if target.tag and target.url}
    return [tag for name in plan.warms if (tag := found.get(name))]
