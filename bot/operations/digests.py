"""Digests: what channels are told on a schedule, each time once, by whichever process claims it first."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.answers import DigestPost
from bot.core.digest import digest
from bot.operations.isolating import guarded

if TYPE_CHECKING:
    from datetime import datetime

    from bot.core.subscriptions import Digest
    from bot.operations.world import World

LATE = timedelta(hours=6)
"""A digest that is later than this, because nobody was there to send it, is left out."""


def send_due(world: World) -> None:
    """Send the digests that are due."""
    now = world.clock.now()
    for subscribed in world.store.digests():
        if subscribed.next_at <= now:
            guarded(f"digest {subscribed.id}", _send, world, subscribed, now)


def _send(world: World, subscribed: Digest, now: datetime) -> None:
    """Send one digest, unless another process has claimed it first or it is hopelessly late."""
    next_at = world.calendar.next_time(subscribed.schedule, subscribed.timezone, now)
    if not world.store.claim_digest(subscribed, next_at) or now - subscribed.next_at > LATE:
        return
    services = world.knative.services(subscribed.cluster, subscribed.namespace)
    world.channel.post(subscribed.channel, DigestPost(digest(subscribed.namespace, services)))
