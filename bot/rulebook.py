"""`knobot policy`: what the policy says, tried out before anybody asks; with no need of Slack, a cluster or tokens."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.core.counting import counted
from bot.core.explaining import explain, verdict
from bot.core.language.grammar import KINDS
from bot.core.supposing import suppose
from bot.settings import load_cases, load_configuration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.place import Configuration
    from bot.settings import Case

HEADER = ("line", "case", "expected", "the policy says")


@click.group(name="policy")
def policy() -> None:
    """Try out the policy."""


@policy.command(short_help="Hold the policy to a file of cases.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def test(file: Path) -> None:
    """Hold the policy to the cases in FILE; print a table of those that differ, and exit with 1 if any does."""
    configuration = _configuration()
    cases = load_cases(file, configuration).cases
    found = [(case, _says(case, configuration)) for case in cases]
    differing = [(case, says) for case, says in found if says != _canonical(case.expected)]
    if not differing:
        click.echo(f"{counted(len(cases), 'case')}: the policy says what is expected.")
        return
    rows = [(str(case.line), case.sentence, case.expected, says) for case, says in differing]
    click.echo("\n".join(_table([HEADER, *rows])))
    click.echo(f"{len(differing)} of {len(cases)} cases differ.")
    sys.exit(1)


@policy.command(name="explain", short_help="Say what somebody may, and by which rule.")
@click.argument("sentence", nargs=-1, required=True)
@click.option("--cases", type=click.Path(dir_okay=False, path_type=Path), help="A file of cases, for its people.")
def explain_(sentence: tuple[str, ...], cases: Path | None) -> None:
    """Say what the policy says to SENTENCE and why, as in “dev deploys prod/checkout in C0123456789”."""
    configuration = _configuration()
    known = load_cases(cases, configuration).people if cases else {}
    supposed = suppose(" ".join(sentence), configuration, known)
    for line in explain(supposed.intent, supposed.actor, configuration.policy, datetime.now(UTC)):
        click.echo(line)
    for note in supposed.notes:
        click.echo(f"({note})")


def _says(case: Case, configuration: Configuration) -> str:
    return verdict(case.supposed.intent, case.supposed.actor, configuration.policy, case.at)


def _canonical(expected: str) -> str:
    """Return what is expected as the policy says it: one approval is one, however it is written."""
    count, _, rest = expected.partition(" ")
    if not count.isdecimal():
        return expected
    return f"{count} approval{'' if count == '1' else 's'}{rest.removeprefix('approvals').removeprefix('approval')}"


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _configuration() -> Configuration:
    return load_configuration(os.environ, verbs=KINDS)
