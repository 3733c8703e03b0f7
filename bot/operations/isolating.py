"""One piece of work in trouble, or one that takes long, must not keep the others from being done."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from bot.core.errors import BotError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

log = logging.getLogger(__name__)

WIDTH = 8
"""How many pieces of work are done at the same time in one lane."""
PATIENCE = 0.5
"""Seconds that whoever has work done waits for it; what takes longer goes on without them."""


def guarded(what: str, work: Callable[..., None], *arguments: object) -> bool:
    """Do one piece of work; False, with the reason in the log, if it failed."""
    try:
        work(*arguments)
    except BotError as error:
        log.warning("Trouble with %s: %s", what, error)
        return False
    except Exception:
        log.exception("A fault with %s", what)
        return False
    return True


class Lanes:
    """Does work side by side: in a lane for each cluster, since what hangs in one hangs for all that asks there.

    For one caller at a time.
    """

    def __init__(self) -> None:
        self._lanes: dict[str, ThreadPoolExecutor] = {}
        self._busy: dict[str, Future[bool]] = {}

    def work(self, pieces: Sequence[tuple[str, str, Callable[[], None]]]) -> None:
        """Have pieces of work done, each given as its lane, what it is, and how it is done.

        What is not done yet from the last time is not begun again.
        """
        self._busy = {what: future for what, future in self._busy.items() if not future.done()}
        begun = {what: self._begin(lane, what, do) for lane, what, do in pieces if what not in self._busy}
        self._busy |= begun
        for future in wait(begun.values(), PATIENCE).done:
            future.result()

    def _begin(self, lane: str, what: str, do: Callable[[], None]) -> Future[bool]:
        workers = self._lanes.setdefault(lane, ThreadPoolExecutor(WIDTH, f"follow {lane}"))
        return workers.submit(guarded, what, do)
