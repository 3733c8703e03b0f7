"""What waits for approval, and what is told to one person about a change; the change's card is told to everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import mrkdwn
from bot.blocks.message import Message, compose, prose
from bot.core import duration
from bot.core.counting import counted

if TYPE_CHECKING:
    from datetime import datetime

    from bot.core.answers import ApprovalTable, Reminder
    from bot.core.change import Change, Votes


def approvals(answer: ApprovalTable) -> Message:
    """Return the changes that wait for approval, oldest first."""
    count = len(answer.changes)
    if not count:
        where = " in your channels" if answer.everywhere else ""
        return compose(f"No changes wait for approval{where}.")
    headline = "1 change waits for approval:" if count == 1 else f"{count} changes wait for approval:"
    rows = (_waiting(change, answer.now, named=answer.everywhere) for change in answer.changes)
    return compose(headline, prose(*rows))


def _waiting(change: Change, now: datetime, *, named: bool) -> str:
    where = f" in {mrkdwn.channel(change.plan.request.channel)}" if named else ""
    asks = f"{mrkdwn.person(change.requester)} asks{where}: {mrkdwn.code(change.plan.request.text)}"
    age = duration.words(now - change.created)
    return f"{mrkdwn.bold(str(change.plan.key))} {asks}\n        {wanted(change)}, asked {age} ago"


def wanted(change: Change) -> str:
    """Return which approvals are still needed, from whom and until when."""
    votes = change.votes
    if not votes.needed:
        whose = mrkdwn.person(change.requester)
        return f"waits for {whose} to confirm it, until {mrkdwn.moment(change.deadline)}"
    so_far = f" (given by {mrkdwn.people(votes.given)})" if votes.given else ""
    return f"needs {missing(votes)}{so_far}, until {mrkdwn.moment(change.deadline)}"


def missing(votes: Votes) -> str:
    """Return which approvals are missing, and from whom."""
    left = max(votes.needed - len(votes.given), 0)
    whom = f"from {mrkdwn.prose(votes.group, 80)}" if votes.group else "from somebody who may do it themselves"
    more = "more " if votes.given else ""
    return f"{counted(left, f'{more}approval')} {whom}"


def sent(text: str) -> Message:
    """Return what a modal says once its wish is on its way."""
    headline = f":white_check_mark: {mrkdwn.code(text)} is on its way."
    return compose(headline, prose("The conversation shows how far it is."))


def reminder(answer: Reminder) -> Message:
    """Return what is said before the time of a change is over; who can approve it is named, so that they are told."""
    change, group = answer.change, answer.group
    named = f"{mrkdwn.members(group)}: " if group else ""
    text = mrkdwn.code(change.plan.request.text)
    return compose(
        f":hourglass: {named}{mrkdwn.person(change.requester)} still waits with {text}. It {wanted(change)}."
    )


def declined(change: Change) -> Message:
    """Return what the person is told whose change was declined; they are named, so that Slack tells them."""
    who = mrkdwn.person(change.actor) if change.actor else "somebody"
    return compose(
        f"{mrkdwn.person(change.requester)}: {who} declined {mrkdwn.code(change.plan.request.text)}: "
        f"{mrkdwn.prose(change.reason, 500)}"
    )


def voted(change: Change) -> Message:
    """Return what the person is told whose approval was not the last one needed."""
    return compose(f"Your approval of {mrkdwn.code(change.plan.request.text)} counts. It {wanted(change)}.")
