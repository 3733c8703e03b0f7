"""Tables of Revisions and addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.answers import RevisionTable, RouteTable
from bot.operations.looking.asking import area_of, snapshot_of

if TYPE_CHECKING:
    from bot.core.commands import Revisions, Routes
    from bot.core.ports import Addressee
    from bot.operations.world import World


def revisions(world: World, command: Revisions, to: Addressee, text: str) -> RevisionTable:
    now = world.clock.now()
    if command.service:
        snapshot, service = snapshot_of(world, command.service, command.verb, to, text)
        services = {snapshot.key.name: service}
        return RevisionTable(snapshot.key, snapshot.key.namespace, snapshot.revisions, services, now)
    home = area_of(world, command.area, command.verb, to, text)
    services = {service.key.name: service for service in world.knative.services(home.cluster, home.namespace)}
    revisions = world.knative.revisions(home.cluster, home.namespace)
    return RevisionTable(None, home.namespace, tuple(revisions), services, now)


def routes(world: World, command: Routes, to: Addressee, text: str) -> RouteTable:
    if command.service:
        snapshot, service = snapshot_of(world, command.service, command.verb, to, text)
        return RouteTable(snapshot.key.namespace, (service,))
    home = area_of(world, command.area, command.verb, to, text)
    return RouteTable(home.namespace, tuple(world.knative.services(home.cluster, home.namespace)))
