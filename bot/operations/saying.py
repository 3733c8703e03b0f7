"""What people are told besides: that Slack does not take it is noted in the log, and keeps nothing from being done."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.core.errors import BotError

if TYPE_CHECKING:
    from bot.core.answers import Answer
    from bot.core.ports import Addressee
    from bot.operations.world import World

log = logging.getLogger(__name__)


def say(world: World, channel: str, said: Answer, thread: str | None = None) -> None:
    """Post something in a channel, or in a thread of it."""
    try:
        world.channel.post(channel, said, thread)
    except BotError as error:
        log.warning("%s could not be told of a %s: %s", channel, type(said).__name__, error)


def reply(world: World, to: Addressee, said: Answer) -> None:
    """Tell one person what became of what they wanted."""
    try:
        world.channel.answer(to, said)
    except BotError as error:
        log.warning("%s in %s could not be told so: %s", to.person.user, to.channel, error)
