"""The card of a change in its channel follows the row in the store, and never the other way round.

Whoever moves a change shows it afterwards. The store knows which version each card tells of, so that what a crash or a
silent Slack has kept from being shown is found and shown later, and an edit that was overtaken does not stay.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.answers import ChangeCard
from bot.core.change import Event, State
from bot.core.errors import BotError
from bot.core.holds import NOTHING
from bot.core.model import Truth
from bot.core.progress import Progress, look, look_at
from bot.core.rollout import stepping
from bot.operations import audience
from bot.operations.evidence import gather
from bot.operations.holding import holding
from bot.operations.saying import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.answers import Answer
    from bot.core.change import Change
    from bot.core.model import Pod, Snapshot
    from bot.operations.world import World

log = logging.getLogger(__name__)

LOG_LINES = 8
TAIL = 5
"""Log lines of a Revision that is starting: enough to see that something happens."""


def show(world: World, change: Change, progress: Progress | None = None) -> Change:
    """Make the message of a change tell how it is, posting it where there is none, and note that it does.

    Returns:
        The change as shown last: one that has moved on meanwhile is shown once more, for this may have come too late.

    Raises:
        Refused: Knobot may not speak there. Unavailable: Slack does not answer.
    """
    while True:
        stored = change if change.message else world.store.change(change.id)
        ts = stored.message if stored else None
        held = holding(world, change.plan.key) if change.state is State.PENDING else NOTHING
        card = ChangeCard(change, progress, held)
        if ts is None:
            ts = world.channel.post(change.plan.request.channel, card, change.plan.request.thread)
        else:
            world.channel.update(change.plan.request.channel, ts, card)
        current = world.store.seen(change.id, ts, change.version)
        after = None if current else world.store.change(change.id)
        if after is None:
            return replace(change, message=ts, shown=change.version)
        change, progress = after, recall(world, after)


def tell(world: World, change: Change, said: Answer) -> None:
    """Say something about a change in the thread of its card, where everybody who follows it reads it."""
    say(world, change.plan.request.channel, said, change.plan.request.thread or change.message)


def refresh(world: World, change: Change, progress: Progress | None = None) -> None:
    """Show a change as it is, now if Slack lets, else at a later tick."""
    try:
        show(world, change, progress)
    except BotError as error:
        log.warning("The card of change %s could not be updated: %s", change.id, error)


def witness(world: World, change: Change) -> Progress:
    """Return how far a written change is, with the last log lines of what has failed.

    Raises:
        Unavailable: the cluster does not answer.
    """
    if change.plan.about:
        found = world.knative.stored(change.plan.key.cluster, change.plan.about)
        return look_at(change, found, world.clock.now())
    snapshot = world.knative.snapshot(change.plan.key)
    if change.plan.rollout and change.plan.rollout.running:
        now = world.clock.now()
        evidence = gather(world, change, change.plan.rollout, now)
        return stepping.standing(change.plan, snapshot, evidence, now, change.deadline)
    progress = look(change, snapshot, _pods(world, change, snapshot), world.clock.now())
    if progress.outcome is not Event.FAILED:
        return progress
    return with_lines(world, change, progress, last_lines(world, change, progress, LOG_LINES))


def recall(world: World, change: Change) -> Progress | None:
    """Return how far a written change is, for a card that is shown late; None where the cluster does not tell."""
    if change.generation is None:
        return None
    try:
        progress = witness(world, change)
    except BotError as error:
        log.info("The card of change %s tells less: %s", change.id, error)
        return None
    return None if progress.outcome is Event.SUPERSEDE else progress


def _pods(world: World, change: Change, snapshot: Snapshot) -> Sequence[Pod]:
    """Return the pods of the newest Revision while the change waits for it to become Ready."""
    newest = snapshot.revisions[0] if snapshot.revisions else None
    if not change.plan.new_revision or newest is None or newest.ready is Truth.TRUE:
        return ()
    return world.knative.pods(change.plan.key, newest.name)


def with_lines(world: World, change: Change, progress: Progress, lines: tuple[str, ...]) -> Progress:
    """Return what a card tells together with log lines, as far as they are for all of its channel."""
    return audience.shown(world, replace(progress, logs=lines), change.plan.request.channel, change.plan.key)


def last_lines(world: World, change: Change, progress: Progress, count: int) -> tuple[str, ...]:
    """Return the last lines that the new Revision has written; none where they cannot be had."""
    if progress.revision is None:
        return ()
    try:
        return tuple(world.knative.logs(change.plan.key, progress.revision, count))
    except BotError as error:
        log.info("No logs of %s: %s", progress.revision, error)
        return ()
