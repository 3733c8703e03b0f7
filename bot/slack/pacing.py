"""How often Slack is called: one token bucket for each method and channel, and one for each method.

Slack takes about one message a second in a channel, with short bursts, and 50 edits a minute in a whole workspace. A
call that is over that waits for its turn here, in the order in which it came. Where the wait would be long it fails,
and whoever called comes back later with what is true then. When Slack asks for a pause, all calls of the method keep
it. Of edits of one message that wait, only the latest is sent.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from bot.core.ports import BUSY
from bot.core.tally import SLACK
from bot.slack.connection import Busy

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from bot.core.ports import Tally

T = TypeVar("T")
R = TypeVar("R")

ATTEMPTS = 3
PATIENCE = 10.0
"""Seconds that a caller waits for its turn at most."""


@dataclass(frozen=True, slots=True)
class Pace:
    """`burst` calls at once, and one more every `interval` seconds."""

    interval: float
    burst: int


PACES: dict[str, tuple[Pace, Pace]] = {
    "chat.postMessage": (Pace(1.0, 5), Pace(0.2, 30)),
    "chat.update": (Pace(1.0, 5), Pace(1.2, 25)),
}
"""Method → its pace in one channel, and in all of them together. Other methods wait only when Slack asks for it."""


class Pacer:
    """Gives turns. Safe to share between threads.

    Args:
        now: seconds, monotonic.
        sleep: waits for so many seconds.
        tally: counts the calls, if anybody wants to know.
    """

    def __init__(
        self,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        tally: Tally | None = None,
    ) -> None:
        self._tally = tally
        self._now = now
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next: dict[tuple[str, str], float] = {}
        self._held: dict[str, float] = {}

    def send(self, method: str, channel: str, work: Callable[[], R], patience: float = PATIENCE) -> R:
        """Do `work`, which calls `method` for `channel`, in its turn; again, after the pause that Slack asks for.

        Raises:
            Busy: the turn would not come within `patience` seconds. And what `work` raises.
        """
        for _ in range(ATTEMPTS - 1):
            self._wait(method, channel, patience)
            try:
                return self._call(method, work)
            except Busy as busy:
                self._hold(method, busy.seconds)
        self._wait(method, channel, patience)
        return self._call(method, work)

    def _call(self, method: str, work: Callable[[], R]) -> R:
        outcome = "error"
        try:
            done = work()
            outcome = "ok"
        except Busy:
            outcome = BUSY
            raise
        finally:
            if self._tally:
                self._tally.count(SLACK, method, outcome)
        return done

    def ahead(self, method: str, channel: str) -> float:
        """Return for how many seconds a call would wait now."""
        with self._lock:
            now = self._now()
            return self._turn(method, channel, now) - now

    def _wait(self, method: str, channel: str, patience: float) -> None:
        """Take the next turn and wait until it comes."""
        with self._lock:
            now = self._now()
            turn = self._turn(method, channel, now)
            if turn - now > patience:
                raise Busy(turn - now)
            for key, pace in _buckets(method, channel):
                self._next[key] = max(self._next.get(key, turn), turn) + pace.interval
            self._forget(now)
        if turn > now:
            self._sleep(turn - now)

    def _turn(self, method: str, channel: str, now: float) -> float:
        """Return when all buckets of a call have a token and no pause is asked for any more."""
        free = [self._free(key, pace) for key, pace in _buckets(method, channel)]
        return max(now, self._held.get(method, now), *free)

    def _free(self, key: tuple[str, str], pace: Pace) -> float:
        """Return when a bucket has a token again."""
        return self._next.get(key, float("-inf")) - (pace.burst - 1) * pace.interval

    def _hold(self, method: str, seconds: float) -> None:
        with self._lock:
            self._held[method] = max(self._held.get(method, 0.0), self._now() + seconds)

    def _forget(self, now: float) -> None:
        """Drop the buckets that are full."""
        for key in [key for key, full in self._next.items() if full <= now]:
            del self._next[key]


def _buckets(method: str, channel: str) -> tuple[tuple[tuple[str, str], Pace], ...]:
    return tuple(zip(((method, channel), (method, "")), PACES.get(method, ()), strict=False))


@dataclass(slots=True)
class _Edit(Generic[T, R]):
    """One edit; `newer` is the one that came while Slack was refusing this."""

    value: T
    outcome: Future[R]
    newer: _Edit[T, R] | None = None


class Edits(Generic[T, R]):
    """Edits by what they edit: one is on its way at a time, and of those that wait only the latest is sent."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[Hashable, _Edit[T, R]] = {}
        self._busy: set[Hashable] = set()

    def send(self, key: Hashable, value: T, paced: Callable[[Callable[[], R]], R], deliver: Callable[[T], R]) -> R:
        """Have `value` or a later one delivered, and return or raise what came of that.

        Args:
            key: the message.
            value: what it shall show.
            paced: calls what it is given, when its turn has come.
            deliver: sends a value.
        """
        with self._changed:
            waiting = self._waiting.get(key)
            if waiting is not None:
                waiting.value = value
            else:
                mine = self._waiting[key] = _Edit(value, Future())
        if waiting is not None:
            return waiting.outcome.result()
        try:
            result = paced(lambda: self._deliver(key, mine, deliver))
        except BaseException as error:
            self._leave(key, mine)
            mine.outcome.set_exception(error)
            raise
        mine.outcome.set_result(result)
        return result

    def _deliver(self, key: Hashable, mine: _Edit[T, R], deliver: Callable[[T], R]) -> R:
        with self._changed:
            self._changed.wait_for(lambda: key not in self._busy)
            newer = mine.newer
            if newer is None:
                self._busy.add(key)
        if newer is not None:
            return newer.outcome.result()
        self._leave(key, mine)  # from here on a newer edit waits for itself
        try:
            return deliver(mine.value)
        except BaseException:
            with self._changed:  # it may be tried again, and must not put itself over a newer one then
                mine.newer = self._waiting.setdefault(key, mine)
                mine.newer = None if mine.newer is mine else mine.newer
            raise
        finally:
            with self._changed:
                self._busy.discard(key)
                self._changed.notify_all()

    def _leave(self, key: Hashable, mine: _Edit[T, R]) -> None:
        with self._changed:
            if self._waiting.get(key) is mine:
                del self._waiting[key]
