"""The mark before a line: what is the same stands behind the same mark on every surface."""

from __future__ import annotations

from bot.core.change import State
from bot.core.model import Truth
from bot.core.progress import Mark

GOOD, BAD, GOING = ":white_check_mark:", ":x:", ":hourglass_flowing_sand:"

TRUTHS = {Truth.TRUE: GOOD, Truth.FALSE: BAD, Truth.UNKNOWN: GOING}
STEPS = {Mark.DONE: GOOD, Mark.WORKING: GOING, Mark.WAITING: ":white_circle:", Mark.FAILED: BAD}
STATES = {
    State.PENDING: ":raised_hand:",
    State.APPROVED: GOING,
    State.WARMING: GOING,
    State.APPLYING: GOING,
    State.ROLLING: GOING,
    State.DONE: GOOD,
    State.FAILED: BAD,
    State.ABORTED: BAD,
    State.SUPERSEDED: ":fast_forward:",
    State.STALE: ":warning:",
    State.REFUSED: ":no_entry:",
    State.DECLINED: ":no_entry:",
    State.EXPIRED: ":alarm_clock:",
    State.WITHDRAWN: ":leftwards_arrow_with_hook:",
}
