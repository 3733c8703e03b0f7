"""A mapping that forgets what is old, from the oldest on: a busy workspace must not get slower with age."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

V = TypeVar("V")


class Expiring(Generic[V]):
    """Values by key, kept for at least `seconds` after they were added."""

    def __init__(self, seconds: float, now: Callable[[], float]) -> None:
        self._seconds = seconds
        self._now = now
        self._entries: OrderedDict[str, tuple[float, V]] = OrderedDict()

    def add(self, key: str, value: V) -> V:
        """Keep a value, and forget those whose time is over."""
        now = self._now()
        while self._entries and next(iter(self._entries.values()))[0] < now - self._seconds:
            self._entries.popitem(last=False)
        self._entries[key] = (now, value)
        return value

    def get(self, key: str) -> V | None:
        entry = self._entries.get(key)
        return entry[1] if entry else None

    def pop(self, key: str) -> V | None:
        entry = self._entries.pop(key, None)
        return entry[1] if entry else None
