"""Digests: what needs a person comes first; when all is well, one line says so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.blocks import charts, mrkdwn, updates
from bot.blocks.message import Buttons, Message, Part, compose, prose, replay, small
from bot.blocks.services import empty, readiness
from bot.blocks.watches import holding
from bot.core.answers import ROWS
from bot.core.counting import counted
from bot.core.lingering import Matter

if TYPE_CHECKING:
    from bot.core.answers import DigestPost, DigestTable, Snoozed
    from bot.core.digest import Changed
    from bot.core.digest import Digest as Report
    from bot.core.lingering import Line, Offer
    from bot.core.subscriptions import Digest

OFFERED = 10
"""How many lingering things get buttons: a message has fifty blocks."""
CHANGING = frozenset({"rollout", "rollback", "follow", "untag"})
MARKS = {
    Matter.BROKEN: ":warning:",
    Matter.DOMAIN: ":warning:",
    Matter.ROLLING: ":ladder:",
    Matter.SPLIT: ":twisted_rightwards_arrows:",
    Matter.PINNED: ":pushpin:",
    Matter.LOCKED: ":lock:",
    Matter.FROZEN: ":snowflake:",
    Matter.TAGS: ":label:",
    Matter.COLLECTED: ":wastebasket:",
    Matter.MUTED: ":mute:",
}


def post(answer: DigestPost, command: str) -> Message:
    """Return a digest as the channel reads it: what needs a person with the commands that end it, then what changed."""
    report = answer.report
    if not report.total:
        return empty(report.namespace, command)
    where = mrkdwn.prose(report.namespace, 80)
    mark = ":white_check_mark: " if report.well else ""
    quiet = " Nothing has changed." if report.well and not report.changed and report.since else ""
    headline = f"{mark}{where}: {readiness(report.ready, report.total)}{'.' if quiet else ''}{quiet}"
    whole = [_line(line, number) for number, line in enumerate(report.lines[:OFFERED])]
    end = OFFERED + ROWS
    rest = prose(*(_row(line) for line in report.lines[OFFERED:end]), missing=len(report.lines[end:]))
    more = len(report.changed[ROWS:])
    changed = prose(*(_changed(each) for each in report.changed[:ROWS]), head=_since(report), missing=more)
    parts = [*whole, rest, changed, *([charts.lines(report.curve)] if report.curve else []), small(*_fine(report))]
    message = compose(headline, *parts)
    if report.curve is None:
        return message
    return replace(message, blocks=(*message.blocks, charts.chart(report.curve, f"{report.namespace} since then")))


def _line(line: Line, number: int) -> Part:
    """Return one thing that lingers, with its buttons."""
    buttons = tuple(
        replay(f"{index}", offer.word, offer.line, _asked(offer)) for index, offer in enumerate(line.offers[:5])
    )
    return prose(_row(line), below=Buttons(f"digest-{number}", "", buttons) if buttons else None)


def _asked(offer: Offer) -> str:
    """Return what a person is asked before a command changes traffic by one press."""
    return f"Do “{offer.line}”?"[:300] if offer.line.split()[0] in CHANGING else ""


def _row(line: Line) -> str:
    who = mrkdwn.person(line.person) if line.person else mrkdwn.prose(line.account, 80)
    name = f"{mrkdwn.bold(line.name)} " if line.name else ""
    return (
        f"{':x:' if line.urgent else MARKS[line.matter]} {name}{mrkdwn.prose(line.text)}{f' (by {who})' if who else ''}"
    )


def _changed(changed: Changed) -> str:
    said = [updates.sentence(update, 120) for update in changed.updates[-3:]]
    more = [f"{len(changed.updates) - 3} more before"] if len(changed.updates) > 3 else []
    return f"{mrkdwn.bold(changed.name)}: {'; '.join([*more, *said])}"


def _since(report: Report) -> str:
    return f"Changed since {mrkdwn.moment(report.since)}:" if report.since and report.changed else ""


def _fine(report: Report) -> list[str]:
    if report.well and not report.changed:
        return []
    pods = [f"{counted(report.pods, 'pod')} running"] if report.pods else []
    told = " · ".join([*pods, *(mrkdwn.prose(figure) for figure in report.figures)])
    return [told] if told else []


def listed(answer: DigestTable, command: str) -> Message:
    """Return the digests of a channel, with the ids by which they are removed."""
    if not answer.digests:
        example = mrkdwn.code(f'{command} digest add "weekdays 09:00"', 120)
        return compose("This channel gets no digests.", prose(f"To add one: {example}"))
    count = len(answer.digests)
    rows = [
        f"{mrkdwn.code(digest.id)} {_when(digest)}, added by {mrkdwn.person(digest.creator)}"
        f"{holding(digest.id in answer.held)}"
        for digest in answer.digests
    ]
    remove = mrkdwn.code(f"{command} digest remove {answer.digests[0].id}", 120)
    return compose(f"This channel gets {counted(count, 'digest')}.", prose(*rows), prose(f"To remove one: {remove}"))


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


def snoozed(answer: Snoozed) -> Message:
    """Return the confirmation that a digest leaves something out for a while."""
    silence = answer.silence
    what = f"{mrkdwn.bold(silence.scope.service)} ({mrkdwn.prose(silence.matter, 40)})"
    return compose(f":zzz: Digests leave {what} out until {mrkdwn.moment(silence.until)}.")
