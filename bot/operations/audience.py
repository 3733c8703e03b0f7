"""Who reads a channel: what nobody has asked for is told there as far as everybody in it may look at it.

The rules are about people, and a message in a channel is for all of them. So they are asked about an ordinary member of
the workspace there, who is in no group: what that member may not look at, somebody in the channel may not.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from bot.core.errors import BotError
from bot.core.policy import Allow, decide
from bot.core.progress import Progress
from bot.core.updates import Update
from bot.operations.world import intent

if TYPE_CHECKING:
    from bot.core.model import ServiceKey
    from bot.core.place import Home
    from bot.operations.world import World

log = logging.getLogger(__name__)

T = TypeVar("T", Progress, Update)


def for_all(world: World, verb: str, channel: str, where: ServiceKey | Home) -> bool:
    """Whether everybody in a channel may use `verb` there at once.

    Raises:
        Unavailable: Slack does not say whose channel it is.
    """
    bystander = world.directory.bystander(channel)
    return isinstance(decide(intent(verb, channel, where), bystander, world.configuration.policy), Allow)


def shown(world: World, told: T, channel: str, key: ServiceKey) -> T:
    """Return what is told in a channel of a Service, without its log lines where they are not for all of its people."""
    if not told.logs:
        return told
    try:
        open_to_all = for_all(world, "logs", channel, key)
    except BotError as error:
        log.info("Log lines of %s are left out: %s", key, error)
        open_to_all = False
    return told if open_to_all else replace(told, logs=(), withheld=True)
