"""What went wrong: the sentence first, then the words at fault with a line under them, then what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import mrkdwn
from bot.blocks.bars import PHONE
from bot.blocks.message import Message, Part, compose, prose, table
from bot.core.errors import ParseError, Stale
from bot.core.language.parse import veil

if TYPE_CHECKING:
    from bot.core.answers import Fault, Problem

MOST = PHONE * 2 // 3
"""Characters at fault that are shown of a long word: the line must not wrap, or the carets point elsewhere."""
MESSAGE = 600


def problem(answer: Problem, command: str) -> Message:
    """Return an error that a person can act upon."""
    error = answer.error
    pointed = [_pointed(error, command)] if isinstance(error, ParseError) else []
    hint = [prose(mrkdwn.prose(error.hint, MESSAGE))] if error.hint else []
    moved = error.differences if isinstance(error, Stale) else ()
    differs = prose(*(f"• {mrkdwn.prose(line, 200)}" for line in moved))
    return compose(mrkdwn.prose(error.message, MESSAGE) or error.code, *pointed, differs, *hint)


def fault(answer: Fault) -> Message:
    """Return what is said about a fault of Knobot's own."""
    return compose(
        f"Something went wrong in Knobot itself. Reference {mrkdwn.code(answer.reference)}",
        prose("Whoever runs Knobot finds more under this reference in its log."),
    )


def _pointed(error: ParseError, command: str) -> Part:
    """Return the command as typed with carets under the characters at fault, in a window where it is long."""
    start, end = error.span
    source = veil(error.source)
    before, wrong, after = (
        mrkdwn.clean(piece) for piece in (f"{command} {source[:start]}", source[start:end], source[end:])
    )
    wrong = wrong if len(wrong) <= MOST else f"{wrong[: MOST - 1]}…"
    left = max(PHONE - len(wrong) - min(len(after), PHONE // 3), PHONE - MOST)
    if len(before) > left:
        before = f"…{before[-left + 1 :]}"
    right = max(PHONE - len(before) - len(wrong), 0)
    if len(after) > right:
        after = f"{after[: right - 1]}…" if right else ""
    carets = " " * len(before) + "^" * max(1, len(wrong))
    return table(f"{before}{wrong}{after}\n{carets}")
