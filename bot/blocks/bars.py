"""Traffic as bars, the same everywhere: one line a Revision, heaviest first, aligned, and narrow enough for a phone.

    hello-00004 █░░░░░░░░░  10% ← 0%   ⤴
    hello-00003 █████████░  90% ← 100%

What is so (or shall be) comes first, since that is what matters; what was before follows the arrow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import mrkdwn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.core.model import TrafficTarget

PHONE = 40
"""Characters of preformatted text that a phone shows without wrapping the line."""
CELLS = 10
FOLLOWS = "⤴"
"""The mark of the Revision that has its share by following latest."""


def follows(targets: Sequence[TrafficTarget]) -> bool:
    """Whether a new Revision will get traffic by itself once it is Ready."""
    return any(target.latest and target.percent for target in targets)


def told(held: Mapping[str, int]) -> str:
    """Return shares as markup in a sentence: 10% hello-00004, 90% hello-00003."""
    named = ((mrkdwn.middle(mrkdwn.clean(name), PHONE), percent) for name, percent in list(held.items())[:6])
    listed = [f"{percent}% {mrkdwn.prose(name)}" for name, percent in named]
    more = [f"… and {len(held) - 6} more"] if len(held) > 6 else []
    return ", ".join([*listed, *more])


def bars(after: Mapping[str, int], before: Mapping[str, int] | None = None, *, mark: str | None = None) -> list[str]:
    """Return a line of plain text for each Revision.

    Args:
        after: Revision → percent, as it is or shall be.
        before: the same before a change, told where it differs; None shows `after` alone.
        mark: the Revision that follows latest.
    """
    names = [*after, *(name for name in before or {} if name not in after)]
    arrows = [
        _arrow(after.get(name, 0), after.get(name, 0) if before is None else before.get(name, 0)) for name in names
    ]
    percents = [f"{after.get(name, 0)}%" for name in names]
    widest = max(map(len, arrows), default=0)
    number = max(map(len, percents), default=0)
    room = PHONE - CELLS - number - widest - 2 - len(f" {FOLLOWS}")
    labels = [mrkdwn.middle(mrkdwn.clean(name), room) for name in names]
    width = max(map(len, labels), default=0)
    lines = []
    for name, label, percent, arrow in zip(names, labels, percents, arrows, strict=True):
        end = f"{arrow:<{widest}} {FOLLOWS}" if name == mark else arrow
        lines.append(f"{label:<{width}} {_bar(after.get(name, 0))} {percent:>{number}}{end}")
    return lines


def _arrow(percent: int, former: int) -> str:
    return "" if percent == former else f" ← {former}%"


def _bar(percent: int) -> str:
    """Fill cells by tenths; neither may 1% look like nothing nor 99% like everything."""
    filled = min(CELLS, max(0, round(percent / CELLS)))
    if 0 < percent < 100:
        filled = min(CELLS - 1, max(1, filled))
    return "█" * filled + "░" * (CELLS - filled)
