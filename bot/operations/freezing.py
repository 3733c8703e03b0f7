"""Freezes of namespaces by hand: begun, ended, and over by themselves; everybody in the channel is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core import timezone
from bot.core.answers import FreezeBegun, FreezeEnded
from bot.core.commands import Area
from bot.core.errors import NotFound
from bot.core.freezing import Freeze
from bot.core.language.parse import redact
from bot.operations.saying import say
from bot.operations.world import authorize, intent

if TYPE_CHECKING:
    from bot.core.commands import Freeze as FreezeCommand
    from bot.core.commands import Thaw
    from bot.core.ports import Addressee
    from bot.operations.world import World


def freeze(world: World, command: FreezeCommand, to: Addressee, text: str) -> None:
    """Freeze a namespace; raises Refused, if the policy says no, and Invalid, if the end is over already."""
    area, words = command.area, command.words
    if words and area.namespace is None and words[0] in world.configuration.namespaces:
        area, words = Area(words[0], area.cluster), words[1:]
    home = world.configuration.area(area, to.channel)
    authorize(world, to, intent(command.verb, to.channel, home), text)
    now, zone = world.clock.now(), timezone.zone(world.configuration.timezone)
    end = command.until.after(now, zone) if command.until else None
    if command.length:
        end = now + command.length
    actor = world.directory.actor(to.person, to.channel)
    frozen = Freeze(
        world.clock.token(),
        home.cluster,
        home.namespace,
        to.person,
        actor.name or actor.id,
        to.channel,
        redact(" ".join(words)),
        now,
        end,
    )
    world.store.put_freeze(frozen)
    world.channel.answer(to, FreezeBegun(frozen), public=True)


def thaw(world: World, command: Thaw, to: Addressee, text: str) -> None:
    """End the freeze of a namespace.

    Raises:
        Refused: the policy says no. NotFound: nobody has frozen it.
    """
    home = world.configuration.area(command.area, to.channel)
    authorize(world, to, intent(command.verb, to.channel, home), text)
    found = [each for each in world.store.freezes() if (each.cluster, each.namespace) == (home.cluster, home.namespace)]
    if not found or not world.store.end_freeze(found[0], to.person, to.channel):
        hint = "What the calendar of the policy freezes ends by itself; `--override` is for what cannot wait."
        raise NotFound(f"Nobody has frozen {home.namespace}.", hint, code="unknown-freeze")
    _tell(world, FreezeEnded(found[0], to.person), to)


def end_overdue(world: World) -> None:
    """End the freezes whose time is over."""
    for each in world.store.freezes():
        if not each.holds(world.clock.now()) and world.store.end_freeze(each, None, each.channel, "Its time is over."):
            say(world, each.channel, FreezeEnded(each, None))


def _tell(world: World, said: FreezeEnded, to: Addressee) -> None:
    world.channel.answer(to, said, public=True)
    if said.freeze.channel != to.channel:
        say(world, said.freeze.channel, said)
