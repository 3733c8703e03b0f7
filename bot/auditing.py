"""`knobot audit`: the audit log walked and handed on, with no need of Slack, a cluster or their tokens."""

from __future__ import annotations

import csv
import json
import os
import sys
from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import click

from bot.core.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TextIO

    from bot.store import Audit, Entry

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would calculate. What people typed is in the cells."""


DATABASE = click.option("--database", metavar="URL", help="The database; the configured one unless told.")


@click.group(name="audit")
def audit() -> None:
    """Check the audit log, or hand it on."""


@contextmanager
def _opened(database: str | None) -> Iterator[Audit]:
    from bot.settings import load_database
    from bot.store import Audit

    log = Audit.open(database or load_database(os.environ))
    try:
        yield log
    finally:
        log.close()


@audit.command(short_help="Walk the whole chain of rows.")
@DATABASE
@click.option("--head", metavar="HASH", help="A head that was printed before: the row with it must be there still.")
def verify(database: str | None, head: str | None) -> None:
    """Walk the whole chain; exit code 1 if a row was changed, put in or left out.

    Rows cut off at the end leave a chain that is right in itself. Keep the head somewhere else and give it the next
    time.
    """
    with _opened(database) as log:
        verdict = log.verify(head)
    click.echo(f"{verdict.rows} rows are right; head {verdict.head or 'none'}")
    if verdict.fault:
        click.echo(verdict.fault, err=True)
        sys.exit(1)


@audit.command()
@DATABASE
@click.option("--since", metavar="TIME", help="Only rows from then on: 2026-11-24 or 2026-11-24T12:00:00+01:00; UTC.")
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
def export(database: str | None, since: str | None, form: str) -> None:
    """Print the rows, oldest first.

    In `jsonl` each row's hash can be checked without Knobot: it is the SHA-256 of the row without it, as JSON with
    sorted keys and without blanks. In `csv` a quote stands before what a spreadsheet would take for a formula.
    """
    begin = _time(since) if since else None
    with _opened(database) as log:
        rows = (row for row in log.export() if begin is None or datetime.fromisoformat(row.at) >= begin)
        (_csv if form == "csv" else _jsonl)(rows, sys.stdout)


def _time(text: str) -> datetime:
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(f"“{text}” is no time.", f"Write it as {date(2026, 11, 24)} or 2026-11-24T12:00:00Z.") from None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def _jsonl(rows: Iterable[Entry], out: TextIO) -> None:
    for row in rows:
        json.dump(asdict(row), out, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        out.write("\n")


def _csv(rows: Iterable[Entry], out: TextIO) -> None:
    from bot.store import Entry

    names = [field.name for field in fields(Entry)]
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        values = asdict(row)
        writer.writerow([_cell(values[name]) for name in names])


def _cell(value: str | int | None) -> str | int | None:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
