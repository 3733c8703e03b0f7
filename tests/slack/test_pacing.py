"""Turns come in order and at a pace, a pause that Slack asks for is kept, and of waiting edits the latest counts."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import Unavailable
from bot.slack.connection import Busy
from bot.slack.pacing import PACES, PATIENCE, Edits, Pacer


class Time:
    """Seconds that pass when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def pacer(time: Time) -> Pacer:
    return Pacer(lambda: time.now, time.sleep)


def test_a_burst_goes_at_once_and_the_rest_one_by_one() -> None:
    time = Time()
    pace, _ = PACES["chat.postMessage"]
    turns = pacer(time)
    at = [turns.send("chat.postMessage", "C1", lambda: time.now - 100) for _ in range(pace.burst + 3)]

    assert at == [0.0] * pace.burst + [1.0, 2.0, 3.0]


def test_who_has_no_patience_is_told_how_long_it_would_take_and_takes_no_turn() -> None:
    time = Time()
    pace, _ = PACES["chat.postMessage"]
    turns = pacer(time)
    for _ in range(pace.burst):
        turns.send("chat.postMessage", "C1", lambda: None, 0.0)

    assert turns.ahead("chat.postMessage", "C1") == pytest.approx(1.0)
    with pytest.raises(Busy):
        turns.send("chat.postMessage", "C1", lambda: None, 0.0)
    time.sleep(1.0)
    assert turns.ahead("chat.postMessage", "C1") == pytest.approx(0.0)
    turns.send("chat.postMessage", "C1", lambda: None, 0.0)
    assert time.now == pytest.approx(101.0)


@given(st.lists(st.tuples(st.sampled_from(["C1", "C2"]), st.floats(0, 3)), max_size=200))
def test_no_channel_gets_more_than_its_pace(calls: list[tuple[str, float]]) -> None:
    time = Time()
    turns = pacer(time)
    sent: dict[str, list[float]] = {"C1": [], "C2": []}
    for channel, pause in calls:
        time.sleep(pause)
        sent[channel].append(turns.send("chat.postMessage", channel, lambda: time.now))
    pace, _ = PACES["chat.postMessage"]

    for times in sent.values():
        for first, later in zip(times, times[pace.burst :], strict=False):
            assert later - first >= pace.interval * 0.999


def test_edits_of_a_whole_workspace_have_one_pace() -> None:
    time = Time()
    turns = pacer(time)
    for number in range(60):
        turns.send("chat.update", f"C{number}", lambda: None)
        time.sleep(0.01)

    assert time.now - 100 > 1.2 * (60 - 26)


def test_what_would_wait_for_long_fails_and_takes_no_turn() -> None:
    time = Time()
    turns = Pacer(lambda: time.now, lambda _: None)
    pace, _ = PACES["chat.postMessage"]
    for _ in range(pace.burst + int(PATIENCE)):
        turns.send("chat.postMessage", "C1", lambda: None)
    for _ in range(3):
        with pytest.raises(Unavailable, match="slower"):
            turns.send("chat.postMessage", "C1", lambda: None)
    time.now += 1

    turns.send("chat.postMessage", "C1", lambda: None)


def test_a_pause_that_slack_asks_for_is_kept_by_all_channels() -> None:
    time = Time()
    turns = pacer(time)
    answers: list[Exception | None] = [Busy(7), None]

    def work() -> float:
        answer = answers.pop(0)
        if answer:
            raise answer
        return time.now

    assert turns.send("chat.update", "C1", work) == 107
    time.now = 103
    assert turns.send("chat.update", "C2", lambda: time.now) == 107


def test_a_pause_that_is_too_long_is_told() -> None:
    time = Time()
    turns = pacer(time)

    def work() -> None:
        raise Busy(60)

    with pytest.raises(Busy):
        turns.send("chat.update", "C1", work)
    time.now += 61
    turns.send("chat.update", "C1", lambda: None)


def test_of_edits_that_wait_only_the_latest_is_sent() -> None:
    edits: Edits[int, int] = Edits()
    turn, waiting = threading.Event(), threading.Barrier(20)
    sent: list[int] = []

    def deliver(value: int) -> int:
        sent.append(value)
        return value

    def paced(work: object) -> int:
        turn.wait(5)
        assert callable(work)
        found: int = work()
        return found

    def edit(value: int) -> int:
        if value:
            waiting.wait(5)
        return edits.send("ts", value, paced, deliver)

    with ThreadPoolExecutor(20) as pool:
        outcomes = [pool.submit(edit, value) for value in range(20)]
        waiting.wait(5)
        while sum(outcome.running() for outcome in outcomes) < 20 or len(edits._waiting) != 1:  # noqa: SLF001 # no other sign
            pass
        threading.Event().wait(0.1)
        last = edits._waiting["ts"].value  # noqa: SLF001 # which came last is chance
        turn.set()

    assert sent == [last]
    assert {outcome.result() for outcome in outcomes} == {last}


def test_an_edit_that_is_tried_again_is_not_put_over_a_newer_one() -> None:
    edits: Edits[str, str] = Edits()
    shown: list[str] = []

    def deliver(value: str) -> str:
        if value == "old" and not shown:
            newer.start()
            while "ts" not in edits._waiting:  # noqa: SLF001 # until the newer one waits
                pass
            shown.append("")
            raise Busy(1)
        shown.append(value)
        return value

    def patient(work: object) -> str:
        assert callable(work)
        try:
            found: str = work()
        except Busy:
            found = work()
        return found

    newer = threading.Thread(target=lambda: edits.send("ts", "new", patient, deliver))
    assert edits.send("ts", "old", patient, deliver) == "new"
    newer.join(5)

    assert shown == ["", "new"]


def test_an_edit_that_fails_tells_all_who_waited_with_it() -> None:
    edits: Edits[int, int] = Edits()

    def deliver(value: int) -> int:
        raise Unavailable(str(value))

    def paced(work: object) -> int:
        assert callable(work)
        found: int = work()
        return found

    with pytest.raises(Unavailable):
        edits.send("ts", 1, paced, deliver)
    with pytest.raises(Unavailable, match="2"):
        edits.send("ts", 2, paced, deliver)
