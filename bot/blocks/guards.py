"""What holds changes back: the message when it begins and ends, and the lines that other messages tell it by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import mrkdwn
from bot.blocks.message import Button, Buttons, Message, compose, prose
from bot.core import duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.core.answers import Locked, LockNag, LockTaken, Unlocked
    from bot.core.holds import Holds
    from bot.core.locking import Lock

REASON = 300


def holding(holds: Holds) -> Iterator[str]:
    """Yield a line of markup for each thing that holds changes back."""
    if holds.lock:
        yield f":lock: Locked by {_whose(holds.lock)} since {mrkdwn.moment(holds.lock.since)}{_end(holds.lock)}"


def locked(answer: Locked, command: str) -> Message:
    """Return what the channel is told of a new lock; the former owner is named, so that Slack tells them."""
    lock, former = answer.lock, answer.former
    headline = f":lock: {mrkdwn.bold(str(lock.key))} is locked by {_whose(lock)}{_end(lock)}"
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
        f":lock: {mrkdwn.bold(str(lock.key))} is locked already, by {_whose(lock)}, {age} ago{_end(lock)}",
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


def _whose(lock: Lock) -> str:
    return mrkdwn.person(lock.owner) + (f" ({mrkdwn.prose(lock.reason, REASON)})" if lock.reason else "")


def _end(lock: Lock) -> str:
    return f", until {mrkdwn.moment(lock.until)}" if lock.until else ""
