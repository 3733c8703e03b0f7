"""What the ingress answered, counted: the split as users feel it, not as it is configured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import mrkdwn, remedies
from bot.blocks.bars import bars
from bot.blocks.message import Message, compose, prose, small, table
from bot.core import template
from bot.core.counting import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.core.answers import CurlReport

WELL = range(200, 400)
NAMED = 4
HEADERS = 20


def curl(answer: CurlReport) -> Message:
    """Return the different answers, most frequent first."""
    answers = sorted(answer.answers, key=lambda item: -item[1])
    total = sum(count for _, count in answers)
    if not total:
        return compose(f"{mrkdwn.link(answer.url)} gave no answer.")
    percents = {mrkdwn.clean(body) or "(empty)": round(100 * count / total) for body, count in answers}
    return compose(
        _headline(answer),
        table(*(bars(percents) if len(percents) > 1 else ())),
        table(*(_header(name, value) for name, value in answer.headers[:HEADERS])),
        prose(*_advice(answer)),
        small(*_fine_print(answer, total)),
    )


def _headline(answer: CurlReport) -> str:
    if answer.headers:
        return f"{answer.method}: status {answer.codes[0][0]}"
    answers = sorted(answer.answers, key=lambda item: -item[1])
    named = [f"{mrkdwn.prose(body, 60) or '(empty)'} {count}" for body, count in answers[:NAMED]]
    return " · ".join([*named, *([f"… and {len(answers) - NAMED} more"] if len(answers) > NAMED else [])])


def _header(name: str, value: str) -> str:
    hidden = template.secret(name, value) or "cookie" in name.lower()
    return mrkdwn.clip(f"{name}: {template.HIDDEN if hidden else mrkdwn.clean(value)}", 120)


def _advice(answer: CurlReport) -> Iterator[str]:
    """Say what the codes mean that the ingress gives in place of the Service."""
    for code, count in answer.codes:
        if advice := remedies.INGRESS.get(code):
            yield f":warning: {count} with status {code}: {advice}"


def _fine_print(answer: CurlReport, total: int) -> Iterator[str]:
    codes = " · ".join(f"status {code}: {count}" for code, count in answer.codes[:10])
    if any(code not in WELL for code, _ in answer.codes):
        yield f":warning: {codes}"
    elif len(answer.codes) > 1:
        yield codes
    method = "" if answer.method == "GET" else f"{answer.method} "
    of = f" of {answer.asked}, then time was up" if answer.asked > total else ""
    asked = f"{counted(total, f'{method}request')}{of} to {mrkdwn.link(answer.url)}"
    if total == 1:
        yield f"{asked} · {_milliseconds(answer.median)}"
    else:
        spread = f"95% within {_milliseconds(answer.slow)}, slowest {_milliseconds(answer.slowest)}"
        yield f"{asked} · median {_milliseconds(answer.median)}, {spread}"


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 10 else f"{seconds:.1f} s"
