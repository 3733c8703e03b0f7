"""What holds changes back: the message when it begins and ends, and the lines that other messages tell it by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import mrkdwn
from bot.blocks.message import Button, Buttons, Message, compose, prose
from bot.core import duration

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.core.answers import FreezeBegun, FreezeEnded, Locked, LockNag, LockTaken, Unlocked
    from bot.core.freezing import Freeze
    from bot.core.holds import Holds
    from bot.core.locking import Lock

REASON = 300


def holding(holds: Holds) -> Iterator[str]:
    """Yield a line of markup for each thing that holds changes back."""
    if holds.lock:
        yield f":lock: Locked by {_whose(holds.lock)} since {mrkdwn.moment(holds.lock.since)}{_end(holds.lock.until)}"
    for freeze in holds.freezes:
        who = mrkdwn.person(freeze.person) if freeze.person else f"“{mrkdwn.prose(freeze.window, 80)}”"
        yield f":snowflake: Frozen by {who}{_why(freeze.reason)}{_end(freeze.until)}"


def locked(answer: Locked, command: str) -> Message:
    """Return what the channel is told of a new lock; the former owner is named, so that Slack tells them."""
    lock, former = answer.lock, answer.former
    headline = f":lock: {mrkdwn.bold(str(lock.key))} is locked by {_whose(lock)}{_end(lock.until)}"
    taken = []
    if former and former.owner != lock.owner:
        taken.append(f"It was locked by {_whose(former)}: {mrkdwn.person(lock.owner)} has taken it over.")
    unlock = mrkdwn.code(f"{command} unlock {lock.key.name}", 120)
    rest = f"Nobody else's change of it is made until {mrkdwn.person(lock.owner)} writes {unlock}."
    return compose(headline, prose(*taken, rest))


def taken(answer: LockTaken) -> Message:
    """Return what the person is told whose lock would be a second one."""
    lock = answer.lock
    age = duration.words(answer.now - lock.since)
    return compose(
        f":lock: {mrkdwn.bold(str(lock.key))} is locked already, by {_whose(lock)}, {age} ago{_end(lock.until)}",
        prose(f"If it cannot wait, take it over: {mrkdwn.person(lock.owner)} is told."),
        buttons=Buttons(f"lock-{lock.id}", lock.id, (Button("steal", "Steal the lock", "danger"),)),
    )


def unlocked(answer: Unlocked) -> Message:
    """Return what the channel is told of a lock that has ended."""
    return compose(f":unlock: {mrkdwn.bold(str(answer.lock.key))} is unlocked by {mrkdwn.person(answer.person)}")


def nag(answer: LockNag) -> Message:
    """Return the question whether a lock is still needed."""
    lock = answer.lock
    hours = int((answer.now - lock.since).total_seconds()) // 3600
    age = f"{hours} hours" if hours < 48 else f"{hours // 24} days"
    return compose(
        f":lock: {mrkdwn.bold(str(lock.key))} has been locked for {age} by {_whose(lock)}: still needed?",
        buttons=Buttons(f"nag-{lock.id}", lock.id, (Button("unlock", "Unlock"),)),
    )


def frozen(answer: FreezeBegun, command: str) -> Message:
    """Return what the channel is told of a freeze."""
    freeze = answer.freeze
    who = f"{mrkdwn.person(freeze.person)}{_why(freeze.reason)}{_end(freeze.until)}"
    thaw = mrkdwn.code(f"{command} thaw {freeze.namespace}", 120)
    return compose(
        f":snowflake: {_where(freeze)} is frozen by {who}",
        prose(f"No change is made there until somebody who may writes {thaw}."),
    )


def thawed(answer: FreezeEnded) -> Message:
    """Return what the channel is told of the end of a freeze."""
    by = f" by {mrkdwn.person(answer.person)}" if answer.person else ": its time is over"
    return compose(f":sunny: {_where(answer.freeze)} is thawed{by}")


def _whose(lock: Lock) -> str:
    return mrkdwn.person(lock.owner) + _why(lock.reason)


def _why(reason: str) -> str:
    return f" ({mrkdwn.prose(reason, REASON)})" if reason else ""


def _end(until: datetime | None) -> str:
    return f", until {mrkdwn.moment(until)}" if until else ""


def _where(freeze: Freeze) -> str:
    return f"{mrkdwn.bold(freeze.namespace)} on {mrkdwn.prose(freeze.cluster, 80)}"
