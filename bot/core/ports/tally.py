"""Counting what this process does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.core.tally import Figure


class Tally(Protocol):
    """Counts; safe to share between threads."""

    def count(self, figure: Figure, *labels: str, by: int = 1) -> None:
        """Add to a counter, `labels` in the order of the figure's."""
        ...

    def took(self, figure: Figure, seconds: float) -> None:
        """Note how long something took."""
        ...
