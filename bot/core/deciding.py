"""What a command decides about a Service that is there: its template, its targets, and what a person is told.

Decisions know nothing of requests, bases or hashes; `plan` seals them. What is about traffic alone is in `routing`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from bot.core import deploying, references, routing, splitting, traffic
from bot.core.commands import (
    Abort,
    Annotate,
    Deploy,
    Follow,
    PlainCommand,
    Promote,
    Rollback,
    Rollout,
    Tag,
    Tagging,
    Untag,
)
from bot.core.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.commands import Share
    from bot.core.model import Service, Snapshot
    from bot.core.routing import Routing


def also(command: PlainCommand) -> tuple[str, ...]:
    """Return the verbs that a line uses beside its own, each of which the rules have to allow.

    A deploy may tag its own Revision without: that is a part of it.
    """
    match command:
        case Rollout():
            tags, untags = command.tags, command.untags
        case Deploy():
            tags = tuple(tagging for tagging in command.tags if tagging.reference != references.FOLLOW)
            untags = command.untags
        case _:
            return ()
    return (*([Tag.verb] if tags else []), *([Untag.verb] if untags else []))


def decide(command: PlainCommand, snapshot: Snapshot, service: Service) -> tuple[str, Routing]:
    """Return the wished template and the wished routing of `command`.

    Raises:
        NotFound, Invalid: what it names cannot be had.
    """
    match command:
        case Deploy():
            return _deploy(command, snapshot, service)
        case Rollout():
            decided = routing.rollout(command, snapshot, service)
        case Promote():
            decided = splitting.promote(snapshot, service)
        case Abort():
            decided = splitting.abort(snapshot, service)
        case Rollback():
            decided = routing.rollback(command, snapshot, service)
        case Follow():
            decided = routing.follow(service)
        case Tag(name_only=True):
            decided = routing.name(command, snapshot, service)
        case Tag():
            decided = routing.tags((), (Tagging(command.reference, command.tag),), snapshot, service)
        case Annotate():
            decided = routing.present(service)
        case Untag():
            decided = routing.untag(command.tag, routing.present(service))
        case _:
            assert_never(command)
    return service.template, decided


def _deploy(command: Deploy, snapshot: Snapshot, service: Service) -> tuple[str, Routing]:
    document, notes = deploying.following(command, snapshot, service)
    new = document != service.template
    others = tuple(tagging for tagging in command.tags if tagging.reference != references.FOLLOW)
    decided = routing.tags(command.untags, others, snapshot, service).noting(*notes)
    at = routing.after(snapshot, service, decided)
    if command.shares and new:
        decided = _share(_meaning_new(command), at, decided)
    elif any(share.reference != references.FOLLOW for share in command.shares):
        decided = routing.split(command.shares, at, decided)
    elif command.shares:
        decided = decided.noting("There is no new Revision, so the traffic stays as it is: `rollout` splits it.")
    for tagging in command.tags:
        if tagging.reference == references.FOLLOW:
            decided = _tag(tagging.tag, at, decided, new=new)
    if new and references.FOLLOW not in traffic.percents(decided.traffic):
        decided = decided.noting("The new Revision gets no traffic: the present ones keep it.")
    return document, decided


def _meaning_new(command: Deploy) -> Sequence[Share]:
    """Return the shares, in which a tag that the same line gives to the new Revision means that."""
    own = {tagging.tag for tagging in command.tags if tagging.reference == references.FOLLOW}
    return [
        replace(share, reference=references.FOLLOW) if share.reference in own else share for share in command.shares
    ]


def _share(shares: Sequence[Share], snapshot: Snapshot, decided: Routing) -> Routing:
    """Split between the new Revision and others, of which those that followed latest are pinned in the same write.

    As kn has it, the new Revision takes the rest where it is not named; where it is, the others keep it.
    """
    others = [share for share in shares if share.reference != references.FOLLOW]
    named, notes = routing.named_shares(others, snapshot)
    if len(shares) - len(others) > 1:
        raise Invalid("The new Revision is named twice.", "Name each Revision once.")
    own = next((share.percent for share in shares if share.reference == references.FOLLOW), None)
    if own is None:
        rest = traffic.WHOLE - sum(named.values())
        wanted = traffic.fill({}, named, references.FOLLOW)
        notes += [f"The rest goes to the new Revision ({rest}%)."] if rest else []
    else:
        held = {where: percent for where, percent in _pinned(snapshot, decided).items() if where not in named}
        wanted = traffic.fill(held, {**named, references.FOLLOW: own}, None)
    return replace(decided, traffic=traffic.assign(decided.traffic, wanted)).noting(*notes)


def _tag(tag: str, snapshot: Snapshot, decided: Routing, *, new: bool) -> Routing:
    """Tag the new Revision; a tag of the one before, which floats, stays with that one."""
    leads, targets, notes = references.followed(snapshot), decided.traffic, []
    for name, where in traffic.tags(targets).items():
        if new and leads and where == references.FOLLOW and name != tag:
            targets = traffic.tag(targets, leads, name)
            notes.append(f"The tag {name} stays with {leads}.")
    targets = traffic.tag(targets, references.FOLLOW, tag)
    return decided.tagged(tag, targets).noting(*notes, *routing.tag_notes(tag))


def _pinned(snapshot: Snapshot, decided: Routing) -> dict[str, int]:
    """Return who holds traffic, @latest replaced by the Revision it leads to, so that a deploy does not move it."""
    held = traffic.shares(decided.traffic, references.followed(snapshot))
    if references.FOLLOW in held:
        raise Invalid(
            f"{snapshot.key.name} has no Revision that is Ready and could keep the traffic.",
            "Deploy without --traffic and --no-traffic.",
        )
    return held
