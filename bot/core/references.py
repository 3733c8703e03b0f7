"""How people name Revisions: one grammar, everywhere the same.

    reference = "latest" | "previous" | "stable" | "current" | "@latest" | tag | own tag | number | "#" number | name

`latest` is the newest Ready Revision, `previous` the newest Ready one older than it. knctl moved labels instead, so
that its `latest` could be broken; Knobot looks at what is. A tag on traffic, which has an address, is looked up before
a tag of Knobot's own, which is a name only; both before a Revision's name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.errors import Invalid, NotFound
from bot.core.model import Revision, Truth
from bot.core.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.core.model import Service, Snapshot

STABLE = "knobot.dev/stable"
"""Annotation on the Service: the Revision that last held all traffic while Ready, before the present state."""
NAME = "tag.knobot.dev/"
"""Prefix of annotations on the Service: tags that are names in commands and no addresses, each leads to a Revision."""

FOLLOW = "@latest"
WORDS = ("latest", "previous", "stable", "current", FOLLOW)
NUMBER = re.compile(r"#?([0-9]{1,9})\Z")
GENERATED = re.compile(r"([a-z][-a-z0-9]*)-[0-9]{5}\Z")
"""A Revision's name as Knative makes it, with its Service's name in it."""
NEAREST = 3
"""How many names a refusal offers."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a reference means now.

    `revision` is the Revision it stands for. `follow` is True for @latest and for a tag that leads there: it stays true
    when a newer one is Ready.
    `notes` tell what a person would not expect.
    """

    revision: Revision
    follow: bool = False
    notes: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        """The word that tells traffic targets apart: a Revision's name, or @latest."""
        return FOLLOW if self.follow else self.revision.name


def resolve(reference: str, snapshot: Snapshot) -> Resolved:
    """Return what `reference` means in `snapshot`, as something that may be given traffic.

    Raises:
        NotFound: there is no such Revision.
        Invalid: the Revision is not Ready, is being deleted, or the Service has none that is Ready.
    """
    found = _usable(find(reference, snapshot), snapshot)
    follow = reference == FOLLOW or (reference not in WORDS and _floats(reference, snapshot))
    return Resolved(found, follow=follow, notes=notes(reference, snapshot))


def find(reference: str, snapshot: Snapshot) -> Revision:
    """Return the Revision that `reference` names, Ready or not, as one looks at it.

    Raises:
        NotFound: there is none. Invalid: the Service has none that is Ready, and `latest` was asked for.
    """
    service = snapshot.service
    if service is None:
        raise NotFound(f"There is no Service {snapshot.key}.", "`services` lists those that are there.")
    match reference:
        case "latest" | "@latest":
            newest = latest(snapshot)
            if newest is None:
                raise Invalid(f"{snapshot.key.name} has no Revision that is Ready.", "`status` tells why.")
            return newest
        case "previous":
            return _known(previous(snapshot), snapshot, "earlier Revision that is Ready")
        case "stable":
            return _known(stable(snapshot), snapshot, "earlier Revision that is known to be good")
        case "current":
            return _known(current(snapshot), snapshot, "Revision with traffic")
        case _:
            named = (
                _by_tag(reference, service, snapshot)
                or _by_own_tag(reference, service, snapshot)
                or _by_number(reference, snapshot)
            )
            return named or _by_name(reference, snapshot)


def notes(reference: str, snapshot: Snapshot) -> tuple[str, ...]:
    """Return what a person would not expect of `reference`, which can be had: who means `latest` may mean others."""
    newest = latest(snapshot)
    if reference not in ("latest", FOLLOW) or newest is None or snapshot.service is None:
        return ()
    created, leads = snapshot.revisions[0], followed(snapshot)
    tagged = _by_tag("latest", snapshot.service, snapshot)
    differ = []
    if created.name != newest.name:
        state = "has failed" if created.ready is Truth.FALSE else "is not Ready yet"
        differ.append(f"{created.name} is newer but {state}")
    if leads and leads != newest.name:
        differ.append(f"{FOLLOW} still leads to {leads}")
    if tagged and tagged.name != newest.name:
        differ.append(f"the tag latest leads to {tagged.name}")
    return (f"latest is {newest.name}: {'; '.join(differ)}.",) if differ else ()


def names(service: Service) -> dict[str, str]:
    """Return the tags without an address: name → Revision, whether it still exists or not."""
    return {key.removeprefix(NAME): name for key, name in service.annotations.items() if key.startswith(NAME)}


def latest(snapshot: Snapshot) -> Revision | None:
    """Return the newest Ready Revision."""
    return next((revision for revision in snapshot.revisions if revision.usable), None)


def previous(snapshot: Snapshot) -> Revision | None:
    """Return the newest Ready Revision older than `latest`."""
    ready = [revision for revision in snapshot.revisions if revision.usable]
    return ready[1] if len(ready) > 1 else None


def stable(snapshot: Snapshot) -> Revision | None:
    """Return the last known good Revision: as noted on the Service, else `previous`."""
    noted = snapshot.revision(snapshot.service.annotations.get(STABLE, "")) if snapshot.service else None
    return noted if noted and noted.usable else previous(snapshot)


def carrier(snapshot: Snapshot, named: Collection[str]) -> Revision | None:
    """Return who takes the rest where no other has traffic: `stable`, else `previous`, or None.

    `named` are the places that have their share already. What serves alone for long is called stable itself, and then
    the one before it is who is left.
    """
    newest = latest(snapshot)
    taken = {*named, newest.name} if newest and FOLLOW in named else set(named)
    choices = (stable(snapshot), previous(snapshot))
    return next((revision for revision in choices if revision and revision.name not in taken), None)


def current(snapshot: Snapshot) -> Revision | None:
    """Return the Revision that carries most traffic now, by status."""
    heaviest = next(iter(snapshot.service.shares), None) if snapshot.service else None
    return snapshot.revision(heaviest) if heaviest else None


def followed(snapshot: Snapshot) -> str | None:
    """Return the name of the Revision that @latest leads to now, by the Service's status."""
    return snapshot.service.latest_ready if snapshot.service else None


def _known(found: Revision | None, snapshot: Snapshot, what: str) -> Revision:
    if found is None:
        raise NotFound(f"{snapshot.key.name} has no {what}.", _list(snapshot))
    return found


def _usable(revision: Revision, snapshot: Snapshot) -> Revision:
    if revision.deleting:
        raise Invalid(f"{revision.name} is being deleted.", _list(snapshot))
    if revision.ready is not Truth.TRUE:
        condition = revision.condition("Ready")
        reason = f" ({condition.reason})" if condition and condition.reason else ""
        raise Invalid(f"{revision.name} is not Ready{reason}, so it gets no traffic.", _list(snapshot))
    return revision


def _by_tag(reference: str, service: Service, snapshot: Snapshot) -> Revision | None:
    for target in service.traffic:  # status may still tell where a tag led before it was moved
        if target.tag == reference:
            name = target.revision or followed(snapshot)
            return snapshot.revision(name) if name else None
    return None


def _floats(tag: str, snapshot: Snapshot) -> bool:
    return snapshot.service is not None and any(
        target.tag == tag and target.latest for target in snapshot.service.traffic
    )


def _by_own_tag(reference: str, service: Service, snapshot: Snapshot) -> Revision | None:
    name = names(service).get(reference)
    if name is None:
        return None
    found = snapshot.revision(name)
    if found is None:
        hint = f"`untag {snapshot.key.name} {reference}` forgets the name. {_list(snapshot)}"
        raise NotFound(f"{reference} is a name of {name}, which no longer exists.", hint)
    return found


def _by_number(reference: str, snapshot: Snapshot) -> Revision | None:
    number = NUMBER.match(reference)
    if number is None:
        return None
    return next((revision for revision in snapshot.revisions if revision.number == int(number[1])), None)


def _by_name(reference: str, snapshot: Snapshot) -> Revision:
    found = snapshot.revision(reference)
    if found is None:
        made = GENERATED.match(reference)
        if made and made[1] != snapshot.key.name:
            message = f"{reference} is a Revision of {made[1]} by its name, not of {snapshot.key.name}."
            raise NotFound(message, f"A Service has Revisions and traffic of its own. {_list(snapshot)}")
        raise NotFound(f"{snapshot.key.name} has no Revision “{reference[:64]}”.", _nearest(reference, snapshot))
    return found


def _nearest(reference: str, snapshot: Snapshot) -> str:
    tags = [target.tag for target in snapshot.service.traffic if target.tag] if snapshot.service else []
    own = names(snapshot.service) if snapshot.service else {}
    candidates = dict.fromkeys([*WORDS, *tags, *own, *(revision.name for revision in snapshot.revisions)])
    close = nearest(reference, candidates, NEAREST)
    offered = " or ".join(f"`{name}`" for name in close)
    return f"Did you mean {offered}? {_list(snapshot)}" if close else _list(snapshot)


def _list(snapshot: Snapshot) -> str:
    ready = [f"`{revision.name}`" for revision in snapshot.revisions if revision.usable][:NEAREST]
    there = f"Ready are {', '.join(ready)}. " if len(ready) > 1 else f"Ready is {ready[0]}. " if ready else ""
    return f"{there}`revisions {snapshot.key.name}` lists all."
