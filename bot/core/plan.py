"""A change before it is a change: what one Service is, what it shall be, and the base this was thought out on.

`make` is the only way from a command to a Plan. A Plan is applied as one conditional write or not at all; its `id` is
the hash of everything in it, so that an approval, an audit row and an annotation on the object all mean the same thing.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

from bot.core import attributes, deciding, deploying, gaining, owners, references, routing, template, traffic, warmth
from bot.core.attributes import Attribute
from bot.core.commands import Abort, Annotate, Deploy, Rollback, SpecCommand, SteppedRollout
from bot.core.errors import Invalid, NoChange, NotFound, Stale
from bot.core.model import Object, ServiceKey, TrafficTarget, Truth
from bot.core.rollout import annotation, beginning
from bot.core.rollout.state import Outcome, Rollout
from bot.core.template import Change

if TYPE_CHECKING:
    from datetime import datetime

    from bot.core.model import Service, Snapshot

PLAN = "knobot.dev/plan"
"""Annotation on the Service: the id of the plan whose write this is. A write whose answer was lost is known by it."""
ACTOR = "knobot.dev/changed-by"
"""Annotation on the Service: who asked for that plan, as slack:TEAM/USER."""

UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Request:
    """Who asked for what, and where.

    `text` is the command as typed, with secret values hidden; `thread` the ts of the thread that it was typed in.
    """

    team: str
    user: str
    channel: str
    text: str
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class Base:
    """The state a plan was made from. `latest_created` tells a Revision of the plan's own from those before it.

    `plan` is the id of the plan that Knobot had written last.
    """

    uid: str
    generation: int
    resource_version: str
    latest_created: str | None = None
    plan: str | None = None


@dataclass(frozen=True, slots=True)
class State:
    """What a plan decides about: the wished traffic and spec.template (JSON text) of a Service.

    `names` are its tags without an address, as (name, Revision) in their order. `attributes` are those of the Service's
    labels and annotations that differ before and after, in the same order in both.
    `document` is what it decides about another object instead, as JSON text; see `model.Stored`.
    """

    traffic: tuple[TrafficTarget, ...] = ()
    template: str = ""
    document: str = ""
    names: tuple[tuple[str, str], ...] = ()
    attributes: tuple[Attribute, ...] = ()


GONE = State()
"""What is of an object that is not there."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One change of one object: of the Service `key`, or of the object `about` that has to do with it.

    `verb` is the command's; `before` and `base` are None when the object is to be created, `after` is GONE when it is
    to be deleted. `leads` maps @latest to the Revision it led to when the plan was made. `changes` and `notes` are what
    a person reads beside the traffic, `loses` what is lost for good: where there is anything, the person who asks has
    to confirm it. `warms` are the Revisions to wake before it is written; see `warming`. `also` are further words that
    the rules have to allow; see `policy.Intent`. `override` is why no freeze shall hold it. `rollout` is the
    rollout in steps that it is a step of, as it is once the plan is written.
    """

    verb: str
    key: ServiceKey
    request: Request
    base: Base | None
    before: State | None
    after: State
    annotations: tuple[tuple[str, str | None], ...] = ()
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    leads: str | None = None
    digest: str | None = None
    preview: str | None = None
    undoes: str | None = None
    about: Object | None = None
    loses: tuple[str, ...] = ()
    warms: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    override: str = ""
    rollout: Rollout | None = None
    id: str = field(default="")

    @property
    def subject(self) -> str:
        """What it is about, as people call it."""
        return f"{self.about.kind.value} {self.about.name}" if self.about else str(self.key)

    @property
    def deletes(self) -> bool:
        return self.after == GONE

    @property
    def new_revision(self) -> bool:
        """Whether Knative will make a Revision for it."""
        if self.about or self.deletes:
            return False
        return self.before is None or self.before.template != self.after.template

    @property
    def moves_traffic(self) -> bool:
        if self.about:
            return False
        return self.before is None or set(self.before.traffic) != set(self.after.traffic)


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
    settled = replace(service, traffic=warmth.settled(service.traffic))
    if isinstance(command, SteppedRollout):
        rollout, told = beginning.begin(command, snapshot, settled, signature(request))
        state = State(rollout.targets(settled.traffic, None), service.template, names=_names(service))
        stepped = _seal(command.verb, snapshot, service, request, state, told, waits=False, rollout=rollout)
        return _owned(stepped, service, force=command.force)
    document, routed = deciding.decide(command, snapshot, settled)
    wished = attributes.settled(command.attributes) if isinstance(command, Deploy | Annotate) else ()
    after = State(routed.traffic, document, names=tuple(sorted(routed.names.items())), attributes=wished)
    try:
        plan = _seal(command.verb, snapshot, service, request, after, routed.notes, waits=routed.waits)
        return _owned(plan, service, deciding.also(command), force=command.force)
    except NoChange as error:
        if isinstance(command, Deploy):
            raise NoChange(error.message, deploying.unchanged(snapshot, service)) from error
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


def signature(request: Request) -> str:
    """Return who asks, as it is noted on objects."""
    return f"slack:{request.team}/{request.user}"


def returned(plan: Plan) -> bool:
    """Whether a plan gave the traffic of a rollout in steps back."""
    return plan.rollout is not None and plan.rollout.outcome in (Outcome.ABORTED, Outcome.FAILED)


def undoable(plan: Plan) -> bool:
    """Whether there is something to go back to: a Service that was there before, still is, and has not gone back."""
    if plan.rollout and plan.rollout.outcome not in (Outcome.RUNNING, Outcome.FINISHED):
        return False
    return plan.before is not None and plan.about is None and not plan.deletes


def undo(former: Plan, generation: int, snapshot: Snapshot, request: Request, *, force: bool = False) -> Plan:
    """Return the plan that takes `former` back: the template and the traffic that were before it, exactly.

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
    targets, notes = warmth.settled(former.rollout.base if former.rollout else former.before.traffic), []
    if former.new_revision and former.leads:
        pinned = _pinned(targets, former.leads)
        if traffic.percents(pinned) != service.shares and set(pinned) != set(targets):
            targets = pinned
            notes.append(f"New deploys get no traffic until `follow {former.key.name}`.")
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
    plan = _seal(UNDO, snapshot, service, request, state, tuple(notes), undoes=former.id)
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
    bare = tuple(replace(target, url=None) for target in warmth.settled(service.traffic))
    moved = set(bare) != set(after.traffic) or (before.template, before.names) != (after.template, after.names)
    if not (moved or differing or rollout):
        raise NoChange(f"{snapshot.key.name} is already so.", "Nothing was written.")
    changes = template.differences(before.template, after.template) if before.template != after.template else ()
    base = Base(
        service.uid, service.generation, service.resource_version, service.latest_created, service.annotations.get(PLAN)
    )
    asleep = warmth.asleep(snapshot, service, after.traffic, new=before.template != after.template)
    warms = warmth.woken(service, asleep) if waits else ()
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
            *warmth.notes(asleep, warms),
        ),
        leads=references.followed(snapshot),
        digest=gained.digest,
        preview=gained.preview,
        undoes=undoes,
        warms=warms,
        rollout=rollout,
    )
    return sealed(plan)


def _owned(plan: Plan, service: Service, also: tuple[str, ...] = (), *, force: bool) -> Plan:
    """Return `plan` with what it needs beside its verb, unless somebody else decides about what it changes."""
    back = plan.verb in (UNDO, Rollback.verb, Abort.verb)
    notes = owners.check(plan, service, force=force, back=back)
    if owners.forced(plan, service, back=back):
        also = (*also, owners.FORCE)
    return sealed(replace(plan, notes=(*plan.notes, *notes), also=also)) if notes or also else plan


def sealed(plan: Plan) -> Plan:
    """Return `plan` with its id: the hash of everything else in it."""
    document = {name: value for name, value in asdict(plan).items() if name not in ("id", "rollout")}
    if plan.rollout:
        document["rollout"] = [annotation.write(plan.rollout), plan.rollout.outcome.value, plan.rollout.reason]
    return replace(plan, id=hashlib.sha256(template.canonical(document).encode()).hexdigest()[:32])


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
