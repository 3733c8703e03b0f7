"""Tells clients that something they can see has changed; they then read what they need.

A client that does not keep up loses nothing: notices of the same thing fall together while they wait.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

Kind = Literal["message", "view", "presence"]


@dataclass(frozen=True, slots=True)
class Change:
    """What changed: `channel` as the client names it ("deploys", "@knobot"), `ts` of a message, or None."""

    kind: Kind
    channel: str | None = None
    ts: str | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Subscription:
    """One client's unread notices."""

    def __init__(self, user: str) -> None:
        self.user = user
        self.closed = False
        self._waiting: dict[Change, None] = {}
        self._any = asyncio.Event()

    def push(self, change: Change) -> None:
        self._waiting[change] = None
        self._any.set()

    def close(self) -> None:
        """End the wait; there will be no more."""
        self.closed = True
        self._any.set()

    async def take(self) -> list[Change]:
        """Wait until there is something, and return all of it; [] when the workspace closes."""
        await self._any.wait()
        self._any.clear()
        taken, self._waiting = list(self._waiting), {}
        return taken


class Changes:
    """Everybody who listens."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()

    def announce(self, change: Change, audience: Collection[str] | None = None) -> None:
        """Tell the people with these ids; None means everybody."""
        for subscription in self._subscriptions:
            if audience is None or subscription.user in audience:
                subscription.push(change)

    def close(self) -> None:
        for subscription in self._subscriptions:
            subscription.close()

    @contextmanager
    def subscribe(self, user: str) -> Iterator[Subscription]:
        subscription = Subscription(user)
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)
