"""The page about the architecture has a line for everything there is, and for nothing else."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text()


def modules(folder: str) -> set[str]:
    """The names of the modules and packages of a folder."""
    found = {path for path in (ROOT / folder).iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    return {path.stem for path in found} - {"__init__"}


def test_every_module_of_the_top_level_has_its_line() -> None:
    lines = re.findall(r"^      (\w+)(?:\.py|/) ", PAGE, re.MULTILINE)
    assert len(lines) == len(set(lines))
    assert set(lines) == modules("bot")


def test_every_module_of_the_core_has_its_place() -> None:
    table = PAGE.partition("| where in `core/` |")[2].partition("\n\n")[0]
    named = [name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row.rpartition(" | ")[2])]
    assert len(named) == len(set(named))
    assert set(named) == modules("bot/core")
