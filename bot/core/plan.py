"""A change before it is a change: what one Service is, what it shall be, and the base this was thought out on.

`make` is the only way from a command to a Plan. A Plan is applied as one conditional write or not at all; its `id` is
the hash of everything in it, so that an approval, an audit row and an annotation on the object all mean the same thing.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, assert_never

from bot.core import references, template, traffic
from bot.core.commands import Deploy, Follow, Rollback, Rollout, Tag, Untag
from bot.core.errors import Invalid, NoChange, NotFound, Stale
from bot.core.model import ServiceKey, TrafficTarget, Truth
from bot.core.template import Change

if TYPE_CHECKING:
    from bot.core.model import Service, Snapshot

PLAN = "knobot.dev/plan"
"""Annotation on the Service: the id of the plan whose write this is. A write whose answer was lost is known by it."""
ACTOR = "knobot.dev/changed-by"
"""Annotation on the Service: who asked for that plan, as slack:TEAM/USER."""

ChangeCommand = Deploy | Rollout | Rollback | Follow | Tag | Untag


@dataclass(frozen=True, slots=True)
class Request:
    """Who asked for what, and where. `text` is the command as typed, with secret values hidden."""

    team: str
    user: str
    channel: str
    text: str


@dataclass(frozen=True, slots=True)
class Base:
    """The state a plan was made from. `latest_created` tells a Revision of the plan's own from those before it."""

    uid: str
    generation: int
    resource_version: str
    latest_created: str | None = None


@dataclass(frozen=True, slots=True)
class State:
    """What a plan decides about: the wished traffic, and spec.template as JSON text."""

    traffic: tuple[TrafficTarget, ...]
    template: str


@dataclass(frozen=True, slots=True)
class Plan:
    """One change of one Service.

    `verb` is the command's; `before` and `base` are None when the Service is to be created. `leads` maps @latest to the
    Revision it led to when the plan was made. `changes` and `notes` are what a person reads beside the traffic.
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
    undoes: str | None = None
    id: str = field(default="")

    @property
    def new_revision(self) -> bool:
        """Whether Knative will make a Revision for it."""
        return self.before is None or self.before.template != self.after.template

    @property
    def moves_traffic(self) -> bool:
        return self.before is None or set(self.before.traffic) != set(self.after.traffic)


def make(command: ChangeCommand, snapshot: Snapshot, request: Request) -> Plan:
    """Return the plan that carries out `command` on what `snapshot` shows.

    Raises:
        NoChange: it is already so.
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
    document, targets, notes = _decide(command, snapshot, service)
    return _seal(command.verb, snapshot, service, request, State(targets, document), notes)


def undo(former: Plan, generation: int, snapshot: Snapshot, request: Request) -> Plan:
    """Return the plan that takes `former` back: exactly the traffic that was before it.

    A deploy is undone by giving the Revisions of before their traffic again, pinned: putting the old template back
    would make yet another Revision and wait for its pods.

    Args:
        former: the plan to take back, as applied.
        generation: the Service's metadata.generation that the write of `former` answered.
        snapshot: the Service now.
        request: who asks.

    Raises:
        Stale: somebody has changed the Service since. Invalid: it was created by that plan. NoChange: nothing to do.
    """
    service = snapshot.service
    if service is None:
        raise NotFound(f"There is no Service {snapshot.key} any more.")
    if former.before is None:
        raise Invalid(f"{former.key} did not exist before that deploy, so there is nothing to go back to.")
    if service.generation != generation:
        raise Stale(
            f"{former.key} was changed after “{former.request.text}”, so undoing that would undo more.",
            f"`status {former.key.name}` shows it as it is; `rollout` or `rollback` change it.",
        )
    targets = former.before.traffic
    notes = []
    if former.new_revision and former.leads:
        held = traffic.percents(targets)
        if references.FOLLOW in held:
            held[former.leads] = held.get(former.leads, 0) + held.pop(references.FOLLOW)
            targets = traffic.assign(targets, held)
            notes.append(f"New deploys get no traffic until `follow {former.key.name}`.")
    for target in targets:
        gone = target.revision is not None and snapshot.revision(target.revision) is None
        if gone:
            raise Invalid(f"{target.revision} no longer exists, so its traffic cannot be given back.")
    state = State(targets, service.template)
    return _seal("undo", snapshot, service, request, state, notes, undoes=former.id)


def conditional(plan: Plan, service: Service | None) -> None:
    """Refuse to go on when the object is no longer the one that `plan` was made from.

    Raises:
        Stale: it was created, deleted, or its spec was changed in between. Changes of status do not count.
    """
    if plan.base is None:
        if service is not None:
            raise Stale(f"{plan.key} was created by somebody else in the meantime.", "Ask again to change it.")
        return
    if service is None or service.uid != plan.base.uid:
        raise Stale(f"{plan.key} was deleted in the meantime.", "Ask again to create it.")
    if service.generation != plan.base.generation:
        who = service.annotations.get("serving.knative.dev/lastModifier", "somebody")
        raise Stale(
            f"{plan.key} was changed in the meantime by {who}: {_moved(plan, service)}.",
            "Nothing was written. Ask again to plan on what is there now.",
        )


def _moved(plan: Plan, service: Service) -> str:
    """Say in a few words what differs from what the plan was made from."""
    found = []
    if plan.before is not None:
        now = traffic.percents(service.traffic)
        if now != traffic.percents(plan.before.traffic):
            found.append("traffic is now " + ", ".join(f"{percent}% {where}" for where, percent in now.items()))
        found.extend(
            f"{change.what} is now {change.after or 'gone'}"
            for change in template.differences(plan.before.template, service.template)
        )
    return "; ".join(found) or f"its generation is now {service.generation}"


def _create(command: Deploy, snapshot: Snapshot, request: Request) -> Plan:
    if command.edit.image is None:
        raise NotFound(
            f"There is no Service {snapshot.key}.",
            f"To create it, name an image: `deploy {snapshot.key.name} ghcr.io/acme/{snapshot.key.name}:v1`.",
        )
    notes = []
    if command.traffic is not None:
        notes.append("A first Revision gets all the traffic: there is no other to keep it.")
    targets = (TrafficTarget(traffic.WHOLE, latest=True, tag=command.tag),)
    after = State(targets, template.edit(None, command.edit))
    return _sealed(
        Plan(
            command.verb,
            snapshot.key,
            request,
            base=None,
            before=None,
            after=after,
            changes=template.differences(None, after.template),
            notes=tuple(notes),
        )
    )


def _decide(
    command: ChangeCommand, snapshot: Snapshot, service: Service
) -> tuple[str, tuple[TrafficTarget, ...], list[str]]:
    """Return the wished template, the wished targets and the notes of `command`."""
    match command:
        case Deploy():
            return _deploy(command, snapshot, service)
        case Rollout():
            targets, notes = _rollout(command, snapshot, service)
        case Rollback():
            targets, notes = _rollback(command, snapshot, service)
        case Follow():
            targets, notes = traffic.assign(service.traffic, {references.FOLLOW: traffic.WHOLE}), []
        case Tag():
            found = references.resolve(command.reference, snapshot)
            targets = traffic.tag(service.traffic, found.target, command.tag)
            notes = [found.note] if found.note else []
        case Untag():
            targets, notes = traffic.untag(service.traffic, command.tag), []
        case _:
            assert_never(command)
    return service.template, targets, notes


def _deploy(command: Deploy, snapshot: Snapshot, service: Service) -> tuple[str, tuple[TrafficTarget, ...], list[str]]:
    document = template.edit(service.template, command.edit)
    if document == template.canonical(json.loads(service.template)):
        document = service.template
    targets, notes = service.traffic, []
    new = document != service.template
    if command.traffic is not None and new:
        held = _pinned(snapshot, service)
        rest = traffic.WHOLE - command.traffic
        wanted = traffic.spread(rest, held) if rest else {}
        if command.traffic:
            wanted[references.FOLLOW] = command.traffic
        targets = traffic.assign(service.traffic, wanted)
    if command.tag:
        targets = traffic.tag(targets, references.FOLLOW, command.tag)
    if new and references.FOLLOW not in traffic.percents(targets):
        notes.append("The new Revision gets no traffic: the present ones keep it.")
    return document, targets, notes


def _pinned(snapshot: Snapshot, service: Service) -> dict[str, int]:
    """Return who holds traffic, @latest replaced by the Revision it leads to, so that a deploy does not move it."""
    held = traffic.percents(service.traffic)
    follows = held.pop(references.FOLLOW, 0)
    if follows:
        leads = references.followed(snapshot)
        if leads is None:
            raise Invalid(
                f"{snapshot.key.name} has no Revision that is Ready and could keep the traffic.",
                "Deploy without --traffic and --no-traffic.",
            )
        held[leads] = held.get(leads, 0) + follows
    return held


def _rollout(command: Rollout, snapshot: Snapshot, service: Service) -> tuple[tuple[TrafficTarget, ...], list[str]]:
    named: dict[str, int] = {}
    notes = []
    for share in command.shares:
        found = references.resolve(share.reference, snapshot)
        if found.target in named:
            raise Invalid(
                f"{found.target} is named twice ({share.reference} is {found.revision.name}).",
                "Name each Revision once.",
            )
        named[found.target] = share.percent
        notes += [found.note] if found.note else []
    present = traffic.percents(service.traffic)
    if references.FOLLOW in present and references.FOLLOW not in named:
        leads = references.followed(snapshot)
        if leads in named:  # the floating target's traffic is what is being shared out
            present.pop(references.FOLLOW)
    stable = references.stable(snapshot)
    wanted = traffic.fill(present, named, stable.name if stable else None)
    rest = {where: percent for where, percent in wanted.items() if where not in named and percent}
    if rest:
        notes.append(
            "The rest stays with " + ", ".join(f"{where} ({percent}%)" for where, percent in rest.items()) + "."
        )
    return traffic.assign(service.traffic, wanted), notes


def _rollback(command: Rollback, snapshot: Snapshot, service: Service) -> tuple[tuple[TrafficTarget, ...], list[str]]:
    found = references.resolve(command.reference or "stable", snapshot)
    notes = [found.note] if found.note else []
    notes.append(f"New deploys get no traffic until `follow {snapshot.key.name}`.")
    if found.revision.replicas == 0:
        notes.append(f"{found.revision.name} has no pods now: the first requests wait for one.")
    return traffic.assign(service.traffic, {found.revision.name: traffic.WHOLE}), notes


def _seal(
    verb: str,
    snapshot: Snapshot,
    service: Service,
    request: Request,
    after: State,
    notes: list[str],
    undoes: str | None = None,
) -> Plan:
    before = State(service.traffic, service.template)
    bare = tuple(replace(target, url=None) for target in service.traffic)
    if set(bare) == set(after.traffic) and before.template == after.template:
        raise NoChange(f"{snapshot.key.name} is already so.", "Nothing was written.")
    base = Base(service.uid, service.generation, service.resource_version, service.latest_created)
    plan = Plan(
        verb,
        snapshot.key,
        request,
        base=base,
        before=before,
        after=after,
        annotations=_stable(snapshot, service, after),
        changes=template.differences(before.template, after.template) if before.template != after.template else (),
        notes=tuple(notes),
        leads=references.followed(snapshot),
        digest=_digest(snapshot, after),
        undoes=undoes,
    )
    return _sealed(plan)


def _sealed(plan: Plan) -> Plan:
    document = {name: value for name, value in asdict(plan).items() if name != "id"}
    return replace(plan, id=hashlib.sha256(template.canonical(document).encode()).hexdigest()[:32])


def _stable(snapshot: Snapshot, service: Service, after: State) -> tuple[tuple[str, str | None], ...]:
    """Note on the object which Revision is the last known good one, in the write that takes its traffic away."""
    held = {target.revision for target in service.routed if target.percent == traffic.WHOLE}
    if len(held) != 1:
        return ()
    name = str(held.pop())
    revision = snapshot.revision(name)
    stays = traffic.percents(after.traffic) == {name: traffic.WHOLE}
    if revision is None or revision.ready is not Truth.TRUE or stays:
        return ()
    return ((references.STABLE, name),)


def _digest(snapshot: Snapshot, after: State) -> str | None:
    """Return the digest of the image that gains traffic, when one Revision alone does and its digest is known."""
    gaining = [target.revision for target in after.traffic if target.percent and target.revision]
    found = snapshot.revision(gaining[0]) if len(gaining) == 1 else None
    return found.digest if found else None
