"""What the commands about traffic decide: targets, names, and what a person is told about them.

One line may take tags away, give tags and split. It is read in kn's order, whatever the order of its words: untag, tag,
split. A split can therefore name a tag that the same line gives, and not one that it takes away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.core import references, traffic
from bot.core.errors import Invalid, NotFound
from bot.core.model import Truth
from bot.core.traffic import Targets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.commands import Rollback, Rollout, Share, Tag, Tagging
    from bot.core.model import Revision, Service, Snapshot


@dataclass(frozen=True, slots=True)
class Routing:
    """What a Service's targets shall be, and its names (tags without an address: name → Revision), with notes.

    `waits` if what is asleep is woken before it gets traffic.
    """

    traffic: Targets
    names: Mapping[str, str]
    notes: tuple[str, ...] = ()
    waits: bool = True

    def noting(self, *notes: str) -> Routing:
        """Return the same with more notes; none is said twice."""
        return replace(self, notes=tuple(dict.fromkeys((*self.notes, *notes))))

    def tagged(self, tag: str, targets: Targets) -> Routing:
        """Return the routing with `targets`, in which `tag` is an address; a name of that spelling goes."""
        names = {name: where for name, where in self.names.items() if name != tag}
        return replace(self, traffic=targets, names=names)


def present(service: Service) -> Routing:
    """Return the targets and names as they are wished now."""
    return Routing(service.traffic, references.names(service))


def rollout(command: Rollout, snapshot: Snapshot, service: Service) -> Routing:
    """Return the routing after a split, with the tags that the same line takes and gives.

    Raises:
        NotFound, Invalid: a reference or a percentage cannot be had.
    """
    retagged = tags(command.untags, command.tags, snapshot, service)
    return split(command.shares, after(snapshot, service, retagged), retagged) if command.shares else retagged


def tags(untags: Sequence[str], given: Sequence[Tagging], snapshot: Snapshot, service: Service) -> Routing:
    """Return the routing after tags are taken away, then given; one that leads elsewhere is moved in one step."""
    routing = present(service)
    for name in untags:
        routing = untag(name, routing)
    for tagging in given:
        found = references.resolve(tagging.reference, after(snapshot, service, routing))
        targets = traffic.tag(routing.traffic, found.target, tagging.tag)
        routing = routing.tagged(tagging.tag, targets).noting(*found.notes, *tag_notes(tagging.tag))
    return routing


def name(command: Tag, snapshot: Snapshot, service: Service) -> Routing:
    """Return the routing after a Revision is given a name that is no address.

    Raises:
        Invalid: the name is a word of its own, or is an address already.
    """
    routing = present(service)
    if command.tag in references.WORDS:
        raise Invalid(f"{command.tag} is a word of its own in commands.", "Choose another name.")
    if references.NUMBER.match(command.tag) or snapshot.revision(command.tag):
        raise Invalid(f"{command.tag} names a Revision already.", "Choose another name.")
    if command.tag in traffic.tags(service.traffic):
        hint = f"`untag {snapshot.key.name} {command.tag}` takes the address away first."
        raise Invalid(f"{command.tag} is a tag with an address.", hint)
    found = references.find(command.reference, snapshot)
    notes = [f"A name does not follow: it stays with {found.name}."] if command.reference == references.FOLLOW else []
    named = replace(routing, names={**routing.names, command.tag: found.name})
    return named.noting(*references.notes(command.reference, snapshot), *notes)


def untag(tag: str, routing: Routing) -> Routing:
    """Return the routing without a tag or name.

    Raises:
        NotFound: there is neither.
    """
    if tag in routing.names:
        return replace(routing, names={name: where for name, where in routing.names.items() if name != tag})
    try:
        return replace(routing, traffic=traffic.untag(routing.traffic, tag))
    except NotFound as error:
        if not routing.names:
            raise
        names = ", ".join(f"`{name}`" for name in routing.names)
        raise NotFound(error.message, f"{error.hint} The names without an address are {names}.") from error


def rollback(command: Rollback, snapshot: Snapshot, service: Service) -> Routing:
    """Return the routing that gives one earlier Revision everything."""
    found = references.resolve(command.reference or "stable", snapshot)
    targets = traffic.assign(service.traffic, {found.revision.name: traffic.WHOLE})
    notes = (*found.notes, *_broken_template(snapshot, found.revision))
    return replace(present(service), traffic=targets, waits=not command.now).noting(*notes)


def follow(service: Service) -> Routing:
    """Return the routing that gives everything to whatever is latest."""
    return replace(present(service), traffic=traffic.assign(service.traffic, {references.FOLLOW: traffic.WHOLE}))


def after(snapshot: Snapshot, service: Service, routing: Routing) -> Snapshot:
    """Return the snapshot in which references mean what they will mean once `routing` is written."""
    kept = {key: value for key, value in service.annotations.items() if not key.startswith(references.NAME)}
    named = {references.NAME + name: where for name, where in routing.names.items()}
    return replace(snapshot, service=replace(service, traffic=routing.traffic, annotations={**kept, **named}))


def kept_addresses(service: Service, wished: Targets) -> list[str]:
    """Say which address a tag has that will lead elsewhere; a tag that is new gets one from Knative, later."""
    addresses = {target.tag: target.url for target in service.routed if target.tag}
    before = traffic.tags(service.traffic)
    moved = (tag for tag, where in traffic.tags(wished).items() if tag in before and before[tag] != where)
    return [f"{tag} keeps its address {addresses[tag]}." for tag in moved if addresses.get(tag)]


def named_shares(shares: Sequence[Share], snapshot: Snapshot) -> tuple[dict[str, int], list[str]]:
    """Return place → percent of what is named, and notes.

    Raises:
        NotFound, Invalid: a reference cannot be had, or two of them mean the same Revision.
    """
    named: dict[str, int] = {}
    spelled: dict[str, str] = {}
    notes: list[str] = []
    for share in shares:
        found = references.resolve(share.reference, snapshot)
        if found.revision.name in spelled:
            raise Invalid(
                f"{found.revision.name} is named twice: as {spelled[found.revision.name]} and as {share.reference}.",
                "Name each Revision once.",
            )
        spelled[found.revision.name] = share.reference
        named[found.target] = share.percent
        notes += found.notes
    return named, notes


def tag_notes(tag: str | None) -> list[str]:
    """Say that a tag which is spelled like a reference is an address only, and does not change what the word means."""
    if tag not in references.WORDS:
        return []
    return [f"In commands, {tag} still means what it meant: this tag is an address only."]


def split(shares: Sequence[Share], snapshot: Snapshot, routing: Routing) -> Routing:
    """Return `routing` with its traffic split; `snapshot` is as it will be after it (see `after`)."""
    service = snapshot.service
    if service is None:
        raise NotFound(f"There is no Service {snapshot.key}.")
    named, notes = named_shares(shares, snapshot)
    carrying = others(snapshot, service, named)
    carrier = references.carrier(snapshot, named)
    rest = traffic.WHOLE - sum(named.values())
    if rest > 0 and not carrying and carrier is None and sum(each.usable for each in snapshot.revisions) == 1:
        raise Invalid(
            f"{snapshot.key.name} has only one Revision that is Ready: nobody could carry the other {rest}%.",
            "Deploy a second one first.",
        )
    wanted = traffic.fill(carrying, named, carrier.name if carrier else None)
    kept = {where: percent for where, percent in wanted.items() if where not in named and percent}
    if kept:
        verb = "stays with" if carrying else "goes to"
        notes.append(f"The rest {verb} {', '.join(f'{where} ({percent}%)' for where, percent in kept.items())}.")
    targets = traffic.assign(routing.traffic, wanted)
    return replace(routing, traffic=targets).noting(*notes, *_leap(wanted, snapshot, service))


def others(snapshot: Snapshot, service: Service, named: Mapping[str, int]) -> dict[str, int]:
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


def _leap(wanted: Mapping[str, int], snapshot: Snapshot, service: Service) -> list[str]:
    """Say that a Revision which is newer than all that serve takes everything without having been tried."""
    whole = next((where for where, percent in wanted.items() if percent == traffic.WHOLE), None)
    newest = references.followed(snapshot) if whole == references.FOLLOW else whole
    target = snapshot.revision(newest) if newest else None
    serving = [found for name in service.shares if (found := snapshot.revision(name))]
    if target is None or not serving or any(target.number <= found.number for found in serving):
        return []
    hint = f"`rollout {snapshot.key.name} {target.number}=10` tries it on a few requests first."
    return [f"{target.name} goes from 0% to 100% at once. {hint}"]


def _broken_template(snapshot: Snapshot, target: Revision) -> list[str]:
    """Say that the Service's own settings stay broken: going back moves the traffic and mends nothing."""
    newest = snapshot.revisions[0]
    if newest.ready is not Truth.FALSE or newest.name == target.name:
        return []
    name = snapshot.key.name
    mended = f"`deploy {name} {target.image}` puts the image of {target.name} back, a fixed one does as well."
    return [f"{newest.name} has failed, so {name} is not Ready until its settings are mended: {mended}"]
