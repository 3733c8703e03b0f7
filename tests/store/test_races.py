"""Of many who try at once one succeeds, and whoever dies in the middle leaves nothing half written."""

from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from bot.core.errors import Unavailable
from bot.store.database import WRITER
from tests.store.examples import DEV, NOON, SRE, approved, change, digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from bot.store import Store

THREADS = 10
RACER = """
import sys
from tests.store.test_races import at_once
from tests.store.examples import approved, change
from bot.store import Store

store = Store.open(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
print(sum(at_once(lambda: store.move(change(), approved(change()), "approve"))))
"""
VICTIM = """
import os, signal, sys
from tests.store.examples import approved, change
from bot.store import Store

def dies(): os.kill(os.getpid(), signal.SIGKILL)

store = Store.open(sys.argv[1], dies)
{move}
"""


def at_once(act: Callable[[], bool]) -> list[bool]:
    """Return what `act` returned to each of the threads that did it at the same time."""
    start = Barrier(THREADS)

    def run(_: int) -> bool:
        start.wait()
        return act()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def python(script: str, url: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", script, url]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def test_of_ten_threads_in_each_of_two_processes_one_moves_a_change(store: Store, url: str) -> None:
    store.add(change())
    racers = [python(RACER, url) for _ in range(2)]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n", racer.communicate()[1]
    answers = [racer.communicate("go\n", timeout=60) for racer in racers]

    assert sorted(out for out, _ in answers) == ["0\n", "1\n"], answers
    assert [entry.event for entry in store.audit.export()] == ["asked", "approve"]
    assert store.change("c1") == approved(change())


def test_many_writers_at_once_continue_one_chain(store: Store) -> None:
    def refuse() -> bool:
        for _ in range(5):
            store.refused(DEV, "C1", "deploy", "no rule allows it", NOON)
        return True

    at_once(refuse)

    assert store.audit.verify().rows == THREADS * 5
    assert store.audit.verify().fault == ""


def test_a_digest_is_leased_once(store: Store) -> None:
    store.add_digest(digest())
    later = NOON + timedelta(minutes=1)

    assert sum(at_once(lambda: store.lease_digest(digest(), NOON, later))) == 1


@pytest.mark.parametrize(
    "move",
    [
        pytest.param('store.move(change(), approved(change()), "approve")', id="a move"),
        pytest.param('store.add(change("c2"))', id="a new change"),
    ],
)
def test_a_process_killed_between_change_and_audit_row_leaves_neither(store: Store, url: str, move: str) -> None:
    store.add(change())
    victim = python(VICTIM.format(move=move), url)
    _, errors = victim.communicate(timeout=60)

    assert victim.returncode == -signal.SIGKILL, errors
    assert store.change("c1") == change()
    assert store.change("c2") is None
    assert [entry.event for entry in store.audit.export()] == ["asked"]
    assert store.move(change(), approved(change()), "approve"), "the next writer is not kept waiting"


def test_two_processes_that_open_a_new_database_at_once_both_find_it_whole(url: str) -> None:
    script = "import sys; from bot.store import Store; print(Store.open(sys.argv[1]).audit.verify().fault)"
    openers = [python(script, url) for _ in range(3)]

    assert [opener.communicate(timeout=60) for opener in openers] == [("\n", "")] * 3


def test_a_writer_who_never_ends_is_a_database_that_does_not_answer(store: Store, outside: Engine) -> None:
    with outside.connect() as connection:
        if outside.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER})")
        with pytest.raises(Unavailable):
            store.refused(SRE, "C1", "deploy", "no", NOON)
        assert store.audit.verify().rows == 0, "reading goes on meanwhile"
        connection.rollback()
    store.refused(SRE, "C1", "deploy", "no", NOON)
    assert store.audit.verify().rows == 1
