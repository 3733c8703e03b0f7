"""All time of the cluster's own doings passes here, so that a demo can be watched and a test need not wait.

Work is due at virtual seconds; `pace` says how long such a second takes: 1 as in life, 0 at once, infinity never by
itself, only by `advance`. Work on one key is scheduled at most once: an earlier appointment wins, as in a
controller's work queue.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass

log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Appointment:
    due: float
    key: Hashable
    action: Callable[[], None]
    cancelled: bool = False


Queue = list[tuple[float, int, Appointment]]
"""A heap; the number keeps appointments at one time in the order in which they were made."""


class Timeline:
    """A queue of appointments in virtual time.

    `patient` work (idle revisions) is not waited for, and never hurried by a pace of 0.
    """

    def __init__(self, pace: float) -> None:
        self._pace = pace
        self._now = 0.0
        self._order = 0
        self._work: Queue = []
        self._patient: Queue = []
        self._by_key: dict[Hashable, Appointment] = {}
        self._changed = asyncio.Event()
        self._failure: BaseException | None = None
        self._zero: float | None = None  # the loop's time at virtual zero; None before `run`

    def now(self) -> float:
        """Virtual seconds since the start."""
        if self._zero is not None and 0 < self._pace < math.inf:
            return max(self._now, (asyncio.get_running_loop().time() - self._zero) / self._pace)
        return self._now

    def schedule(self, key: Hashable, delay: float, action: Callable[[], None], *, patient: bool = False) -> None:
        """Do `action` after `delay` virtual seconds, unless something sooner is scheduled under the same key."""
        due = self.now() + delay
        if (earlier := self._by_key.get(key)) is not None:
            if earlier.due <= due:
                return
            earlier.cancelled = True
        self._order += 1
        self._by_key[key] = appointment = Appointment(due, key, action)
        heapq.heappush(self._patient if patient else self._work, (due, self._order, appointment))
        self._changed.set()

    def cancel(self, key: Hashable) -> None:
        if appointment := self._by_key.pop(key, None):
            appointment.cancelled = True
            self._changed.set()

    async def run(self) -> None:
        """Keep the appointments until cancelled."""
        self._zero = asyncio.get_running_loop().time()
        while True:
            self._changed.clear()
            queues = [self._work] if self._pace == 0 else [self._work, self._patient]
            appointment = None if self._pace == math.inf else self._first(queues)
            wait = (appointment.due - self.now()) * self._pace if appointment else None
            if appointment and wait is not None and wait <= 0:
                self._keep(appointment)
                await asyncio.sleep(0)
                continue
            try:
                await asyncio.wait_for(self._changed.wait(), wait)
            except TimeoutError:
                continue

    async def advance(self, seconds: float) -> None:
        """Let virtual time pass at once, keeping every appointment that falls into it, patient ones too."""
        end = self.now() + seconds
        while (appointment := self._first([self._work, self._patient])) and appointment.due <= end:
            self._keep(appointment)
            await asyncio.sleep(0)
        self._now = max(self._now, end)
        if 0 < self._pace < math.inf:  # real time goes on from here, instead of standing still until it has caught up
            self._zero = asyncio.get_running_loop().time() - self._now * self._pace
            self._changed.set()
        self._raise_failure()

    async def settled(self) -> None:
        """Return when no work is left (with an infinite pace: none that is due now).

        Raises what a controller raised.
        """
        if self._pace == math.inf:
            await self.advance(0)
            return
        while self._first([self._work]) is not None:
            self._raise_failure()
            await asyncio.sleep(0.001 if self._pace else 0)
        self._raise_failure()

    def _first(self, queues: list[Queue]) -> Appointment | None:
        first = None
        for queue in queues:
            while queue and queue[0][2].cancelled:
                heapq.heappop(queue)
            if queue and (first is None or queue[0] < first):
                first = queue[0]
        return first[2] if first else None

    def _keep(self, appointment: Appointment) -> None:
        appointment.cancelled = True  # so that the heap drops it
        self._by_key.pop(appointment.key, None)
        self._now = max(self._now, appointment.due)
        try:
            appointment.action()
        except Exception as error:
            log.exception("a controller failed on %s", appointment.key)
            self._failure = self._failure or error

    def _raise_failure(self) -> None:
        if self._failure:
            failure, self._failure = self._failure, None
            raise failure
