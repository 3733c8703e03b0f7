"""How a plan is made: from a command and what is there, from a rollout's next step, or as the way back of another plan.

What a command decides is `deciding`'s; here it is sealed into a Plan, with its base, its notes and what the write puts
on the object.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core import attributes, deciding, deploying, gaining, owners, references, routing, template, traffic, warming
from bot.core.commands import Abort, Annotate, Deploy, Rollback, SpecCommand, SteppedRollout
from bot.core.errors import Invalid, NoChange, NotFound, Stale
from bot.core.model import TrafficTarget, Truth
from bot.core.plan import PLAN, UNDO, Base, Plan, Request, State, sealed, signature, undoable
from bot.core.rollout import annotation, beginning
from bot.core.rollout.state import Outcome, Rollout

if TYPE_CHECKING:
    from datetime import datetime

    from bot.core.model import Service, Snapshot


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
        state = State(rollout.targets(settled.traffic), service.template, names=_names(service))
        stepped = _seal(command.verb, snapshot, service, request, state, told, rollout=rollout)
        return _owned(stepped, service, force=command.force)
    document, routed = deciding.decide(command, snapshot, settled)
    wished = attributes.settled(command.attributes) if isinstance(command, Deploy | Annotate) else ()
    after = State(routed.traffic, document, names=tuple(sorted(routed.names.items())), attributes=wished)
    try:
        plan = _seal(command.verb, snapshot, service, request, after, routed.notes, waits=routed.waits)
        return _owned(plan, service, deciding.also(command), force=command.force)
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
    after = State(targets, service.template, names=_names(service))
    plan = _seal(former.verb, snapshot, service, former.request, after, (), waits=False, rollout=rollout)
    return sealed(replace(plan, override=former.override, also=former.also))


def undo(former: Plan, generation: int, snapshot: Snapshot, request: Request, *, force: bool = False) -> Plan:
    """Return the plan that takes `former`, a change of a Service, back: its template and traffic of before, exactly.

    One thing cannot wait: where a deploy has been given traffic that followed latest, the Revision that had it gets it
    back by name. Following would leave the traffic where it is until yet another Revision, of the old template, is up.

    Args:
        former: the plan to take back, as applied.
        generation: the Service's metadata.generation that the write of `former` answered.
        snapshot: the Service now.
        request: who asks.
        force: whether it shall be done although somebody else decides about it.

    Raises:
        Refused: somebody else decides about it; see `owners`.
        Stale: somebody has changed the Service since. Invalid: it was created by that plan. NoChange: nothing to do.
    """
    service = snapshot.service
    if former.before and former.deletes:
        image = template.image(json.loads(former.before.template).get("spec") or {})
        raise Invalid(
            f"{former.key} was deleted with all its Revisions, which cannot be taken back.",
            f"`deploy {former.key.name} {image}` makes it anew, with the image that it had.",
        )
    if service is None:
        raise NotFound(f"There is no Service {snapshot.key} any more.")
    if former.before is None:
        raise Invalid(f"{former.key} did not exist before that deploy, so there is nothing to go back to.")
    if not undoable(former):
        raise Invalid(f"“{former.request.text}” cannot be taken back.", "Ask for the opposite instead.")
    moved = attributes.present(service, former.after.attributes) != former.after.attributes
    if service.generation != generation or moved:
        raise Stale(
            f"{former.key} was changed after “{former.request.text}”, so undoing that would undo more.",
            f"`status {former.key.name}` shows it as it is; `rollout` or `rollback` change it.",
        )
    targets = warming.settled(former.rollout.base if former.rollout else former.before.traffic)
    if former.new_revision and former.leads:
        pinned = _pinned(targets, former.leads)
        if traffic.percents(pinned) != service.shares and set(pinned) != set(targets):
            targets = pinned
    for target in targets:
        gone = target.revision is not None and snapshot.revision(target.revision) is None
        if gone:
            raise Invalid(f"{target.revision} no longer exists, so its traffic cannot be given back.")
    state = State(
        targets,
        former.before.template if former.new_revision else service.template,
        names=former.before.names if former.before.names != former.after.names else _names(service),
        attributes=former.before.attributes,
    )
    plan = _seal(UNDO, snapshot, service, request, state, (), undoes=former.id)
    return _owned(plan, service, force=force)


def _pinned(targets: tuple[TrafficTarget, ...], leads: str) -> tuple[TrafficTarget, ...]:
    """Return targets in which what follows latest leads to the Revision `leads` by name, tags too."""
    named = tuple(replace(target, revision=leads, latest=False) if target.latest else target for target in targets)
    return traffic.assign(named, traffic.percents(named))


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


def _seal(
    verb: str,
    snapshot: Snapshot,
    service: Service,
    request: Request,
    after: State,
    notes: tuple[str, ...],
    undoes: str | None = None,
    *,
    waits: bool = True,
    rollout: Rollout | None = None,
) -> Plan:
    there = attributes.present(service, after.attributes)
    differing = [pair for pair in zip(there, after.attributes, strict=True) if pair[0] != pair[1]]
    labels = tuple(was for was, _ in differing)
    before = State(service.traffic, service.template, names=_names(service), attributes=labels)
    after = replace(after, attributes=tuple(shall for _, shall in differing))
    bare = tuple(replace(target, url=None) for target in warming.settled(service.traffic))
    moved = set(bare) != set(after.traffic) or (before.template, before.names) != (after.template, after.names)
    if not (moved or differing or rollout):
        raise NoChange(_already(snapshot, service, after), "Nothing was written.")
    changes = template.differences(before.template, after.template) if before.template != after.template else ()
    base = Base(
        service.uid, service.generation, service.resource_version, service.latest_created, service.annotations.get(PLAN)
    )
    asleep = warming.asleep(snapshot, service, after.traffic, new=before.template != after.template)
    warms = warming.woken(service, asleep) if waits else ()
    noted = _rollout(service, after, rollout)
    gained = gaining.gain(snapshot, service, after.traffic, new=before.template != after.template)
    if rollout is None and noted:
        notes = (*notes, "This ends the rollout in steps that is running.")
    plan = Plan(
        verb,
        snapshot.key,
        request,
        base=base,
        before=before,
        after=after,
        annotations=(*_stable(verb, snapshot, service, after, rollout), *noted, *_renamed(before, after)),
        changes=(*changes, *attributes.differences(before.attributes, after.attributes)),
        notes=(
            *notes,
            *routing.kept_addresses(service, after.traffic),
            *warming.notes(asleep, warms),
        ),
        leads=references.followed(snapshot),
        digest=gained.digest,
        preview=gained.preview,
        undoes=undoes,
        warms=warms,
        rollout=rollout,
    )
    return sealed(plan)


def _already(snapshot: Snapshot, service: Service, after: State) -> str:
    """Say what is so already: the traffic, unless it is about labels and annotations alone."""
    if after.attributes:
        return f"{snapshot.key.name} is already so."
    held = traffic.shares(service.traffic, references.followed(snapshot))
    follows = ", and follows latest" if references.FOLLOW in traffic.percents(service.traffic) else ""
    return f"{snapshot.key.name} is already so: {', '.join(f'{held[name]}% {name}' for name in held)}{follows}."


def _owned(plan: Plan, service: Service, also: tuple[str, ...] = (), *, force: bool) -> Plan:
    """Return `plan` with what it needs beside its verb, unless somebody else decides about what it changes."""
    back = plan.verb in (UNDO, Rollback.verb, Abort.verb)
    notes = owners.check(plan, service, force=force, back=back)
    if owners.forced(plan, service, back=back):
        also = (*also, owners.FORCE)
    return sealed(replace(plan, notes=(*plan.notes, *notes), also=also)) if notes or also else plan


def _names(service: Service) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(references.names(service).items()))


def _renamed(before: State, after: State) -> tuple[tuple[str, str | None], ...]:
    """Return one annotation for each name that changes, so that two who write different names lose neither."""
    old, new = dict(before.names), dict(after.names)
    changed = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    return tuple((references.NAME + name, new.get(name)) for name in changed)


def _rollout(service: Service, after: State, rollout: Rollout | None) -> tuple[tuple[str, str | None], ...]:
    """Note on the object the rollout that its traffic is a step of, in the write that makes it so; or that none is."""
    if rollout is not None:
        return ((annotation.ROLLOUT, annotation.write(rollout) if rollout.running else None),)
    moved = traffic.percents(after.traffic) != traffic.percents(service.traffic)
    return ((annotation.ROLLOUT, None),) if moved and annotation.ROLLOUT in service.annotations else ()


def _stable(
    verb: str, snapshot: Snapshot, service: Service, after: State, rollout: Rollout | None
) -> tuple[tuple[str, str | None], ...]:
    """Note on the object which Revision is the last known good one, in the write that takes its traffic away.

    It is the one that held all traffic while Ready. Going back calls nothing good that it leaves: a rollback calls good
    where it leads, so that a second one does not lead forward again, and an undo says nothing.
    """
    wanted = traffic.percents(after.traffic)
    if verb == Rollback.verb:
        return ((references.STABLE, next(iter(wanted))),)
    if rollout and rollout.outcome in (Outcome.ABORTED, Outcome.FAILED):
        led = next(iter(wanted))
        return ((references.STABLE, led),) if len(wanted) == 1 and led != references.FOLLOW else ()
    name = next((name for name, percent in service.shares.items() if percent == traffic.WHOLE), None)
    revision = snapshot.revision(name) if name else None
    if verb == UNDO or name is None or revision is None or revision.ready is not Truth.TRUE:
        return ()
    follows = after.template == service.template and references.followed(snapshot) == name
    stays = set(wanted) <= ({name, references.FOLLOW} if follows else {name})
    return () if stays else ((references.STABLE, name),)
