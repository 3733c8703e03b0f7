"""What every look begins with: where it is about, whether the person may, and what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.operations.world import World, authorize, intent, missing

if TYPE_CHECKING:
    from bot.core.commands import Address, Area
    from bot.core.model import Service, ServiceKey, Snapshot
    from bot.core.place import Home
    from bot.core.ports import Addressee


def area_of(world: World, area: Area, verb: str, to: Addressee, text: str) -> Home:
    home = world.configuration.area(area, to.channel)
    authorize(world, to, intent(verb, to.channel, home), text)
    return home


def key_of(world: World, address: Address, verb: str, to: Addressee, text: str) -> ServiceKey:
    key = world.configuration.key(address, to.channel)
    authorize(world, to, intent(verb, to.channel, key), text)
    return key


def snapshot_of(world: World, address: Address, verb: str, to: Addressee, text: str) -> tuple[Snapshot, Service]:
    key = key_of(world, address, verb, to, text)
    snapshot = world.sight.snapshot(key)
    if snapshot.service is None:
        raise missing(world, key, to.person, to.channel)
    return snapshot, snapshot.service
