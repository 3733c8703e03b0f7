"""Who reads a channel: what nobody has just asked for is told there as far as those may look at it for whom it is.

The rules are about people, and a message in a channel is for all of them. So they are asked about an ordinary member of
the workspace there, who is in no group: what that member may not look at, somebody in the channel may not.

A subscription belongs to its channel, and is told as long as an ordinary member may look there, or whoever has asked
for it may: they have told a channel what they see. It does not end with the account of who asked for it, for a team
would miss its alarms without a word; it is told then as long as the rules let anybody look.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from bot.core.errors import BotError
from bot.core.model import ServiceKey
from bot.core.place import Home
from bot.core.policy import Allow, decide, decide_for_any
from bot.core.progress import Progress
from bot.core.seeing import Sieve
from bot.core.subscriptions import Digest
from bot.core.topics import ANY
from bot.core.updates import Update
from bot.operations.world import intent, look_intent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.core.change import Person
    from bot.core.policy import Decision, Intent
    from bot.core.subscriptions import Scope, Watch
    from bot.operations.world import World

log = logging.getLogger(__name__)

T = TypeVar("T", Progress, Update)


def for_all(world: World, verb: str, channel: str, where: ServiceKey | Home) -> bool:
    """Whether everybody in a channel may use `verb` there at once.

    Raises:
        Unavailable: Slack does not say whose channel it is.
    """
    return isinstance(_bystander(world, channel, intent(verb, channel, where)), Allow)


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


def about(subscribed: Watch | Digest) -> ServiceKey | Home:
    """Return what the policy is asked about of a subscription."""
    if isinstance(subscribed, Digest):
        return Home(subscribed.cluster, subscribed.namespace)
    return extent(subscribed.scope)


def extent(scope: Scope) -> ServiceKey | Home:
    """Return what a scope is about: a pattern of names is about the whole namespace, * about all of them."""
    plain = not any(mark in scope.service for mark in "*?") and scope.namespace != ANY
    return ServiceKey(scope.cluster, scope.namespace, scope.service) if plain else Home(scope.cluster, scope.namespace)


def heard(world: World, subscribed: Watch | Digest) -> Callable[[ServiceKey], bool] | None:
    """Return what tells of which Services a subscription tells its channel now; None where it is held back.

    What the configuration says is the word of whoever keeps the policy as well.

    Raises:
        Unavailable: Slack does not say who its readers are.
    """
    creator = subscribed.creator
    if creator is None:
        return lambda _: True
    readers = [
        partial(_bystander, world, subscribed.channel),
        partial(_creator, world, subscribed.channel, creator),
    ]
    wish = look_intent(subscribed.channel, about(subscribed))
    if not any(isinstance(says(wish), Allow) for says in readers):
        return None
    return Sieve(world.configuration.policy, (wish.verb, wish.kind), subscribed.channel, readers)


def held_back(world: World, found: Iterable[Watch | Digest]) -> frozenset[str]:
    """Return the ids of those subscriptions of which nothing is told, since nobody whom it is for may look any more."""
    return frozenset(subscribed.id for subscribed in found if heard(world, subscribed) is None)


def _bystander(world: World, channel: str, wish: Intent) -> Decision:
    return decide(wish, world.directory.bystander(channel), world.configuration.policy)


def _creator(world: World, channel: str, creator: Person, wish: Intent) -> Decision:
    actor, policy = world.directory.actor(creator, channel), world.configuration.policy
    if actor.gone:
        return decide_for_any(wish, policy, members=world.directory.bystander(channel).member)
    return decide(wish, actor, policy)
