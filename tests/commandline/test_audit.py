"""`knobot audit`: what an auditor gets, without a token of Slack's."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sqlite3
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from bot.__main__ import main
from bot.store import Store
from tests.store.examples import DEV, NOON

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database whose log has three rows."""
    store = Store.open(f"sqlite:///{tmp_path}/knobot.db")
    for day, text in enumerate(("deploy hello", "=HYPERLINK(“x”)", "delete hello")):
        store.refused(DEV, "C1", text, "no rule allows it", NOON.replace(day=NOON.day + day))
    store.close()
    return tmp_path / "knobot.db"


def run(file: Path, *arguments: str) -> Result:
    environment = {"KNOBOT_DATABASE_URL": f"sqlite:///{file}", "SLACK_BOT_TOKEN": None}
    return CliRunner().invoke(main, ["audit", *arguments], env=environment)


def test_a_log_that_nobody_touched_is_right_and_its_head_is_met_again(file: Path) -> None:
    first = run(file, "verify")
    assert first.exit_code == 0
    head = first.output.split()[-1]
    assert first.output == f"3 rows are right; head {head}\n"

    assert run(file, "verify", "--head", head).exit_code == 0
    other = run(file, "verify", "--head", "0" * 64)
    assert other.exit_code == 1
    assert "cut off" in other.output


def test_a_row_that_was_changed_ends_it_with_exit_code_1_and_its_number(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute("DROP TRIGGER audit_is_not_changed")
    connection.execute("UPDATE audit SET text = 'nothing' WHERE number = 2")
    connection.commit()
    connection.close()

    result = run(file, "verify")
    assert result.exit_code == 1
    assert "Row 2 was changed" in result.output
    assert "1 rows are right" in result.output


def test_each_exported_line_can_be_checked_without_knobot(file: Path) -> None:
    former = ""
    for line in run(file, "export").output.splitlines():
        row = json.loads(line)
        claimed = row.pop("hash")
        text = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(text.encode()).hexdigest() == claimed
        assert row["former"] == former
        former = claimed
    assert former


def test_a_spreadsheet_calculates_nothing_of_what_people_typed(file: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run(file, "export", "--format", "csv").output)))

    assert [row["text"] for row in rows] == ["deploy hello", "'=HYPERLINK(“x”)", "delete hello"]
    assert rows[0]["actor_user"] == DEV.user


def test_rows_may_be_asked_for_since_a_time(file: Path) -> None:
    day = NOON.replace(day=NOON.day + 1).date()

    assert len(run(file, "export", "--since", str(day)).output.splitlines()) == 2
    assert len(run(file, "export", "--since", f"{day}T23:00:00+01:00").output.splitlines()) == 1
    wrong = run(file, "export", "--since", "yesterday")
    assert wrong.exit_code == 1
    assert "yesterday" in wrong.output


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    result = run(tmp_path / "nowhere.db", "verify")

    assert result.exit_code == 1
    assert "There is no file" in result.output
    assert not list(tmp_path.iterdir())


def test_the_configured_database_is_taken_without_any_token(file: Path, tmp_path: Path) -> None:
    config = tmp_path / "knobot.yaml"
    config.write_text(f"clusters: [{{name: main}}]\ndatabase_url: sqlite:///{file}\n")
    environment = {"KNOBOT_CONFIG": str(config), "KNOBOT_DATABASE_URL": None, "SLACK_BOT_TOKEN": None}
    result = CliRunner().invoke(main, ["audit", "verify"], env=environment)
    assert result.exit_code == 0, result.output

    config.write_text("database_url: mysql://u:hunter2@h/d\n")
    result = CliRunner().invoke(main, ["audit", "verify"], env=environment)
    assert result.exit_code == 2
    assert "hunter2" not in result.output
