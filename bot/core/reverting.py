"""The way back of a plan: of a Service, or of another object, such as a domain that was given or taken.

A Service gets back its template and its traffic. Of another object, what the plan made is deleted, what it deleted is
made again, and what it changed is changed back. Either only if the object is still as the plan has left it. What is the
cluster's, or cannot be made again, has no way back; see `plan.undoable`.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core import attributes, domains, template, traffic, warming
from bot.core.errors import Invalid, NotFound, Stale
from bot.core.model import ObjectKind
from bot.core.plan import GONE, UNDO, Base, Plan, Request, State, sealed, undoable
from bot.core.policy import WHOLE
from bot.core.sealing import names_of, owned, seal
from bot.core.staleness import decided, wished
from bot.core.template import Change

if TYPE_CHECKING:
    from bot.core.model import Service, Snapshot, Stored
    from bot.core.traffic import Targets


def service(former: Plan, generation: int, snapshot: Snapshot, request: Request, *, force: bool = False) -> Plan:
    """Return the plan that takes `former`, a change of a Service, back: its template and traffic of before, exactly.

    Args:
        former: the plan to take back, as applied.
        generation: the Service's metadata.generation that the write of `former` answered.
        snapshot: the Service now.
        request: who asks.
        force: whether it shall be done although somebody else decides about it.

    Raises:
        Refused: somebody else decides about it; see `owners`.
        Stale: somebody has changed the Service since. Invalid: it was created by that plan, or what had its traffic is
            gone. NotFound: the Service is gone. NoChange: nothing to do.
    """
    was = _before(former)
    found = snapshot.service
    if found is None:
        raise NotFound(f"There is no Service {snapshot.key} any more.")
    moved = attributes.present(found, former.after.attributes) != former.after.attributes
    if found.generation != generation or moved:
        raise Stale(
            f"{former.key} was changed after “{former.request.text}”, so undoing that would undo more.",
            f"`status {former.key.name}` shows it as it is; `rollout` or `rollback` change it.",
        )
    state = State(
        _targets(former, was, snapshot, found),
        was.template if former.new_revision else found.template,
        names=was.names if was.names != former.after.names else names_of(found),
        attributes=was.attributes,
    )
    return owned(seal(UNDO, request, snapshot, found, state, undoes=former.id), found, force=force)


def _before(former: Plan) -> State:
    """Return what the Service was before `former`.

    Raises:
        Invalid: there is no way back to it.
    """
    was = former.before
    if was and former.deletes:
        image = template.image(json.loads(was.template).get("spec") or {})
        raise Invalid(
            f"{former.key} was deleted with all its Revisions, which cannot be taken back.",
            f"`deploy {former.key.name} {image}` makes it anew, with the image that it had.",
        )
    if was is None:
        raise Invalid(f"{former.key} did not exist before that deploy, so there is nothing to go back to.")
    if not undoable(former):
        raise Invalid(f"“{former.request.text}” cannot be taken back.", "Ask for the opposite instead.")
    return was


def _targets(former: Plan, was: State, snapshot: Snapshot, found: Service) -> Targets:
    """Return the traffic of before, exactly.

    One thing cannot wait: where a deploy has been given traffic that followed latest, the Revision that had it gets it
    back by name. Following would leave the traffic where it is until yet another Revision, of the old template, is up.

    Raises:
        Invalid: a Revision that had traffic is gone.
    """
    targets = warming.settled(former.rollout.base if former.rollout else was.traffic)
    if former.new_revision and former.leads:
        pinned = _pinned(targets, former.leads)
        if traffic.percents(pinned) != found.shares and set(pinned) != set(targets):
            targets = pinned
    for target in targets:
        if target.revision is not None and snapshot.revision(target.revision) is None:
            raise Invalid(f"{target.revision} no longer exists, so its traffic cannot be given back.")
    return targets


def _pinned(targets: Targets, leads: str) -> Targets:
    """Return targets in which what follows latest leads to the Revision `leads` by name, tags too."""
    named = tuple(replace(target, revision=leads, latest=False) if target.latest else target for target in targets)
    return traffic.assign(named, traffic.percents(named))


def other(former: Plan, found: Stored | None, request: Request) -> Plan:
    """Return the plan that takes `former`, a change of another object, back.

    Who asks for it needs the right to the verb of `former` too.

    Args:
        former: the plan to take back, as applied.
        found: the object that it was about as it is now, None where it is gone.
        request: who asks.

    Raises:
        Invalid: it cannot be taken back. Stale: somebody has changed the object since.
    """
    if not undoable(former):
        raise Invalid(f"“{former.request.text}” cannot be taken back.", _instead(former))
    left = None if former.deletes else wished(former.after.document)
    if left != (decided(former, found) if found and not found.deleting else None):
        raise Stale(
            f"{former.subject} was changed after “{former.request.text}”, so undoing that would undo more.",
            f"`status {former.key.name}` and `domains` show what is there now.",
        )
    made = former.before is None and not former.deletes
    return sealed(
        replace(
            former,
            verb=UNDO,
            request=request,
            base=Base.of(found) if found else None,
            before=None if former.deletes else former.after,
            after=former.before or GONE,
            changes=tuple(
                Change(each.what, each.after, each.before) for each in former.changes if each.what != domains.CLAIMED
            ),
            notes=(f"{former.subject.split()[-1]} stays claimed.",) if WHOLE in former.also else (),
            loses=(domains.loss(former),) if made else (),
            also=former.also if former.verb == UNDO else (former.verb,),
            undoes=former.id,
            override="",
        )
    )


def _instead(former: Plan) -> str:
    """Say what to do about a change that has no way back."""
    match former.about.kind if former.about else None:
        case ObjectKind.REVISION:
            return f"The Revision is gone for good: `rollback {former.key.name}` goes back to another one."
        case ObjectKind.BUILD_RUN:
            return f"It has changed nothing yet but a registry; `history {former.key.name}` lists the changes."
        case _:
            return "Ask for the opposite instead."
