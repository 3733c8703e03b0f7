"""Digests: what channels are told on a schedule, each time once.

A digest that is due is leased, sent, and then moved on. Who dies in between, or is not heard by Slack, leaves it due.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.core import checks, timezone
from bot.core.answers import DigestPost
from bot.core.digest import Digest as Report
from bot.core.digest import digest
from bot.core.errors import BotError
from bot.core.freezing import frozen
from bot.core.lingering import Ground
from bot.core.measures import IN_ALL
from bot.core.model import ServiceKey
from bot.core.rollout.judging import SHORTEST
from bot.operations import audience
from bot.operations.isolating import guarded
from bot.operations.retention import retention_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.core.model import DomainMapping
    from bot.core.place import Home
    from bot.core.subscriptions import Digest
    from bot.operations.world import World

log = logging.getLogger(__name__)

LATE = timedelta(hours=6)
"""A digest that is later than this, because nobody was there to send it, is left out."""
LEASE = timedelta(minutes=1)
"""How long others leave a digest alone that somebody is sending; after a failure it is tried again so late."""
USUAL = timedelta(days=1)
"""The time that a digest looks back over when none was sent before."""


def send_due(world: World) -> None:
    """Send the digests that are due."""
    now = world.clock.now()
    for subscribed in world.store.digests():
        if subscribed.next_at <= now:
            guarded(f"digest {subscribed.id}", _send, world, subscribed, now)


def report(
    world: World, home: Home, channel: str, since: datetime | None, zone: str, shown: Callable[[ServiceKey], bool]
) -> Report:
    """Return what a digest of a namespace says now.

    Args:
        world: the ports.
        home: the namespace.
        channel: whose silences count.
        since: when the last one was sent, None if there was none.
        zone: the time zone of what it tells.
        shown: of which Services it tells.

    Raises:
        Unavailable: the cluster or the database does not answer.
    """
    now = world.clock.now()
    since = since or now - USUAL
    key = ServiceKey(home.cluster, home.namespace, "")
    policy = world.configuration.policy
    services = [service for service in world.sight.services(home.cluster, home.namespace) if shown(service.key)]
    names = {service.key.name for service in services}
    return digest(
        Ground(
            home.cluster,
            home.namespace,
            now,
            since,
            timezone.zone(zone),
            services,
            [revision for revision in world.sight.revisions(home.cluster, home.namespace) if revision.service in names],
            [
                piece
                for piece in world.store.chronicle.news(home.cluster, home.namespace, now - timedelta(days=8))
                if shown(piece.key)
            ],
            [lock for lock in world.store.locks() if shown(lock.key)],
            frozen(key, policy.windows, world.store.freezes(), policy.override, now),
            [
                silence
                for silence in world.store.watches.silences(now, channel)
                if (silence.scope.cluster, silence.scope.namespace) == (home.cluster, home.namespace)
                and shown(ServiceKey(home.cluster, home.namespace, silence.scope.service))
            ],
            retention_of(world, home.cluster),
            _figures(world, home, now - since),
            _domains(world, home),
        )
    )


def _send(world: World, subscribed: Digest, now: datetime) -> None:
    """Send one digest, unless another process does, it is hopelessly late, or its readers may not look any more."""
    next_at = world.calendar.next_time(subscribed.schedule, subscribed.timezone, now)
    if not world.store.lease_digest(subscribed, now, now + LEASE):
        return
    shown = audience.heard(world, subscribed)
    if shown is None:
        log.info("Digest %s is held back: nobody whom it is for may look any more.", subscribed.id)
    if now - subscribed.next_at <= LATE and shown:
        home = world.configuration.home(subscribed.namespace, subscribed.cluster, subscribed.channel)
        found = report(
            world.looking(old=False), home, subscribed.channel, subscribed.sent_at, subscribed.timezone, shown
        )
        world.channel.post(subscribed.channel, DigestPost(found))
    world.store.advance_digest(subscribed, next_at, now)


def _domains(world: World, home: Home) -> Sequence[DomainMapping]:
    """Return the domains of a namespace; none where the cluster knows no DomainMappings or does not tell."""
    try:
        return world.knative.domains(home.cluster, home.namespace)
    except BotError as error:
        log.info("No domains for a digest of %s: %s", home.namespace, error)
        return ()


def _figures(world: World, home: Home, span: timedelta) -> Mapping[str, float | None]:
    """Return the figures of a namespace; none where the cluster has no source of them, or it does not answer."""
    window = max(SHORTEST, span)
    try:
        return {
            name: world.metrics.query(home.cluster, checks.fill(query, window, namespace=home.namespace))
            for name, query in IN_ALL.items()
        }
    except BotError as error:
        if error.code != "no-metrics":
            log.info("No figures for a digest of %s: %s", home.namespace, error)
        return {}
