"""A database is opened, migrated and kept to its owner."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.core.errors import Invalid, Unavailable
from bot.store import Store
from bot.store.schema import HEAD, metadata

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine


def test_the_migrations_make_the_tables_that_the_store_uses(outside: Engine) -> None:
    with outside.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_newest_migration_is_the_one_that_the_store_knows() -> None:
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")

    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_a_database_that_is_up_to_date_is_opened_without_alembic(store: Store, url: str) -> None:
    store.close()
    script = "import sys; from bot.store import Store; Store.open(sys.argv[1]); print('alembic' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", script, url], check=True, capture_output=True, text=True)
    assert done.stdout == "False\n"


def test_a_database_of_a_newer_knobot_is_left_alone(url: str, outside: Engine) -> None:
    with outside.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(Invalid, match="A newer Knobot"):
        Store.open(url)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("sqlite://", id="in memory"),
        pytest.param("sqlite:///:memory:", id="in memory, by name"),
        pytest.param("mysql://u:hunter2@h/d", id="another kind"),
        pytest.param("hunter2", id="no URL"),
    ],
)
def test_a_url_that_is_no_use_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(Invalid) as caught:
        Store.open(url)
    assert "hunter2" not in str(caught.value)


def test_a_file_that_cannot_be_made_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="nowhere"):
        Store.open(f"sqlite:///{tmp_path}/nowhere/knobot.db")


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear database, " * 100)

    with pytest.raises(Unavailable):
        Store.open(f"sqlite:///{file}")
    assert file.read_text().startswith("Dear database")


def test_a_new_file_belongs_to_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "knobot.db"
    store = Store.open(f"sqlite:///{file}")

    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    store.close()


def test_a_server_that_is_not_there_does_not_answer_and_costs_the_log_a_line(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Unavailable):
        Store.open("postgresql://knobot:hunter2@127.0.0.1:9/knobot")

    assert "The database failed: " in caplog.text
    assert "Traceback" not in caplog.text
    assert "hunter2" not in caplog.text
