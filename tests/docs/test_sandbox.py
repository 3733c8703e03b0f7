"""What docs/sandbox.md lists is what the sandbox understands."""

from __future__ import annotations

import re
from pathlib import Path

from bot.sandbox.workspace.faultplan import KINDS

TEXT = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text()


def faults(target: str) -> set[str]:
    return set(re.findall(rf"^\| `{target}` \| `(\w+)` \|", TEXT, re.MULTILINE))


def test_every_fault_of_slack_is_documented() -> None:
    assert faults("slack") | {"clear"} == set(KINDS)
