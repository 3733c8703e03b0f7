"""Time in the workspace: every ts is later than every ts before it, because Slack's are the identity of messages."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Clock:
    """Tells seconds since the epoch, and mints message timestamps from them."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.now = now
        self._last = 0

    def ts(self) -> str:
        """A Slack timestamp, such as "1763942400.000123": microseconds, strictly growing."""
        self._last = max(self._last + 1, int(self.now() * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"
