"""The documentation says what the code says."""

from __future__ import annotations

import re
from pathlib import Path

from bot.core.language.grammar import COMMANDS
from bot.core.language.parse import parse

ROOT = Path(__file__).parents[2]


def _table() -> str:
    rows = [
        f"| `{verb.usage.replace('|', chr(92) + '|')}` | {verb.summary} | `{verb.examples[-1]}` |" for verb in COMMANDS
    ]
    return "\n".join(["| command | what it does | for example |", "| --- | --- | --- |", *rows])


def test_the_table_of_the_readme_is_the_table_of_commands() -> None:
    readme = (ROOT / "README.md").read_text()

    between = readme.split("<!-- commands:")[1].split("-->", 1)[1].split("<!-- /commands")[0]

    assert between.strip() == _table()


def test_every_line_for_slack_in_the_readme_is_understood() -> None:
    readme = (ROOT / "README.md").read_text()

    lines = [line.removeprefix("/knative ") for line in readme.splitlines() if line.startswith("/knative ")]

    assert lines
    for line in lines:
        parse(line)


def test_every_example_of_help_is_understood_and_about_its_verb() -> None:
    for verb in COMMANDS:
        for example in verb.examples:
            parse(example)
            assert example.split()[0] == verb.name


def test_every_path_that_the_documentation_names_is_there() -> None:
    for name in (
        "docs/page.png",
        "docs/architecture.md",
        "docs/rollouts.md",
        "docs/operations.md",
        "SECURITY.md",
        "config/slack-manifest.yaml",
        "config/kubernetes",
    ):
        assert (ROOT / name).exists()


def test_every_test_that_security_names_is_there() -> None:
    told = (ROOT / "SECURITY.md").read_text()
    named = re.findall(r"`((?:tests/\w+/)?test_\w+\.py)`", told)

    assert len(named) > 20
    for name in named:
        assert (ROOT / name).exists() if "/" in name else list((ROOT / "tests").rglob(name)), name
