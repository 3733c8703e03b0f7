"""What containers have written: the last lines, and those that come, in a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import mrkdwn
from bot.blocks.message import Button, Buttons, Message, compose, small, table
from bot.core import duration
from bot.core.counting import counted
from bot.core.tailing import LONGEST, WIDEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.blocks.message import Part
    from bot.core.answers import LogChunk, LogLines, LogThread
    from bot.core.model import LogLine, ServiceKey

LINE = 300
"""Characters of one line of a log: a phone shows no more at a glance."""
SHORT = 200
"""Likewise, where the lines are beside the point."""
SUFFIX = 5
"""Characters at the end of a pod's name, which Kubernetes makes up: they tell the pods of a Revision apart."""


def last(answer: LogLines) -> Message:
    """Return the last lines as they were written."""
    holding = _holding(answer.grep)
    within = f" within {duration.words(answer.since)}" if answer.since else ""
    where = f"{mrkdwn.bold(str(answer.key))}, {mrkdwn.code(answer.revision)}"
    told = small(*(mrkdwn.prose(note) for note in answer.notes))
    if not answer.lines:
        return compose(f"{where} has written no lines{holding}{within}, or has no pods now.", told)
    count = len(answer.lines)
    shown = (mrkdwn.clip(mrkdwn.clean(line), LINE) for line in answer.lines)
    which = f"the last {count} lines" if count > 1 else "the last line"
    return compose(f"{where}: {which}{holding}{within}", table(*shown), told)


def written(lines: Sequence[str], wish: str, *, withheld: bool) -> Part:
    """Return the last lines of what is told of, or, where they are not for all, the `wish` that shows them."""
    if withheld:
        return small(f"Its log lines are not for all here: {mrkdwn.code(wish)} shows them to those who may see them.")
    return table(*(mrkdwn.clip(line, SHORT) for line in lines), head="Last log lines:" if lines else "")


def thread(answer: LogThread) -> Message:
    """Return the message in whose thread lines come, with a button to stop it while they do."""
    revision = f", {mrkdwn.code(answer.revision)}" if answer.revision else ""
    what = f"the logs of {mrkdwn.bold(str(answer.key))}{revision}{_lines_holding(answer.grep)}"
    asker = mrkdwn.person(answer.asker)
    if answer.ending is None:
        minutes = int(LONGEST.total_seconds() // 60)
        return compose(
            f":scroll: Following {what} for {asker}: new lines are in the thread.",
            small(f"until {mrkdwn.moment(answer.until)}, {minutes} minutes at most"),
            buttons=Buttons(f"logs-{answer.id}", answer.id, (Button("stop-logs", "Stop", "danger"),)),
        )
    count = counted(answer.count, "line")
    why = f"{mrkdwn.person(answer.by)} stopped it" if answer.by else answer.ending.value
    return compose(f":scroll: Followed {what} for {asker}, {count}: it ended, because {why}.")


def chunk(answer: LogChunk) -> Message:
    """Return lines with where they come from; what came too fast is counted."""
    lines, omitted = answer.chunk.lines, answer.chunk.omitted
    count = counted(len(lines), "line")
    before = f", and {omitted} before them that came too fast to be shown" if omitted else ""
    return compose(
        f"{mrkdwn.bold(str(answer.key))}: {count}{before}", table(*(_line(line, answer.key) for line in lines))
    )


def _line(line: LogLine, key: ServiceKey) -> str:
    """Prefix a line with its Revision and pod, as short as they can be told apart."""
    revision = line.revision.removeprefix(f"{key.name}-") or "?"
    origin = f"{mrkdwn.middle(mrkdwn.clean(revision), 12)}·{mrkdwn.clean(line.pod[-SUFFIX:])}"
    return f"{origin}│{mrkdwn.clip(mrkdwn.clean(line.text), WIDEST)}"


def _holding(grep: str | None) -> str:
    return f" with {mrkdwn.code(grep)}" if grep else ""


def _lines_holding(grep: str | None) -> str:
    return f", lines{_holding(grep)}" if grep else ""
