"""Answers of those who look closer: pods, differences, history, rights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import guards, marks, mrkdwn
from bot.blocks.columns import columns
from bot.blocks.message import Message, compose, prose, small
from bot.core import duration

if TYPE_CHECKING:
    from datetime import datetime

    from bot.core.answers import Comparison, HistoryTable, PodTable, Rights
    from bot.core.change import Change
    from bot.core.template import Change as Difference


def pods(answer: PodTable) -> Message:
    """Return the pods with what keeps them from being ready."""
    where = mrkdwn.bold(str(answer.key))
    if not answer.pods:
        return compose(f"{where} has no pods now: it is scaled to zero, or nothing of it has started yet.")
    rows = []
    for pod in answer.pods:
        cells = (pod.name, "yes" if pod.ready else "no", str(pod.restarts), duration.words(answer.now - pod.created))
        why = ": ".join(word for word in (pod.reason, pod.message) if word)
        rows.append((cells, (pod.revision, "" if pod.phase == "Running" else pod.phase, why)))
    ready = sum(pod.ready for pod in answer.pods)
    table = columns(("NAME", "READY", "RESTARTS", "AGE"), rows, whole=False)
    return compose(f"{where}: {ready} of {len(rows)} pods ready", table)


def comparison(answer: Comparison) -> Message:
    """Return the differences, one a line."""
    names = f"{mrkdwn.code(answer.before)} and {mrkdwn.code(answer.after)}"
    told = small(*(mrkdwn.prose(note) for note in answer.notes))
    if not answer.differences:
        return compose(f"{names} of {mrkdwn.bold(str(answer.key))} do not differ in what Knobot knows.", told)
    return compose(
        f"{mrkdwn.bold(str(answer.key))}: {mrkdwn.code(answer.before)} → {mrkdwn.code(answer.after)}",
        prose(*(_difference(one) for one in answer.differences)),
        told,
    )


def history(answer: HistoryTable, command: str) -> Message:
    """Return the changes, newest first."""
    where = mrkdwn.bold(str(answer.key))
    if not answer.changes:
        hint = mrkdwn.code(f"{command} status {answer.key.name}")
        return compose(f"Knobot has not changed {where} yet.", prose(f"{hint} tells who changed it last."))
    return compose(f"{where}, newest first:", prose(*(_past(change, answer.now) for change in answer.changes)))


def rights(answer: Rights) -> Message:
    """Return what somebody may do: the verbs of which the same is true stand together."""
    groups: dict[str, list[str]] = {}
    for verb, right in answer.rights:
        groups.setdefault(right, []).append(mrkdwn.code(verb))
    facts = (f"{mrkdwn.bold(right)}: {', '.join(verbs)}" for right, verbs in groups.items())
    headline = f"What you may do with {mrkdwn.bold(str(answer.key))} here:"
    return compose(headline, prose(*guards.holding(answer.holds)), prose(*facts))


def _difference(one: Difference) -> str:
    before = mrkdwn.code(one.before) if one.before is not None else "nothing"
    after = mrkdwn.code(one.after) if one.after is not None else "nothing"
    return f"{mrkdwn.prose(one.what, 120)}: {before} → {after}"


def _past(change: Change, now: datetime) -> str:
    who, age = mrkdwn.person(change.requester), duration.words(now - change.created)
    approved = f", approved by {mrkdwn.people(change.votes.given)}" if change.votes.given else ""
    reason = f": {mrkdwn.prose(change.reason)}" if change.reason else ""
    mark = marks.STATES[change.state]
    text = mrkdwn.code(change.plan.request.text)
    return f"{mark} {age} ago {who}{approved}: {text} – {change.state.value}{reason}"
