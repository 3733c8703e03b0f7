"""Rows of words → aligned lines that a phone shows unwrapped; what has no column stands indented below its row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.blocks import message, mrkdwn
from bot.blocks.bars import PHONE
from bot.blocks.message import LISTING

if TYPE_CHECKING:
    from collections.abc import Iterable

GAP = "  "
Row = tuple[Sequence[str], Sequence[str]]
"""The cells of the columns, and what is written below them."""


def fitting(rows: Iterable[Row], room: int = LISTING) -> list[Row]:
    """Return as many rows as may fit into a message of `room` characters, and make no more: there may be thousands."""
    found: list[Row] = []
    for cells, below in rows:
        if room < 0:
            break
        found.append((cells, below))
        under = sum(map(len, below))
        room -= min(PHONE, sum(map(len, cells)) + len(GAP) * (len(cells) - 1)) + 1
        room -= min(2 * PHONE, under) + len(GAP) + 1 if under else 0
    return found


def columns(head: Sequence[str], rows: Sequence[Row], missing: int = 0, *, whole: bool = True) -> message.Part:
    """Return a table.

    Args:
        head: the names of the columns; the first column is the one that is shortened when the line is too long.
        rows: for each row the cells of its columns, and what is written below it.
        missing: how many more rows there are, for which there is no room.
        whole: whether what is shortened stands whole below: people have to type it.
    """
    cells = [[mrkdwn.clean(cell) for cell in row] for row, _ in rows]
    rest = [max(map(len, column)) for column in zip(head[1:], *(row[1:] for row in cells), strict=True)]
    room = max(len(head[0]), PHONE - sum(rest) - len(GAP) * len(rest))
    first = [mrkdwn.middle(row[0], room) for row in cells]
    widths = [max(map(len, (head[0], *first))), *rest]
    lines = []
    for name, row, (_, below) in zip(first, cells, rows, strict=True):
        words = " · ".join(mrkdwn.clean(word) for word in below if word)
        under = [row[0] if whole and name != row[0] else "", words]
        told = (f"{GAP}{mrkdwn.clip(text, 2 * PHONE)}" for text in under if text)
        lines.append("\n".join([_line([name, *row[1:]], widths), *told]))
    return message.table(*lines, head=_line(head, widths), missing=missing)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return GAP.join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
