"""The audit log tells everything, tells no secret, and cannot be changed unseen."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import DBAPIError

from bot.core.change import Event, advance
from bot.core.errors import NotFound, Unavailable
from bot.store import Audit, Store, Verdict
from tests.store.examples import DEV, LEAD, NOON, SECRET, approved, begun, change, wrote

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

GUARDS = ("audit_is_not_changed", "audit_is_not_deleted", "audit_is_not_emptied", "audit_is_continued")


@pytest.fixture
def log(store: Store) -> Store:
    """A store whose log has six rows, the last of them a refusal."""
    asked = change()
    store.add(asked)
    for event, step in (("approve", approved), ("begin", begun), ("wrote", wrote)):
        after = step(asked)
        assert store.move(asked, after, event)
        asked = after
    assert store.move(asked, advance(asked, Event.FAILED, None, "the image is missing"), "failed")
    store.refused(DEV, "C1", "rollout checkout latest=10", "no rule allows it", NOON)
    return store


def unguarded(outside: Engine, *statements: str) -> None:
    """Do what an owner of the database can do: take the guards away, then tamper."""
    with outside.begin() as connection:
        for guard in GUARDS:
            on = "" if outside.dialect.name == "sqlite" else " ON audit"
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {guard}{on}")
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_every_move_and_every_refusal_is_a_row(log: Store) -> None:
    rows = list(log.audit.export())

    assert [row.event for row in rows] == ["asked", "approve", "begin", "wrote", "failed", "refused"]
    assert [row.state for row in rows] == ["pending", "approved", "applying", "rolling", "failed", None]
    assert [row.version for row in rows] == [0, 1, 2, 3, 4, None]
    assert [row.actor_user for row in rows] == [DEV.user, LEAD.user, None, None, None, DEV.user]
    assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6]


def test_a_row_tells_who_what_where_and_why(log: Store) -> None:
    rows = list(log.audit.export())
    asked, failed, refused = rows[0], rows[4], rows[5]

    assert (asked.actor_team, asked.channel) == ("T1", "C1")
    assert (asked.cluster, asked.namespace, asked.service) == ("main", "shop", "hello")
    assert (asked.change, asked.plan) == ("c1", "0123456789abcdef")
    assert asked.text == "rollout hello latest=10"
    assert "traffic hello-00001 100% → hello-00001 90%, @latest 10%" in asked.summary
    assert "image ghcr.io/acme/hello:v1 → ghcr.io/acme/hello:v2" in asked.summary
    assert failed.reason == "the image is missing"
    assert (refused.text, refused.reason) == ("rollout checkout latest=10", "no rule allows it")
    assert refused.at == "2026-11-23T12:00:00.123456Z"


def test_no_value_of_the_environment_is_in_the_log(log: Store) -> None:
    told = json.dumps([asdict(row) for row in log.audit.export()], ensure_ascii=False)

    assert SECRET not in told
    assert "env MODE" in told


def test_the_chain_is_right_when_nobody_touched_it(log: Store) -> None:
    rows = list(log.audit.export())

    assert log.audit.verify() == Verdict(6, rows[-1].hash)
    assert [row.former for row in rows] == ["", *(row.hash for row in rows[:-1])]


def test_an_exported_row_can_be_checked_without_knobot(log: Store) -> None:
    row = asdict(next(iter(log.audit.export())))
    claimed = row.pop("hash")
    text = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    assert hashlib.sha256(text.encode()).hexdigest() == claimed


def test_an_empty_log_is_right(store: Store) -> None:
    assert store.audit.verify() == Verdict(0, "")


def test_a_log_longer_than_a_page_is_walked_whole(store: Store) -> None:
    for number in range(501):
        store.refused(DEV, "C1", f"deploy {number}", "no rule allows it", NOON)

    assert store.audit.verify().rows == 501
    assert [row.number for row in store.audit.export()] == list(range(1, 502))


def test_text_that_no_database_takes_keeps_the_chain_right(store: Store) -> None:
    store.refused(DEV, "C1", "deploy \0 \ud800 “ü”", "no", NOON)

    assert store.audit.verify().fault == ""
    assert next(iter(store.audit.export())).text == "deploy \ufffd ? “ü”"


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE audit SET text = 'x' WHERE number = 2", id="a change"),
        pytest.param("UPDATE audit SET hash = hash", id="a change of nothing"),
        pytest.param("DELETE FROM audit WHERE number = 6", id="the last row deleted"),
        pytest.param("DELETE FROM audit", id="all rows deleted"),
        pytest.param(
            "INSERT INTO audit SELECT 9, at, event, change, version, state, plan, actor_team, actor_user, channel,"
            " cluster, namespace, service, text, summary, reason, hash, 'x' FROM audit WHERE number = 6",
            id="a gap",
        ),
        pytest.param(
            "INSERT INTO audit SELECT 7, at, event, change, version, state, plan, actor_team, actor_user, channel,"
            " cluster, namespace, service, text, summary, reason, 'x', 'x' FROM audit WHERE number = 6",
            id="a row that does not follow",
        ),
    ],
)
def test_the_database_itself_refuses_tampering(log: Store, outside: Engine, statement: str) -> None:
    before = list(log.audit.export())

    with pytest.raises(DBAPIError, match="audit row"), outside.begin() as connection:
        connection.exec_driver_sql(statement)
    assert list(log.audit.export()) == before


def test_the_database_refuses_its_own_way_of_overwriting_or_emptying(log: Store, outside: Engine) -> None:
    statement = {
        "sqlite": "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE number = 2",
        "postgresql": "TRUNCATE audit",
    }[outside.dialect.name]

    with pytest.raises(DBAPIError, match="audit row"), outside.begin() as connection:
        connection.exec_driver_sql(statement)
    assert log.audit.verify().rows == 6


@pytest.mark.parametrize(
    ("statement", "right", "fault"),
    [
        pytest.param("UPDATE audit SET text = 'x' WHERE number = 3", 2, "Row 3 was changed", id="text"),
        pytest.param("UPDATE audit SET at = 'then' WHERE number = 3", 2, "Row 3 was changed", id="time"),
        pytest.param("UPDATE audit SET actor_user = NULL WHERE number = 2", 1, "Row 2 was changed", id="actor"),
        pytest.param("UPDATE audit SET hash = 'x' WHERE number = 6", 5, "Row 6 was changed", id="last hash"),
        pytest.param("DELETE FROM audit WHERE number = 1", 0, "Row 1 is missing", id="first row"),
        pytest.param("DELETE FROM audit WHERE number = 4", 3, "Row 4 is missing", id="row within"),
        pytest.param(
            "UPDATE audit SET former = (SELECT hash FROM audit WHERE number = 1) WHERE number = 5",
            4,
            "Row 5 does not follow",
            id="link",
        ),
    ],
)
def test_verifying_finds_what_was_done_around_the_guards(
    log: Store, outside: Engine, statement: str, right: int, fault: str
) -> None:
    unguarded(outside, statement)

    verdict = log.audit.verify()
    assert verdict.rows == right
    assert verdict.fault.startswith(fault)


def test_rows_cut_off_at_the_end_show_in_the_head(log: Store, outside: Engine) -> None:
    before = log.audit.verify()
    unguarded(outside, "DELETE FROM audit WHERE number = 6")

    after = log.audit.verify()
    assert after.fault == ""
    assert (after.rows, after.head) != (before.rows, before.head)
    assert before.head in log.audit.verify(before.head).fault


def test_a_head_that_was_kept_is_met_again_however_long_the_log_has_grown(log: Store) -> None:
    head = log.audit.verify().head
    log.refused(DEV, "C1", "deploy", "no rule allows it", NOON)

    assert log.audit.verify(head).fault == ""


def test_the_log_of_a_database_is_read_as_it_is(log: Store, url: str, tmp_path: Path) -> None:
    opened = Audit.open(url)
    assert list(opened.export()) == list(log.audit.export())
    opened.close()

    with pytest.raises(NotFound):
        Audit.open(f"sqlite:///{tmp_path}/nowhere.db")
    assert not (tmp_path / "nowhere.db").exists()
    (tmp_path / "empty.db").touch()
    with pytest.raises(NotFound):
        Audit.open(f"sqlite:///{tmp_path}/empty.db")


def test_a_move_whose_audit_row_cannot_be_written_does_not_happen(store: Store, outside: Engine) -> None:
    store.add(change())
    with outside.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE audit RENAME TO elsewhere")

    with pytest.raises(Unavailable):
        store.move(change(), approved(change()), "approve")
    with pytest.raises(Unavailable):
        store.add(change("c2"))
    assert store.change("c1") == change()
    assert store.change("c2") is None
