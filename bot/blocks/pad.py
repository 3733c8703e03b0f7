"""The traffic pad as buttons, under the message of a change that has ended and under a status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks.message import Button
from bot.core.pad import STEP, Nudge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.core.pad import Seen

LABELS = {
    Nudge.LESS: f"latest −{STEP}%",
    Nudge.MORE: f"latest +{STEP}%",
    Nudge.EVEN: "Even",
    Nudge.LATEST: "All to latest",
}


def pad(seen: Seen, nudges: Iterable[Nudge]) -> tuple[Button, ...]:
    """Return those buttons that split the traffic of the Service as it was seen."""
    return tuple(Button(f"pad-{nudge.value}", LABELS[nudge], value=str(seen)) for nudge in nudges)
