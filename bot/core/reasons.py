"""Why something is not Ready, in the words of whoever knows: a condition, or a container."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.core.model import Condition

HOPELESS: frozenset[str] = frozenset(
    {"ImagePullBackOff", "ErrImagePull", "InvalidImageName", "CrashLoopBackOff", "ErrImageNeverPull"}
)
"""Reasons of a container that do not pass by waiting; the Revision itself says so only at its progress deadline."""


def explain(condition: Condition | None) -> str:
    """Return reason and message of a condition in one line."""
    if condition is None or not (condition.reason or condition.message):
        return "no reason is given"
    parts = [condition.reason, " ".join(condition.message.split())]
    return ": ".join(part for part in parts if part)
