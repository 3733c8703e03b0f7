"""What a command decides about a Service that is there: its template, its targets, and what a person is told.

Decisions know nothing of requests, bases or hashes; `plan` seals them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, assert_never

from bot.core import references, template, traffic
from bot.core.commands import Deploy, Follow, Rollback, Rollout, SpecCommand, Tag, Untag
from bot.core.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.core.model import Service, Snapshot, TrafficTarget


def decide(
    command: SpecCommand, snapshot: Snapshot, service: Service
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
            notes = [*([found.note] if found.note else []), *tag_notes(command.tag)]
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
    elif command.traffic is not None:
        notes.append("There is no new Revision, so the traffic stays as it is: `rollout` splits it.")
    if command.tag:
        leads = references.followed(snapshot)
        for name, where in traffic.tags(targets).items():
            if new and leads and where == references.FOLLOW and name != command.tag:
                targets = traffic.tag(targets, leads, name)
                notes.append(f"The tag {name} stays with {leads}.")
        targets = traffic.tag(targets, references.FOLLOW, command.tag)
        notes += tag_notes(command.tag)
    if new and references.FOLLOW not in traffic.percents(targets):
        notes.append("The new Revision gets no traffic: the present ones keep it.")
    return document, targets, notes


def tag_notes(tag: str | None) -> list[str]:
    """Say that a tag which is spelled like a reference is an address only, and does not change what the word means."""
    if tag not in references.WORDS:
        return []
    return [f"In commands, {tag} still means what it meant: this tag is an address only."]


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
    spelled: dict[str, str] = {}
    notes = []
    for share in command.shares:
        found = references.resolve(share.reference, snapshot)
        if found.revision.name in spelled:
            raise Invalid(
                f"{found.revision.name} is named twice: as {spelled[found.revision.name]} and as {share.reference}.",
                "Name each Revision once.",
            )
        spelled[found.revision.name] = share.reference
        named[found.target] = share.percent
        notes += [found.note] if found.note else []
    present = _others(snapshot, service, named)
    stable = references.stable(snapshot)
    wanted = traffic.fill(present, named, stable.name if stable else None)
    rest = {where: percent for where, percent in wanted.items() if where not in named and percent}
    if rest:
        verb = "stays with" if present else "goes to"
        notes.append(f"The rest {verb} {', '.join(f'{where} ({percent}%)' for where, percent in rest.items())}.")
    if references.FOLLOW in traffic.percents(service.traffic) and not wanted.get(references.FOLLOW):
        notes.append(_lets_go(snapshot))
    return traffic.assign(service.traffic, wanted), notes


def _others(snapshot: Snapshot, service: Service, named: Mapping[str, int]) -> dict[str, int]:
    """Return who has traffic and is not named, and so may carry the rest.

    A share that follows the latest is no other when the newest Revision is named: it would lead there too. Where it has
    not arrived there yet, it is pinned to the Revision that it leads to now.
    """
    present = {where: percent for where, percent in traffic.percents(service.traffic).items() if where not in named}
    newest, leads = references.latest(snapshot), references.followed(snapshot)
    if newest and references.FOLLOW in named:
        present.pop(newest.name, None)
    elif newest and newest.name in named and references.FOLLOW in present:
        follows = present.pop(references.FOLLOW)
        if leads and leads not in named:
            present[leads] = present.get(leads, 0) + follows
    return present


def _rollback(command: Rollback, snapshot: Snapshot, service: Service) -> tuple[tuple[TrafficTarget, ...], list[str]]:
    found = references.resolve(command.reference or "stable", snapshot)
    notes = [found.note] if found.note else []
    notes.append(_lets_go(snapshot))
    if found.revision.replicas == 0:
        notes.append(f"{found.revision.name} has no pods now: the first requests wait for one.")
    return traffic.assign(service.traffic, {found.revision.name: traffic.WHOLE}), notes


def _lets_go(snapshot: Snapshot) -> str:
    """Say what it means that nothing follows latest any more: people find out at the next deploy otherwise."""
    return f"New deploys get no traffic until `follow {snapshot.key.name}`."
