"""What is decided about a Service becomes a Plan: with its base, its notes, and what its write puts on the object.

Three ways lead here: from a command and from a rollout's next step (`making`), and back from another plan
(`reverting`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core import attributes, gaining, owners, references, routing, template, traffic, warming
from bot.core.commands import Abort, Rollback
from bot.core.errors import NoChange
from bot.core.model import Truth
from bot.core.plan import UNDO, Base, Plan, Request, State, sealed
from bot.core.rollout import annotation
from bot.core.rollout.state import Outcome, Rollout

if TYPE_CHECKING:
    from bot.core.model import Service, Snapshot


def seal(
    verb: str,
    request: Request,
    snapshot: Snapshot,
    service: Service,
    after: State,
    notes: tuple[str, ...] = (),
    *,
    waits: bool = True,
    undoes: str | None = None,
    rollout: Rollout | None = None,
) -> Plan:
    """Return the plan that makes `service`, which is the one in `snapshot`, what `after` says.

    Args:
        verb: the command's.
        request: who asks.
        snapshot: what is there.
        service: the Service in it.
        after: what is wished; of its attributes the plan keeps those that are not so yet.
        notes: what a person reads first beside the traffic.
        waits: whether what is asleep is woken before it gets traffic.
        undoes: the id of the plan that it takes back.
        rollout: the rollout in steps that it is a step of.

    Raises:
        NoChange: it is already so.
    """
    before, after = _ends(service, after)
    if rollout is None and not _differ(before, after):
        raise NoChange(_already(snapshot, service, after), "Nothing was written.")
    new = before.template != after.template
    asleep = warming.asleep(snapshot, service, after.traffic, new=new)
    warms = warming.woken(service, asleep) if waits else ()
    gained = gaining.gain(snapshot, service, after.traffic, new=new)
    noted = _rollout(service, after, rollout)
    ends = ("This ends the rollout in steps that is running.",) if rollout is None and noted else ()
    addresses, waking = routing.kept_addresses(service, after.traffic), warming.notes(asleep, warms)
    plan = Plan(
        verb,
        snapshot.key,
        request,
        base=Base.of(service),
        before=before,
        after=after,
        annotations=(*_stable(verb, snapshot, service, after, rollout), *noted, *_renamed(before, after)),
        changes=(
            *(template.differences(before.template, after.template) if new else ()),
            *attributes.differences(before.attributes, after.attributes),
        ),
        notes=(*notes, *ends, *addresses, *waking),
        leads=references.followed(snapshot),
        digest=gained.digest,
        preview=gained.preview,
        undoes=undoes,
        warms=warms,
        rollout=rollout,
    )
    return sealed(plan)


def owned(plan: Plan, service: Service, also: tuple[str, ...] = (), *, force: bool) -> Plan:
    """Return `plan` with what it needs beside its verb (`also`).

    Raises:
        Refused: somebody else decides about what it changes, and it is not forced; see `owners`.
    """
    back = plan.verb in (UNDO, Rollback.verb, Abort.verb)
    notes = owners.check(plan, service, force=force, back=back)
    if owners.forced(plan, service, back=back):
        also = (*also, owners.FORCE)
    return sealed(replace(plan, notes=(*plan.notes, *notes), also=also)) if notes or also else plan


def names_of(service: Service) -> tuple[tuple[str, str], ...]:
    """Return a Service's tags without an address, as a State has them."""
    return tuple(sorted(references.names(service).items()))


def _ends(service: Service, wished: State) -> tuple[State, State]:
    """Return what `service` is and what it shall be, both with the attributes that differ and no others."""
    there = attributes.present(service, wished.attributes)
    differing = [pair for pair in zip(there, wished.attributes, strict=True) if pair[0] != pair[1]]
    was, shall = tuple(was for was, _ in differing), tuple(shall for _, shall in differing)
    before = State(service.traffic, service.template, names=names_of(service), attributes=was)
    return before, replace(wished, attributes=shall)


def _differ(before: State, after: State) -> bool:
    """Whether there is anything to write; a tag that a crash has left behind from waking is no reason to."""
    bare = {replace(target, url=None) for target in warming.settled(before.traffic)}
    others = (before.template, before.names, before.attributes) != (after.template, after.names, after.attributes)
    return bare != set(after.traffic) or others


def _already(snapshot: Snapshot, service: Service, after: State) -> str:
    """Say what is so already: the traffic, unless it is about labels and annotations alone."""
    if after.attributes:
        return f"{snapshot.key.name} is already so."
    held = traffic.shares(service.traffic, references.followed(snapshot))
    follows = ", and follows latest" if references.FOLLOW in traffic.percents(service.traffic) else ""
    return f"{snapshot.key.name} is already so: {', '.join(f'{held[name]}% {name}' for name in held)}{follows}."


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
