"""Locks: taken, taken over, ended, and asked about when they may have been forgotten.

Everybody in the channel sees what happens to a lock, and its former owner is named.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core import locking, timezone
from bot.core.answers import Locked, LockNag, LockTaken, Unlocked
from bot.core.errors import NotFound, Refused
from bot.core.language.parse import redact
from bot.core.locking import Lock
from bot.operations.saying import say
from bot.operations.world import authorize, intent

if TYPE_CHECKING:
    from bot.core.commands import Lock as LockCommand
    from bot.core.commands import Unlock
    from bot.core.model import ServiceKey
    from bot.core.ports import Addressee
    from bot.operations.world import World


def lock(world: World, command: LockCommand, to: Addressee, text: str) -> None:
    """Lock a Service, or offer to take the lock over that somebody else has."""
    key = world.configuration.key(command.service, to.channel)
    authorize(world, to, intent(command.verb, to.channel, key), text)
    now, former = world.clock.now(), world.store.lock(key)
    held = former if former and former.holds(now) else None
    if held and held.owner != to.person and not command.steal:
        world.channel.answer(to, LockTaken(held, now))
        return
    wanted = _mine(world, key, redact(command.reason), to)
    if command.length:
        wanted = replace(wanted, until=now + command.length)
    _take(world, wanted, former, to)


def unlock(world: World, command: Unlock, to: Addressee, text: str) -> None:
    """End one's own lock."""
    key = world.configuration.key(command.service, to.channel)
    authorize(world, to, intent(command.verb, to.channel, key), text)
    _unlock(world, _there(world, key), to)


def steal(world: World, identity: str, to: Addressee) -> None:
    """Take over the lock that a button is about, for the reason that it has."""
    lock = _known(world, identity)
    authorize(world, to, intent("lock", to.channel, lock.key), f"lock {lock.key} --steal")
    _take(world, _mine(world, lock.key, lock.reason, to), lock, to)


def release(world: World, identity: str, to: Addressee) -> None:
    """End the lock that a button is about."""
    lock = _known(world, identity)
    authorize(world, to, intent("unlock", to.channel, lock.key), f"unlock {lock.key}")
    _unlock(world, lock, to)


def look_after(world: World) -> None:
    """End the locks whose time is over, and ask about those that may have been forgotten."""
    now, zone = world.clock.now(), timezone.zone(world.configuration.timezone)
    for lock in world.store.locks():
        if not lock.holds(now):
            world.store.end_lock(lock, None, "Its time is over.")
        elif locking.forgotten(lock, now, zone) and world.store.claim_nag(lock, now):
            say(world, lock.channel, LockNag(lock, now))


def _mine(world: World, key: ServiceKey, reason: str, to: Addressee) -> Lock:
    actor = world.directory.actor(to.person, to.channel)
    name = actor.name or actor.id
    return Lock(world.clock.token(), key, to.person, name, to.channel, reason, world.clock.now())


def _take(world: World, lock: Lock, former: Lock | None, to: Addressee) -> None:
    held = former if former and former.holds(lock.since) else None
    stolen = held is not None and held.owner != lock.owner
    if not world.store.take_lock(lock, former, "steal" if stolen else "lock"):
        raise Refused(
            f"Somebody else was faster with the lock of {lock.key}.", f"`status {lock.key.name}` shows whose."
        )
    said = Locked(lock, held)
    world.channel.answer(to, said, public=True)
    if stolen and held and held.channel != to.channel:
        say(world, held.channel, said)


def _unlock(world: World, lock: Lock, to: Addressee) -> None:
    if lock.owner != to.person:
        hint = f"If they cannot: `lock {lock.key.name} --steal`, and they are told."
        raise Refused(f"{lock.key} is locked by {lock.name}, who alone can unlock it.", hint, code="not-yours")
    if not world.store.end_lock(lock, to.person):
        raise NotFound(f"{lock.key} is not locked any more.", code="unknown-lock")
    said = Unlocked(lock, to.person)
    world.channel.answer(to, said, public=True)
    if lock.channel != to.channel:
        say(world, lock.channel, said)


def _there(world: World, key: ServiceKey) -> Lock:
    lock = world.store.lock(key)
    if lock is None or not lock.holds(world.clock.now()):
        raise NotFound(f"{key} is not locked.", code="unknown-lock")
    return lock


def _known(world: World, identity: str) -> Lock:
    """Return the lock that a button stands for, if it is there still; who may touch it is looked at afterwards."""
    for lock in world.store.locks():
        if lock.id == identity and lock.holds(world.clock.now()):
            return lock
    raise NotFound("This lock has ended, or has another owner by now.", code="unknown-lock")
