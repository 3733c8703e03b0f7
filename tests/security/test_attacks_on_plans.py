"""Attacks on what was approved: another plan, another time, twice, or by a forged button."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.change import State
from bot.core.pad import Nudge, Seen
from bot.core.panels import Seal, Ticket
from bot.core.policy import Effect, Rule
from bot.serving import SystemClock
from tests.core import builders
from tests.operations.fakes import FakeKnative
from tests.operations.site import DEV, ELSEWHERE, FREE, GUARDED, LEAD, OPS, WISH
from tests.security.desk import MALLORY, ME, Desk, ask, attack, desk, rows, untouched

ROOT = Path(__file__).parents[2]


# e) An approval that is bound to something else than the exact request.


def test_e_ids_cannot_be_guessed() -> None:
    found = {SystemClock().token() for _ in range(100)}

    assert len(found) == 100
    assert all(re.fullmatch(r"[0-9a-f]{32}", token) for token in found)


def test_e_an_old_card_does_not_approve_the_next_request(front: Desk) -> None:
    first = ask(front)
    front.hand(front.click("withdraw", first, DEV))
    front.site.clock.sleep(timedelta(seconds=1))
    second = ask(front, "rollout hello latest=20")
    attack(front, front.click("approve", first), OPS)

    assert front.site.change().id == second
    assert front.site.states() == [State.PENDING, State.WITHDRAWN]
    for guess in (second[:-1], second.upper(), f"{second} ", second[:-1] + "0", "1", ""):
        front.hand(front.click("approve", guess))
    untouched(front)


# f) An expired click that is shown as an approval, and a click that is taken and never resolved.


def test_f_a_click_after_the_deadline_approves_nothing_and_the_card_says_so(front: Desk) -> None:
    identity = ask(front)
    front.site.clock.sleep(timedelta(hours=5))
    front.hand(front.click("approve", identity))

    assert front.site.told(OPS) == "expired"
    assert front.site.states() == [State.EXPIRED]
    assert front.site.card().state is State.EXPIRED
    assert [row.event for row in rows(front)] == ["asked", "expire", "refused"]
    untouched(front)


def test_f_a_click_in_time_is_in_the_cluster_before_the_card_says_so(front: Desk) -> None:
    identity = ask(front)
    front.hand(front.click("approve", identity))
    front.site.wait()

    assert len(front.site.knative.writes) == 1
    assert front.site.shares() == {builders.name(1): 90, builders.name(2): 10}
    assert front.site.card().state is State.DONE


# h) The cluster moves between what is approved and what is written.


def test_h_what_moved_before_the_click_is_not_approved(front: Desk) -> None:
    identity = ask(front)
    front.site.knative.touch()
    before = rows(front)
    front.hand(front.click("approve", identity))

    assert front.site.states() == [State.STALE]
    assert front.site.told(OPS) == "stale"
    assert [row.event for row in rows(front)[len(before) :]] == ["moved"]
    untouched(front)


class Hasty(FakeKnative):
    """A cluster in which somebody else is faster than each write."""

    def apply(self, *given: Any) -> Any:
        self.touch()
        return super().apply(*given)


def test_h_what_moves_after_the_click_is_not_written(tmp_path: Path) -> None:
    front = desk(tmp_path, knative=Hasty())
    identity = ask(front)
    front.hand(front.click("approve", identity))

    assert front.site.states() == [State.STALE]
    assert front.site.card().state is State.STALE
    assert [row.event for row in rows(front)] == ["asked", "approve", "begin", "moved"]
    assert not front.site.knative.writes
    front.site.store.close()


# i) Replay. The same signed body over HTTP: tests/web/test_gate.py.


def test_i_the_same_event_twice_is_heard_once(front: Desk) -> None:
    other = front.process()
    body = front.said(text=f"<@{ME}> {WISH}")
    for app in (front.app, other, front.app):
        front.hand(body, app)

    assert len(front.site.changes()) == 1
    assert len(front.site.knative.writes) == 1


def test_i_ten_clicks_at_once_on_two_processes_are_one(front: Desk) -> None:
    identity = ask(front)
    apps = [front.app, front.process()]
    gate = threading.Barrier(10)

    def click(number: int) -> None:
        gate.wait()
        front.hand(front.click("approve", identity, (OPS, LEAD)[number % 2]), apps[number // 5])

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(click, range(10)))

    assert len(front.site.knative.writes) == 1
    events = [row.event for row in rows(front)]
    assert [events.count(event) for event in ("approve", "begin", "wrote")] == [1, 1, 1]
    assert events.count("refused") == 9


# n) What a button or a modal carries is changed on its way.


@pytest.mark.parametrize("button", ["approve", "decline", "withdraw", "again", "undo", "promote", "abort"])
def test_n_a_card_of_another_channel_is_unknown_here(front: Desk, button: str) -> None:
    identity = ask(front)
    before = rows(front)
    front.hand(front.click(button, identity, OPS, ELSEWHERE))

    assert front.site.told(OPS) == "unknown-change"
    assert [row.event for row in rows(front)[len(before) :]] == ["refused"]
    untouched(front)


@pytest.mark.parametrize(
    "value", [None, 7, [], {"id": "x"}, "x" * 5000, "é", "main/prod/hello@1", "../../x@1"], ids=repr
)
def test_n_a_value_that_nobody_gave_out_does_nothing(front: Desk, value: Any) -> None:
    ask(front)
    before = rows(front)
    for button in (
        "approve",
        "undo",
        "unlock",
        "steal",
        "promote",
        "replay-x",
        *(f"pad-{nudge.value}" for nudge in Nudge),
    ):
        front.hand(front.click(button, value, MALLORY))

    untouched(front)
    assert front.site.states() == [State.PENDING]
    assert {row.event for row in rows(front)[len(before) :]} <= {"refused"}


def test_n_a_pad_or_button_that_types_gives_no_right(front: Desk) -> None:
    front.site.policy = replace(front.site.policy, rules=(Rule("shop", Effect(), (DEV.user,)),))
    front.restart()
    attack(front, front.click("pad-even", str(Seen(builders.KEY, 7)), MALLORY, FREE), MALLORY, "refused")
    attack(front, front.click("replay-x", WISH, MALLORY, FREE), MALLORY, "refused")


@pytest.mark.parametrize("by", ["another secret", "another person", "another channel"])
def test_n_a_ticket_that_is_not_the_person_s_own_opens_nothing(front: Desk, by: str) -> None:
    ticket = Ticket(FREE, None, WISH, 1)
    body = front.modal("view_submission", "plan", ticket, DEV)
    forged = {
        "another secret": Seal("another").close(ticket, DEV),
        "another person": front.seal.close(ticket, OPS),
        "another channel": front.seal.close(Ticket(GUARDED, None, WISH, 1), DEV).replace(GUARDED, FREE),
    }[by]
    body["view"]["private_metadata"] = forged
    front.hand(body)

    assert not front.site.changes()
    assert rows(front) == []
    untouched(front)
