"""Waking what is asleep before it gets traffic, as a part of carrying out one approved plan.

A request to the address of a tag wakes the Revision that the tag leads to. Where none leads to it, a first write adds
one at 0%: the plan's *opening*. It moves no traffic, it is made from the same base under the same conditions, and its
id follows from the plan's, so that whoever comes after a crash knows it for what it is. The plan's own write takes the
tag away again. It holds on its base, or on what its opening has made of that, and on nothing else.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.model import TrafficTarget
from bot.core.plan import PLAN, Base, State, sealed
from bot.core.warmth import TAG, settled

if TYPE_CHECKING:
    from bot.core.model import Service
    from bot.core.plan import Plan

PATIENCE = timedelta(minutes=1)
"""How long pods are waited for: whoever rolls back has users who wait for them as well."""
CLOSING = "close"
OPENING = "open"


def opening(plan: Plan) -> Plan | None:
    """Return the write that gives an address to what `plan` wakes; None where everything has one."""
    if plan.before is None:
        return None
    reached = {target.revision or plan.leads for target in plan.before.traffic if target.tag}
    taken = {target.tag for target in plan.before.traffic}
    free = (name for name in (TAG, *(f"{TAG}-{number}" for number in range(2, 100))) if name not in taken)
    hidden = [name for name in plan.warms if name not in reached]
    tags = [TrafficTarget(0, revision=name, tag=tag) for name, tag in zip(hidden, free, strict=False)]
    if not tags:
        return None
    bare = (replace(target, url=None) for target in plan.before.traffic)
    after = replace(plan.before, traffic=(*bare, *tags))
    return sealed(replace(plan, verb=OPENING, after=after, annotations=(), changes=(), notes=(plan.id,), warms=()))


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
    base = Base(service.uid, service.generation, service.resource_version, service.latest_created)
    after = replace(before, traffic=tuple(replace(target, url=None) for target in kept))
    return sealed(
        replace(plan, verb=CLOSING, base=base, before=before, after=after, annotations=(), changes=(), warms=())
    )


def doors(plan: Plan, service: Service) -> list[str]:
    """Return the tags, with an address by now, behind which Revisions are that `plan` wakes."""
    found = {target.revision: target.tag for target in service.routed if target.tag and target.url}
    return [tag for name in plan.warms if (tag := found.get(name))]
