"""A build that is done goes on as a deploy of what it has made, in the name of who asked for it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.core import building
from bot.core.answers import Problem
from bot.core.commands import Deploy
from bot.core.errors import BotError, Invalid, NotFound
from bot.core.language.parse import parse
from bot.core.ports import Addressee
from bot.operations.changes import propose
from bot.operations.saying import reply

if TYPE_CHECKING:
    from bot.core.change import Change
    from bot.core.model import Stored
    from bot.operations.world import World

log = logging.getLogger(__name__)


def deploy_built(world: World, change: Change) -> None:
    """Ask for the deploy that a finished build was for: rights, locks and approvals are looked at anew.

    Whoever asked is told what stands in the way; the card of the build tells the image, so that nothing is lost.
    """
    request = change.plan.request
    to = Addressee(change.requester, request.channel, thread=request.thread)
    try:
        text = building.line(request.text, _run(world, change))
        command = parse(text, world.configuration.aliases)
        if not isinstance(command, Deploy):
            raise Invalid("That command means something else by now.", "The card of the build tells the image.")
        propose(world, command, to, text)
    except BotError as error:
        log.info("What %s has built is not deployed: %s", change.plan.subject, error)
        reply(world, to, Problem(error))


def _run(world: World, change: Change) -> Stored:
    about = change.plan.about
    found = world.knative.stored(change.plan.key.cluster, about) if about else None
    if found is None:
        raise NotFound(f"{change.plan.subject} is gone.")
    return found
