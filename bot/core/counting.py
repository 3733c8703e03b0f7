"""How many of something, in words: one line, three lines."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """Return how many there are of what `noun` names one of: “1 line”, “3 lines”."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
