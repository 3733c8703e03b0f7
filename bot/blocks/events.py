"""What happened to a Service's objects: warnings stand out, with what to do about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import mrkdwn, remedies
from bot.blocks.message import LISTING, Message, compose, prose, small
from bot.core import duration
from bot.core.counting import counted

if TYPE_CHECKING:
    from datetime import datetime

    from bot.core.answers import EventTable
    from bot.core.model import Event

FORGETS = "Kubernetes forgets events after about an hour."


def events(answer: EventTable) -> Message:
    """Return the events, newest first."""
    about = f", {mrkdwn.code(answer.revision)}" if answer.revision else ""
    where, what = f"{mrkdwn.bold(str(answer.key))}{about}", "warning" if answer.warnings else "event"
    if not answer.events:
        return compose(f"{where}: there are no {what}s. {FORGETS}")
    total, warned = len(answer.events) + answer.omitted, sum(event.warning for event in answer.events)
    of_them = "" if answer.warnings else f", {warned} of them {'a warning' if warned == 1 else 'warnings'}"
    return compose(
        f"{where}: {counted(total, what)}{of_them}, newest first",
        prose(*(_row(event, answer.now) for event in answer.events)),
        small(*([f"… and {answer.omitted} more: `--lines` shows more of them."] if answer.omitted else ())),
        room=LISTING,
    )


def _row(event: Event, now: datetime) -> str:
    """Say one thing that happened; the remedy of a warning stands below it."""
    mark = ":warning:" if event.warning else ":small_blue_diamond:"
    since = f", first {duration.words(now - event.first)} ago" if event.first < event.last else ""
    times = f", {event.count} times{since}" if event.count > 1 else ""
    about = f"{mrkdwn.prose(event.kind, 40)} {mrkdwn.code(event.name, 44)}"
    said = mrkdwn.prose(event.message, 240)
    line = f"{mark} {duration.words(now - event.last)} ago {mrkdwn.bold(event.reason)} {about}{times}"
    remedy = remedies.remedy_of(event.reason, event.message) if event.warning else ""
    return "\n".join(
        part for part in (line, f"        {said}" if said else "", f"        {remedy}" if remedy else "") if part
    )
