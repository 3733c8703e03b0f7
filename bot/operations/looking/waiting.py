"""What waits for approval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.answers import ApprovalTable
from bot.core.commands import Area
from bot.core.place import Home
from bot.core.policy import Deny, decide
from bot.operations.looking.asking import area_of
from bot.operations.world import World, intent, sieve

if TYPE_CHECKING:
    from bot.core.change import Change
    from bot.core.commands import Approvals
    from bot.core.ports import Addressee
    from bot.core.seeing import Sieve


def approvals(world: World, command: Approvals, to: Addressee, text: str) -> ApprovalTable:
    """Return what waits here; or in every channel that the person is in and may ask this of.

    A conversation that stands for no namespace is about all of them.
    """
    now = world.clock.now()
    if not command.everywhere and to.channel in world.configuration.homes:
        area_of(world, Area(), command.verb, to, text)
        shown = sieve(world, command.verb, to.person, to.channel)
        here = (change for change in world.store.pending([to.channel]) if shown(change.plan.key))
        return ApprovalTable(tuple(here), now)
    mine = world.directory.channels(to.person) | {to.channel}
    may: dict[tuple[str, Home], bool] = {}
    sieves: dict[str, Sieve] = {}
    found = []
    for change in world.store.pending():
        channel, key = change.plan.request.channel, change.plan.key
        place = (channel, Home(key.cluster, key.namespace))
        if place not in may:
            may[place] = channel in mine and _may_see(world, command, change, to)
        if may[place]:
            if channel not in sieves:
                sieves[channel] = sieve(world, command.verb, to.person, channel)
            if sieves[channel](key):
                found.append(change)
    return ApprovalTable(tuple(found), now, everywhere=True)


def _may_see(world: World, command: Approvals, change: Change, to: Addressee) -> bool:
    channel, key = change.plan.request.channel, change.plan.key
    if change.requester.team != to.person.team:
        return False
    wish = intent(command.verb, channel, Home(key.cluster, key.namespace))
    decision = decide(wish, world.directory.actor(to.person, channel), world.configuration.policy)
    return not isinstance(decision, Deny)
