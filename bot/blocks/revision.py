"""One Revision whole: whether it could take traffic, why not, what it runs, and for how long it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import images, mrkdwn, remedies
from bot.blocks.marks import TRUTHS
from bot.blocks.message import LISTING, Message, compose, prose, small
from bot.blocks.revisions import collection, conditions, marks
from bot.core import duration, retention
from bot.core.model import Truth
from bot.core.traffic import shares

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.core.answers import RevisionStatus
    from bot.core.model import Condition, Revision

READY = {Truth.TRUE: "is Ready", Truth.FALSE: "is not Ready", Truth.UNKNOWN: "is being worked on"}


def revision(answer: RevisionStatus) -> Message:
    """Return everything that is worth knowing about one Revision."""
    found = answer.revision
    what = "is being deleted" if found.deleting else READY[found.ready]
    where = f"{mrkdwn.bold(found.name)} of {mrkdwn.prose(str(answer.service.key), 140)}"
    return compose(
        f"{TRUTHS[found.ready]} {where} {what}: {_traffic(answer)}",
        prose(*_conditions(found, answer.now), head=mrkdwn.prose(conditions(found))),
        prose(*_pods(answer)),
        prose(*_contents(answer)),
        small(*_fate(answer)),
        room=LISTING,
    )


def _traffic(answer: RevisionStatus) -> str:
    percent = shares(answer.service.routed, answer.service.latest_ready or "").get(answer.revision.name, 0)
    tags = [
        mrkdwn.code(target.tag) for target in answer.service.routed if target.tag and _leads(target.revision, answer)
    ]
    return f"{percent}% of the traffic" + (f", tag{'s' if len(tags) > 1 else ''} {', '.join(tags)}" if tags else "")


def _leads(name: str | None, answer: RevisionStatus) -> bool:
    return name == answer.revision.name


def _conditions(found: Revision, now: datetime) -> Iterator[str]:
    for condition in found.conditions:
        since = f" for {duration.words(now - condition.since)}" if condition.since else ""
        why = ": ".join(part for part in (mrkdwn.prose(condition.reason, 60), mrkdwn.prose(condition.message)) if part)
        line = f"{_mark(condition)} {mrkdwn.prose(condition.type, 60)}{since}{f' – {why}' if why else ''}"
        remedy = remedies.remedy(condition.reason) if condition.status is not Truth.TRUE else ""
        yield f"{line}\n        {mrkdwn.prose(remedy)}" if remedy else line


def _mark(condition: Condition) -> str:
    """Return the mark of a condition; what only informs is neither good nor bad."""
    idle = condition.informational and condition.status is not Truth.TRUE
    return ":small_blue_diamond:" if idle else TRUTHS[condition.status]


def _pods(answer: RevisionStatus) -> Iterator[str]:
    ready = sum(pod.ready for pod in answer.pods)
    yield f"{ready} of {len(answer.pods)} pods ready" if answer.pods else "no pods now"
    for pod in answer.pods:
        if pod.reason:
            message = f": {mrkdwn.prose(pod.message, 200)}" if pod.message else ""
            yield f":warning: pod {mrkdwn.code(pod.name)} {mrkdwn.prose(pod.reason, 60)}{message}"


def _contents(answer: RevisionStatus) -> Iterator[str]:
    found = answer.revision
    for fact in answer.facts:
        yield f"{mrkdwn.prose(fact.what, 120)}: {mrkdwn.code(fact.after or '')}"
    if found.digest:
        yield f"image digest: {mrkdwn.code(images.digest(found.digest))}"


def _fate(answer: RevisionStatus) -> Iterator[str]:
    found = answer.revision
    age = f"number {found.number} · made {duration.words(answer.now - found.created)} ago"
    if retention.kept(found):
        kept = "kept for good"
    elif answer.collected:
        kept = collection(answer.collected, answer.now)
    else:
        kept = "Knative keeps it"
    noted = [mrkdwn.prose(mark, 160) for mark in marks(found)]
    yield " · ".join([age, kept, *noted])
