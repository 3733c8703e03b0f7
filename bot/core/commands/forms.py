"""Words that leave so much open that a form asks for the rest, where Slack lets one be opened."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.commands.places import Address


@dataclass(frozen=True, slots=True)
class Pick:
    """No words at all: choose a verb, and what it needs."""


@dataclass(frozen=True, slots=True)
class Fill:
    """A deploy that names nothing to change: fill in its form. `service` is None before one is chosen."""

    service: Address | None = None


Form = Pick | Fill
