"""The table of features says of Knobot only what its language knows."""

from __future__ import annotations

import re
from pathlib import Path

from bot.core.language.parse import parse

ROWS = [
    [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
    for line in (Path(__file__).parents[2] / "docs" / "features.md").read_text().splitlines()
    if re.match(r"\| \d", line)
]


def test_every_row_has_a_cell_for_each_tool() -> None:
    assert [int(row[0]) for row in ROWS] == list(range(1, len(ROWS) + 1))
    assert all(len(row) == 8 and row[-1][0] in "●◐–" for row in ROWS)


def test_every_command_in_the_column_of_knobot_is_read() -> None:
    lines = [line for row in ROWS for line in re.findall(r"`([^`]+)`", row[-1]) if " " in line or line.islower()]
    words = {"latest", "previous"}

    assert len(lines) > 40
    for line in lines:
        if line not in words:
            parse(line)
