"""When people are reminded of a change that waits for them: once, some time before it is too late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.change import State

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from bot.core.change import Change


def due(change: Change, before: timedelta, now: datetime) -> bool:
    """Whether it is time: `before` its deadline, though never in the first half of its waiting.

    Nobody is reminded of what they alone have asked for.
    """
    if change.state is not State.PENDING or not change.votes.needed:
        return False
    half = change.created + (change.deadline - change.created) / 2
    return max(change.deadline - before, half) <= now < change.deadline
