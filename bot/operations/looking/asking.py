"""What every look begins with: where it is about, whether the person may, and what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from bot.core.commands import Area
from bot.core.policy import Deny, decide
from bot.operations.world import World, authorize, intent, missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.core.commands import Address
    from bot.core.model import Service, ServiceKey, Snapshot
    from bot.core.place import Home
    from bot.core.ports import Addressee

T = TypeVar("T")


def area_of(world: World, area: Area, verb: str, to: Addressee, text: str) -> Home:
    home = world.configuration.area(area, to.channel)
    authorize(world, to, intent(verb, to.channel, home), text)
    return home


def listed(
    world: World, verb: str, to: Addressee, text: str, found: Iterable[T], where: Callable[[T], Home]
) -> tuple[T, ...]:
    """Return those of the things of a conversation that a person may see: all, if they may ask for its namespace.

    Where it stands for none, what is about the namespaces that they may ask for.
    """
    if to.channel in world.configuration.homes:
        area_of(world, Area(), verb, to, text)
        return tuple(found)
    actor, policy = world.directory.actor(to.person, to.channel), world.configuration.policy
    return tuple(
        each for each in found if not isinstance(decide(intent(verb, to.channel, where(each)), actor, policy), Deny)
    )


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
