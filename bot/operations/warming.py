"""Waking pods before traffic is given to them: each call does what can be done now, and is safe to repeat."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.core.change import Event
from bot.core.errors import BotError, Stale, Unavailable
from bot.core.progress import Progress, warm_up
from bot.core.staleness import conditional
from bot.core.warming import closing, doors, opened, opening
from bot.operations import acting

if TYPE_CHECKING:
    from bot.core.change import Change
    from bot.operations.world import World

log = logging.getLogger(__name__)


def heat(world: World, change: Change) -> Progress:
    """Wake what the plan of `change` wakes, and return how far that is; its outcome is BEGIN when it is time to write.

    Raises:
        Stale: the Service is no longer what the plan was made from. Unavailable: the cluster does not answer.
    """
    plan, snapshot = change.plan, world.knative.snapshot(change.plan.key)
    service = snapshot.service
    conditional(plan, service)
    progress = warm_up(change, snapshot, world.clock.now())
    if progress.outcome is not None or service is None:
        return progress
    first = opening(plan)
    if first is not None and not opened(plan, service):
        try:
            acting.apply(world, first)
        except (Stale, Unavailable):
            raise
        except BotError as error:
            return Progress(progress.steps, outcome=Event.BEGIN, reason=f"Nothing was woken first: {error.message}")
    else:
        for tag in doors(plan, service):
            world.knative.wake(service, tag)
    return progress


def leave(world: World, change: Change) -> None:
    """Take away the address that was there for waking, when the plan itself will not be written."""
    if not change.plan.warms:
        return
    try:
        service = world.knative.snapshot(change.plan.key).service
        last = closing(change.plan, service) if service else None
        if last is not None:
            acting.apply(world, last)
    except BotError as error:
        log.warning("The address that woke %s is left; the next change takes it away: %s", change.plan.warms, error)
