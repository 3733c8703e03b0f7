"""What docs/sandbox.md lists, and what Knobot writes, is what the sandbox understands."""

from __future__ import annotations

import re
from pathlib import Path

from bot.sandbox.workspace.faultplan import KINDS

BOT = Path(__file__).parents[2] / "bot"
TEXT = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text()


def faults(target: str) -> set[str]:
    return set(re.findall(rf"^\| `{target}` \| `(\w+)` \|", TEXT, re.MULTILINE))


def test_every_fault_of_slack_is_documented() -> None:
    assert faults("slack") | {"clear"} == set(KINDS)


def test_every_emoji_that_knobot_writes_is_drawn_by_the_page() -> None:
    names, _, rest = (BOT / "sandbox" / "workspace" / "page" / "emoji.js").read_text().partition("const DRAWN")
    drawn, _, same = rest.partition("const SAME")
    known = set(re.findall(r"(\w+): \"", names)) & set(re.findall(r"\"(\w+)\"", drawn))
    known |= set(re.findall(r"(\w+): \"", same.partition("}")[0]))
    wrote = {
        name
        for folder in ("blocks", "core", "operations")
        for path in (BOT / folder).rglob("*.py")
        for name in re.findall(r"(?<![\w:`]):([a-z_]{2,}):(?![\w:])", path.read_text())
    }
    assert len(wrote) > 20
    assert wrote <= known
