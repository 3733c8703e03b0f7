"""Attacks on the record, and bad days: what cannot be written down does not happen, and nothing happens twice."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.core.change import State
from bot.core.errors import Unavailable
from tests.operations.site import DEV, OPS, WISH
from tests.security.desk import Counted, Desk, ask, rows, untouched

if TYPE_CHECKING:
    from collections.abc import Callable


ROOT = Path(__file__).parents[2]


# o) The audit log.


def break_log(front: Desk) -> None:
    """Let the database refuse each new row of the audit log, as a full disk would."""
    connection = sqlite3.connect(front.site.folder / "knobot.db")
    connection.execute("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    connection.commit()
    connection.close()


def test_o_what_cannot_be_written_down_does_not_happen(front: Desk) -> None:
    identity = ask(front)
    break_log(front)
    before = rows(front)
    front.hand(front.slash(WISH))
    front.hand(front.click("approve", identity))
    front.hand(front.slash("lock hello"))
    front.site.operations.tick()

    assert front.site.told(DEV) == front.site.told(OPS) == "database"
    assert front.site.states() == [State.PENDING]
    assert front.site.store.locks() == []
    assert rows(front) == before
    untouched(front)


def test_o_the_intent_is_on_record_before_the_cluster_is_written_to(front: Desk) -> None:
    seen: list[list[str]] = []

    class Watching(Counted):
        def __getattr__(self, name: str) -> Any:
            if name == "apply":
                seen.append([row.event for row in rows(front)])
            return super().__getattr__(name)

    front.cluster = Watching(front.site.knative)
    front.restart()
    front.hand(front.slash(WISH))

    assert seen
    assert all(events == ["asked", "begin"] for events in seen)
    assert [row.event for row in rows(front)][:3] == ["asked", "begin", "wrote"]


# p) Slack, the cluster or the database is away. Each point of a kill: tests/operations/test_kill_points.py.


@pytest.mark.parametrize("part", ["slack", "cluster", "database"])
def test_p_what_is_away_leads_to_one_write_or_none_and_a_card_that_tells_it(front: Desk, part: str) -> None:
    identity = ask(front)
    trouble: dict[str, Callable[[bool], None]] = {
        "slack": lambda on: _trouble(front.site.channel.trouble, ("update", "answer", "post"), on=on),
        "cluster": lambda on: _trouble(front.site.knative.trouble, ("apply", "applied", "snapshot"), on=on),
        "database": lambda on: break_log(front) if on else _mend(front),
    }
    trouble[part](True)
    front.hand(front.click("approve", identity))
    front.site.wait(timedelta(seconds=30), 10)
    trouble[part](False)
    front.site.wait(timedelta(seconds=30), 30)
    if front.site.states() == [State.PENDING]:  # the click came to nothing, and its person was told so
        assert front.site.told(OPS) in {"database", "unavailable"}
        front.hand(front.click("approve", identity))
        front.site.wait(timedelta(seconds=30), 30)

    assert front.site.states() == [State.DONE]
    assert len(front.site.knative.writes) == 1
    assert front.site.card().state is State.DONE
    assert [row.event for row in rows(front)].count("wrote") == 1


def _trouble(of: dict[str, Any], methods: tuple[str, ...], *, on: bool) -> None:
    for method in methods:
        if on:
            of[method] = Unavailable("It does not answer.")
        else:
            of.pop(method, None)


def _mend(front: Desk) -> None:
    connection = sqlite3.connect(front.site.folder / "knobot.db")
    connection.execute("DROP TRIGGER full")
    connection.commit()
    connection.close()
