"""Tables of Services, Revisions, addresses and domains."""

from __future__ import annotations

from heapq import nlargest
from operator import attrgetter
from typing import TYPE_CHECKING, assert_never

from bot.core.answers import ROWS, DomainTable, RevisionTable, RouteTable, ServiceTable
from bot.core.commands import Order
from bot.core.domains import SUFFIXES, suffixes
from bot.core.errors import Refused
from bot.core.model import Truth
from bot.core.retention import collected
from bot.operations.looking.asking import area_of, snapshot_of
from bot.operations.retention import retention_of
from bot.operations.world import sieve

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from bot.core.commands import Domains, Revisions, Routes, Services
    from bot.core.model import Revision, Service
    from bot.core.place import Home
    from bot.core.ports import Addressee
    from bot.operations.world import World


def services(world: World, command: Services, to: Addressee, text: str) -> ServiceTable:
    if command.everywhere:
        namespace, found = None, _visible(world, command, to, text)
    else:
        home = area_of(world, command.area, command.verb, to, text)
        namespace, found = home.namespace, _shown(world, command.verb, home, to)
    wanted = [service for service in found if command.grep is None or command.grep in service.key.name]
    return ServiceTable(namespace, _ordered(wanted, command.order), world.clock.now(), command.grep)


def _visible(world: World, command: Services, to: Addressee, text: str) -> list[Service]:
    """Return the Services of all namespaces that the rules let this person look at, one by one.

    Raises:
        Refused: there are Services, and none of them may be looked at.
    """
    cluster = world.configuration.cluster(to.channel, command.area.cluster)
    found = _everywhere(world, cluster)
    shown = sieve(world, command.verb, to.person, to.channel)
    visible = [service for service in found if shown(service.key)]
    if found and not visible:
        reason = f"You may not look at any Service of cluster {cluster}."
        world.store.refused(to.person, to.channel, text, reason, world.clock.now())
        raise Refused(reason, "`whoami` shows what you may do here.")
    return visible


def _shown(world: World, verb: str, home: Home, to: Addressee) -> list[Service]:
    """Return the Services of a namespace of which a list may tell this person."""
    shown = sieve(world, verb, to.person, to.channel).within(home.cluster, home.namespace)
    return [service for service in world.sight.services(home.cluster, home.namespace) if shown(service.key.name)]


def _everywhere(world: World, cluster: str) -> Sequence[Service]:
    """List all Services; those of the channels' own namespaces where Knobot may not list the whole cluster."""
    try:
        return world.sight.services(cluster, None)
    except Refused:
        namespaces = sorted({home.namespace for home in world.configuration.homes.values() if home.cluster == cluster})
        return [service for namespace in namespaces for service in world.sight.services(cluster, namespace)]


def _ordered(found: Iterable[Service], order: Order) -> tuple[Service, ...]:
    """Order Services within their namespaces."""
    match order:
        case Order.NAME:
            return tuple(found)
        case Order.AGE:
            return tuple(sorted(found, key=lambda service: (service.key.namespace, -service.created.timestamp())))
        case Order.READY:
            return tuple(sorted(found, key=lambda service: (service.key.namespace, service.ready is Truth.TRUE)))
        case _:
            assert_never(order)


def revisions(world: World, command: Revisions, to: Addressee, text: str) -> RevisionTable:
    now = world.clock.now()
    if command.service:
        snapshot, service = snapshot_of(world, command.service, command.verb, to, text)
        services = {snapshot.key.name: service}
        risks = _collected(world, snapshot.key.cluster, snapshot.revisions, services, now)
        own = snapshot.revisions
        return RevisionTable(snapshot.key, snapshot.key.namespace, own[:ROWS], services, now, risks, len(own[ROWS:]))
    home = area_of(world, command.area, command.verb, to, text)
    services = {service.key.name: service for service in _shown(world, command.verb, home, to)}
    shown = sieve(world, command.verb, to.person, to.channel).within(home.cluster, home.namespace)
    there = world.sight.revisions(home.cluster, home.namespace)
    revisions = [revision for revision in there if revision.service in services or shown(revision.service)]
    newest = tuple(nlargest(ROWS, revisions, key=attrgetter("created", "number")))
    names = {revision.service for revision in newest}
    theirs = [revision for revision in revisions if revision.service in names]
    risks = _collected(world, home.cluster, theirs, services, now)
    return RevisionTable(None, home.namespace, newest, services, now, risks, len(revisions) - len(newest))


def _collected(
    world: World, cluster: str, revisions: Sequence[Revision], services: Mapping[str, Service], now: datetime
) -> dict[str, datetime]:
    retention = retention_of(world, cluster)
    owned: dict[str, list[Revision]] = {}
    for revision in revisions:
        owned.setdefault(revision.service, []).append(revision)
    risks: dict[str, datetime] = {}
    for name, own in owned.items():
        if len(own) > retention.spared and name in services:
            risks |= collected(own, services[name].latest_ready, retention, now)
    return risks


def routes(world: World, command: Routes, to: Addressee, text: str) -> RouteTable:
    if command.service:
        snapshot, service = snapshot_of(world, command.service, command.verb, to, text)
        return RouteTable(snapshot.key.namespace, (service,))
    home = area_of(world, command.area, command.verb, to, text)
    return RouteTable(home.namespace, tuple(_shown(world, command.verb, home, to)))


def domains(world: World, command: Domains, to: Addressee, text: str) -> DomainTable:
    home = area_of(world, command.area, command.verb, to, text)
    mappings = world.knative.domains(home.cluster, home.namespace)
    leads = sieve(world, command.verb, to.person, to.channel).within(home.cluster, home.namespace)
    shown = tuple(
        each for each in mappings if command.domain in (None, each.domain) and (not each.service or leads(each.service))
    )
    try:
        known = suffixes(world.knative.stored(home.cluster, SUFFIXES))
    except Refused:  # those who run the cluster may keep its settings to themselves
        known = None
    return DomainTable(home.namespace, shown, known, command.domain)
