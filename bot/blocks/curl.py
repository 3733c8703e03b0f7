"""What the ingress answered, counted: the split as users feel it, not as it is configured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import mrkdwn
from bot.blocks.bars import bars
from bot.blocks.message import Message, compose, small, table

if TYPE_CHECKING:
    from bot.core.answers import CurlReport

OK = 200
NAMED = 4


def curl(answer: CurlReport) -> Message:
    """Return the different answers, most frequent first."""
    answers = sorted(answer.answers, key=lambda item: -item[1])
    total = sum(count for _, count in answers)
    if not total:
        return compose(f"{mrkdwn.link(answer.url)} gave no answer.")
    named = [f"{mrkdwn.prose(body, 60) or '(empty)'} {count}" for body, count in answers[:NAMED]]
    more = [f"… and {len(answers) - NAMED} more"] if len(answers) > NAMED else []
    percents = {mrkdwn.clean(body) or "(empty)": round(100 * count / total) for body, count in answers}
    codes = " · ".join(f"status {code}: {count}" for code, count in answer.codes[:10])
    status = f":warning: {codes}" if {code for code, _ in answer.codes} - {OK} else ""
    asked = f"{total} request{'s' if total > 1 else ''} to {mrkdwn.link(answer.url)}"
    fine_print = [status, f"{asked} · median {answer.median * 1000:.0f} ms"]
    return compose(
        " · ".join([*named, *more]),
        table(*(bars(percents) if len(percents) > 1 else ())),
        small(*(line for line in fine_print if line)),
    )
