"""How a plan of a Service is made: from a command and what is there, or from a rollout's next step.

What a command decides is `deciding`'s; `sealing` makes a Plan of it, and `reverting` the way back of one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core import attributes, deciding, deploying, references, routing, template, traffic, warming
from bot.core.commands import Annotate, Deploy, SpecCommand, SteppedRollout
from bot.core.errors import Invalid, NoChange, NotFound
from bot.core.plan import Plan, Request, State, sealed, signature
from bot.core.rollout import annotation, beginning
from bot.core.sealing import names_of, owned, seal

if TYPE_CHECKING:
    from datetime import datetime

    from bot.core.model import Snapshot, TrafficTarget
    from bot.core.rollout.state import Rollout


def make(command: SpecCommand, snapshot: Snapshot, request: Request) -> Plan:
    """Return the plan that carries out `command` on what `snapshot` shows.

    Raises:
        NoChange: it is already so.
        Refused: somebody else decides about it; see `owners`.
        NotFound, Invalid: a reference, a percentage, a name or the state of the Service does not allow it.
    """
    service = snapshot.service
    if service is None:
        if isinstance(command, Deploy):
            return _create(command, snapshot, request)
        raise NotFound(
            f"There is no Service {snapshot.key}.",
            "`services` lists those that are there; `deploy` with an image creates one.",
        )
    if service.deleting:
        raise Invalid(f"{snapshot.key} is being deleted.", "Wait until it is gone.")
    settled = replace(service, traffic=warming.settled(service.traffic))
    if isinstance(command, SteppedRollout):
        rollout, told = beginning.begin(command, snapshot, settled, signature(request))
        state = State(rollout.targets(settled.traffic), service.template, names=names_of(service))
        stepped = seal(command.verb, request, snapshot, service, state, told, rollout=rollout)
        return owned(stepped, service, force=command.force)
    document, routed = deciding.decide(command, snapshot, settled)
    wished = attributes.settled(command.attributes) if isinstance(command, Deploy | Annotate) else ()
    after = State(routed.traffic, document, names=tuple(sorted(routed.names.items())), attributes=wished)
    try:
        plan = seal(command.verb, request, snapshot, service, after, routed.notes, waits=routed.waits)
        return owned(plan, service, deciding.also(command), force=command.force)
    except NoChange as error:
        if isinstance(command, Deploy):
            raise NoChange(f"{snapshot.key.name} is already so.", deploying.unchanged(snapshot, service)) from error
        raise


def begun(plan: Plan, now: datetime) -> Plan:
    """Return `plan` as it is written: the first step of a rollout notes when it began, and which plan was approved."""
    if plan.rollout is None:
        return plan
    rollout = plan.rollout.begun(plan.id, now)
    noted = tuple(
        (annotation.ROLLOUT, annotation.write(rollout)) if each[0] == annotation.ROLLOUT else each
        for each in plan.annotations
    )
    return sealed(replace(plan, rollout=rollout, annotations=noted))


def proceed(former: Plan, rollout: Rollout, targets: tuple[TrafficTarget, ...], snapshot: Snapshot) -> Plan:
    """Return the plan of a later write of the rollout that `former` is a step of: on behalf of the same request."""
    service = snapshot.service
    if service is None:
        raise NotFound(f"There is no Service {snapshot.key} any more.")
    after = State(targets, service.template, names=names_of(service))
    plan = seal(former.verb, former.request, snapshot, service, after, waits=False, rollout=rollout)
    return sealed(replace(plan, override=former.override, also=former.also))


def _create(command: Deploy, snapshot: Snapshot, request: Request) -> Plan:
    if command.edit.image is None:
        raise NotFound(
            f"There is no Service {snapshot.key}.",
            f"To create it, name an image: `deploy {snapshot.key.name} ghcr.io/acme/{snapshot.key.name}:v1`.",
        )
    named = [*(share.reference for share in command.shares), *(tagging.reference for tagging in command.tags)]
    wrong = next((name for name in (*named, *command.untags) if name != references.FOLLOW), None)
    if wrong is not None:
        raise NotFound(f"There is no “{wrong}”: {snapshot.key.name} is only made now.", "Deploy first, then split.")
    notes = ["A first Revision gets all the traffic: there is no other to keep it."] if command.shares else []
    notes += [note for tagging in command.tags for note in routing.tag_notes(tagging.tag)]
    targets = traffic.assign((), {references.FOLLOW: traffic.WHOLE})
    for tagging in command.tags:
        targets = traffic.tag(targets, references.FOLLOW, tagging.tag)
    wished = tuple(each for each in attributes.settled(command.attributes) if each.value is not None)
    after = State(targets, deploying.first(command, snapshot.key.name), attributes=wished)
    absent = tuple(replace(each, value=None) for each in wished)
    return sealed(
        Plan(
            command.verb,
            snapshot.key,
            request,
            base=None,
            before=None,
            after=after,
            changes=(*template.differences(None, after.template), *attributes.differences(absent, wished)),
            notes=tuple(notes),
        )
    )
