"""Digests: what needs a person comes first; when all is well, one line says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import mrkdwn
from bot.blocks.message import Message, compose, prose
from bot.blocks.services import counted, empty

if TYPE_CHECKING:
    from bot.core.answers import DigestPost, DigestTable
    from bot.core.subscriptions import Digest


def post(answer: DigestPost, command: str) -> Message:
    """Return a digest as the channel reads it."""
    report = answer.report
    if not report.total:
        return empty(report.namespace, command)
    rows = [
        f"{':x:' if line.urgent else ':warning:'} {mrkdwn.bold(line.name)} {mrkdwn.prose(line.text)}"
        for line in report.lines
    ]
    well = report.ready == report.total and not rows
    mark = ":white_check_mark: " if well else ""
    headline = f"{mark}{mrkdwn.prose(report.namespace, 80)}: {counted(report.ready, report.total)}"
    return compose(headline, prose(*rows))


def listed(answer: DigestTable, command: str) -> Message:
    """Return the digests of a channel, with the ids by which they are removed."""
    if not answer.digests:
        example = mrkdwn.code(f'{command} digest add "weekdays 09:00"', 120)
        return compose("This channel gets no digests.", prose(f"To add one: {example}"))
    count = len(answer.digests)
    rows = [
        f"{mrkdwn.code(digest.id)} {_when(digest)}, added by {mrkdwn.person(digest.creator)}"
        for digest in answer.digests
    ]
    remove = mrkdwn.code(f"{command} digest remove {answer.digests[0].id}", 120)
    return compose(
        f"This channel gets {count} digest{'s' if count > 1 else ''}.", prose(*rows), prose(f"To remove one: {remove}")
    )


def added(digest: Digest, command: str) -> Message:
    """Return the confirmation of a new digest."""
    remove = mrkdwn.code(f"{command} digest remove {digest.id}", 120)
    return compose(f"Digest {mrkdwn.code(digest.id)} added: {_when(digest)}", prose(f"To take it away: {remove}"))


def removed(identity: str) -> Message:
    """Return the confirmation that a digest is gone."""
    return compose(f"Digest {mrkdwn.code(identity)} is removed; nothing more is posted by it.")


def _when(digest: Digest) -> str:
    where = f"{mrkdwn.bold(digest.namespace)} on {mrkdwn.prose(digest.cluster, 80)}"
    rhythm = f"{mrkdwn.prose(str(digest.schedule), 80)} ({mrkdwn.prose(digest.timezone, 60)})"
    return f"{where}, {rhythm}, next {mrkdwn.moment(digest.next_at)}"
