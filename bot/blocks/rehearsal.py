"""What a change would do: told like the card of a change that waits, with nothing to click, for nothing waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import guards, mrkdwn, planned
from bot.blocks.approvals import missing
from bot.blocks.message import Message, compose, prose, small

if TYPE_CHECKING:
    from bot.core.answers import Rehearsed


def rehearsed(answer: Rehearsed) -> Message:
    """Return what would be changed, and what would be in its way."""
    plan = answer.plan
    what = mrkdwn.bold(plan.subject)
    verdict = "The cluster sees no difference: nothing would change." if answer.unseen else "The cluster would take it."
    ask = [f"It would need {missing(answer.votes)}."] if answer.votes.needed else []
    return compose(
        f":test_tube: A dry run of {mrkdwn.code(plan.request.text)}: nothing is written",
        prose(f"{what} would be {planned.doing(plan)}:", *planned.settings(plan)),
        planned.losses(plan),
        planned.traffic_bars(plan),
        planned.remarks(plan),
        prose(verdict, *ask, *guards.holding(answer.holds)),
        small(f"cluster {mrkdwn.prose(plan.key.cluster, 80)}"),
    )
