"""What a channel decides to hear by itself: digests, watches, and silence. All of it is said in the channel."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

from bot.core import duration, timezone
from bot.core.answers import DigestAdded, DigestRemoved, Muted, Snoozed, Unmuted, WatchAdded, WatchRemoved
from bot.core.commands import DigestAdd, DigestRemove, DigestSnooze, Mute, Unmute, WatchAdd, WatchRemove
from bot.core.errors import Invalid, NoChange, NotFound
from bot.core.subscriptions import Digest, Quiet, Scope, Silence, Watch
from bot.operations.audience import extent
from bot.operations.world import authorize, intent, may_look

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from bot.core.answers import Answer
    from bot.core.commands import Subscription
    from bot.core.ports import Addressee
    from bot.core.schedule import Schedule
    from bot.operations.world import World


WATCHES = 50
"""How many watches people may give a channel, whoever they are."""
DIGESTS = 10
"""Likewise digests: each reads a whole namespace."""
APART = timedelta(minutes=10)
"""How long there is between two times of a digest: a channel is read by people."""
REPEATS = timedelta(hours=2)
"""What comes at some minutes of an hour comes at the same ones in the next; it need not be looked at further."""


def subscribe(world: World, command: Subscription, to: Addressee, text: str) -> None:
    """Do what `command` says and tell the channel.

    Raises:
        Refused: the policy says no. NotFound: there is no such subscription. NoChange: there is one already.
    """
    match command:
        case DigestAdd():
            answer = _add_digest(world, command, to, text)
        case DigestRemove():
            answer = _remove_digest(world, command, to, text)
        case DigestSnooze():
            answer = _snooze(world, command, to, text)
        case WatchAdd():
            answer = _watch(world, command, to, text)
        case WatchRemove():
            answer = _unwatch(world, command, to, text)
        case Mute():
            answer = _mute(world, command, to, text)
        case Unmute():
            answer = _unmute(world, command, to, text)
        case _:
            assert_never(command)
    world.channel.answer(to, answer, public=True)


def watches(world: World, channel: str) -> tuple[Watch, ...]:
    """Return what a channel is told: first what the configuration says."""
    configured = [watch for watch in world.configuration.watches if watch.channel == channel]
    return (*configured, *world.store.watches.all(channel))


def _add_digest(world: World, command: DigestAdd, to: Addressee, text: str) -> Answer:
    home = world.configuration.area(command.area, to.channel)
    authorize(world, to, intent(command.verb, to.channel, home), text)
    may_look(world, to, home, text)
    zone = command.timezone or world.configuration.timezone
    due = world.calendar.next_time(command.schedule, zone, world.clock.now())
    if _hurries(world, command.schedule, zone, due):
        often = duration.words(APART)
        raise Invalid(
            f"“{command.schedule}” comes too often: there are {often} between two digests.",
            "`watch` tells at once what happens.",
            code="too-often",
        )
    there = world.store.digests(to.channel)
    if len(there) >= DIGESTS:
        raise Invalid(
            f"This channel has {DIGESTS} digests already.", "`digest list` shows them, `digest remove ID` ends one."
        )
    identity = _identity(world, {digest.id for digest in there})
    digest = Digest(identity, to.channel, home.cluster, home.namespace, command.schedule, zone, to.person, due)
    world.store.add_digest(digest)
    return DigestAdded(digest)


def _hurries(world: World, schedule: Schedule, zone: str, first: datetime) -> bool:
    """Whether a schedule has times that are too close to each other; `first` is its next one."""
    before = first
    while before - first < REPEATS:
        after = world.calendar.next_time(schedule, zone, before)
        if after - before < APART:
            return True
        before = after
    return False


def _remove_digest(world: World, command: DigestRemove, to: Addressee, text: str) -> Answer:
    digest_of = {digest.id: digest for digest in world.store.digests(to.channel)}
    found = digest_of.get(command.identity)
    if found is None:
        raise NotFound(f"This channel has no digest “{command.identity}”.", "`digest list` shows them.")
    where = world.configuration.home(found.namespace, found.cluster, to.channel)
    authorize(world, to, intent(command.verb, to.channel, where), text)
    world.store.remove_digest(to.channel, command.identity)
    return DigestRemoved(command.identity)


def _snooze(world: World, command: DigestSnooze, to: Addressee, text: str) -> Answer:
    key = world.configuration.key(command.service, to.channel)
    authorize(world, to, intent(command.verb, to.channel, key), text)
    scope = Scope(key.cluster, key.namespace, key.name)
    silence = Silence(to.channel, scope, world.clock.now() + command.length, to.person, command.matter)
    world.store.watches.mute(silence)
    return Snoozed(silence)


def _watch(world: World, command: WatchAdd, to: Addressee, text: str) -> Answer:
    scope = world.configuration.scope(command.pattern, to.channel, command.labels)
    _authorize(world, to, command.verb, scope, text)
    may_look(world, to, extent(scope), text)
    zone = timezone.zone(command.timezone or world.configuration.timezone).key
    quiet = Quiet(*command.quiet, zone) if command.quiet else None
    there = watches(world, to.channel)
    wish = (scope, command.topics, quiet)
    same = next((each for each in there if (each.scope, each.topics, each.quiet) == wish), None)
    if same:
        raise NoChange(f"This channel is told so already, by `{same.id}`.", "`watch` lists all of it.")
    if sum(watch.creator is not None for watch in there) >= WATCHES:
        raise Invalid(
            f"This channel has {WATCHES} watches already.",
            "`watch` alone lists them, `unwatch ID` ends one. One like `watch team-*` does for many Services.",
        )
    identity = _identity(world, {watch.id for watch in there})
    watch = Watch(identity, to.channel, scope, command.topics, quiet, to.person)
    world.store.watches.add(watch)
    return WatchAdded(watch)


def _unwatch(world: World, command: WatchRemove, to: Addressee, text: str) -> Answer:
    there = watches(world, to.channel)
    found = [watch for watch in there if watch.id == command.identity]
    if not found:
        scope = world.configuration.scope(command.pattern, to.channel)
        found = [watch for watch in there if _same(watch.scope, scope)]
    if not found:
        raise NotFound(f"This channel has no watch “{command.identity}”.", "`watch` alone lists them.")
    if all(watch.creator is None for watch in found):
        hint = "`mute` silences it for a while; whoever runs Knobot can take it out."
        raise Invalid("That is in Knobot’s configuration.", hint)
    found = [watch for watch in found if watch.creator]
    for watch in found:
        _authorize(world, to, command.verb, watch.scope, text)
    world.store.watches.remove(to.channel, [watch.id for watch in found])
    return WatchRemoved(tuple(found))


def _mute(world: World, command: Mute, to: Addressee, text: str) -> Answer:
    scope = world.configuration.scope(command.pattern, to.channel)
    _authorize(world, to, command.verb, scope, text)
    silence = Silence(to.channel, scope, world.clock.now() + command.length, to.person)
    world.store.watches.mute(silence)
    return Muted(silence)


def _unmute(world: World, command: Unmute, to: Addressee, text: str) -> Answer:
    found = [each for each in world.store.watches.silences(world.clock.now(), to.channel) if not each.matter]
    if command.pattern is not None:
        scope = world.configuration.scope(command.pattern, to.channel)
        found = [silence for silence in found if _same(silence.scope, scope)]
    if not found:
        what = f"“{command.pattern}”" if command.pattern else "anything"
        raise NotFound(f"This channel does not mute {what}.", "`watch` alone shows what it is told.")
    for silence in found:
        _authorize(world, to, command.verb, silence.scope, text)
    world.store.watches.unmute(to.channel, [silence.scope for silence in found], world.clock.now())
    return Unmuted(tuple(found))


def _authorize(world: World, to: Addressee, verb: str, scope: Scope, text: str) -> None:
    authorize(world, to, intent(verb, to.channel, extent(scope)), text)


def _same(one: Scope, other: Scope) -> bool:
    return (one.cluster, one.namespace, one.service) == (other.cluster, other.namespace, other.service)


def _identity(world: World, taken: Collection[str]) -> str:
    """Return an id that is short enough to type."""
    token = world.clock.token()
    return next(token[:end] for end in range(4, len(token)) if token[:end] not in taken)
