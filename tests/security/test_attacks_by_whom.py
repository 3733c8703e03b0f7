"""Attacks by who somebody is or is not: precondition, attack, refusal, audit row, and nothing but reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import BoltRequest

from bot.core.change import Person, State
from bot.core.policy import Actor, Group, Policy
from bot.operations.turning import TOGETHER
from tests.operations.site import DEV, GUEST, LEAD, OPS, WISH
from tests.security.attacks import everything
from tests.security.desk import MALLORY, ME, Desk, ask, attack, rows, untouched

ROOT = Path(__file__).parents[2]


# a) A button clicked by somebody who is no approver, or where nobody said who approves.


def test_a_who_is_no_approver_cannot_approve(front: Desk) -> None:
    attack(front, front.click("approve", ask(front), MALLORY), MALLORY, "no-approver")
    assert front.site.states() == [State.PENDING]


@pytest.mark.parametrize("groups", [{}, {"approvers": Group(frozenset())}], ids=["no such group", "an empty group"])
def test_a_where_nobody_said_who_approves_nobody_does(front: Desk, groups: dict[str, Group]) -> None:
    identity = ask(front)
    front.site.policy = replace(front.site.policy, groups=groups)
    front.restart()
    for person in (OPS, LEAD, MALLORY):
        attack(front, front.click("approve", identity, person), person, "no-approver")


def test_a_where_there_are_no_rules_nobody_may_do_anything(front: Desk) -> None:
    front.site.policy = Policy((), {})
    front.restart()
    attack(front, front.slash(WISH), DEV, "refused")
    assert not front.site.changes()


# b) One path misses the check.


def test_b_every_listener_is_attacked_below(front: Desk) -> None:
    bodies = everything(front, GUEST, "0" * 32).values()
    for listener in front.app._listeners:  # noqa: SLF001 # Bolt has no public list of them
        met = [
            body
            for body in bodies
            if listener.matches(req=BoltRequest(body=body, mode="socket_mode"), resp=None)  # type: ignore[arg-type] # unread
        ]
        assert met, f"no payload reaches {listener.ack_function} with {listener.matchers}"


def test_b_on_no_path_does_a_guest_change_anything(front: Desk) -> None:
    identity = ask(front)
    front.site.directory.actors[GUEST.user] = Actor(GUEST, "guest", member=False, standing="a guest")
    before = rows(front)
    for body in everything(front, GUEST, identity).values():
        front.hand(body)

    untouched(front)
    assert [(row.event, row.actor_user) for row in rows(front)[len(before) :]] == [("refused", GUEST.user)] * (
        len(rows(front)) - len(before)
    )
    assert len(rows(front)) - len(before) > 15
    assert front.site.states() == [State.PENDING]
    assert not any(
        person == GUEST and answer.__class__.__name__ == "Fault" for person, answer in front.site.channel.answers
    )


# c) Identity by a name.


@pytest.mark.parametrize(
    "names",
    [
        {"user": {"id": MALLORY.user, "team_id": "T1", "name": "ops", "username": OPS.user}},
        {"user": {"id": MALLORY.user, "team_id": "T1"}, "user_id": OPS.user, "user_name": OPS.user},
        {"user": {"id": MALLORY.user, "team_id": "T1", "email": "ops@example.com"}, "event": {"type": "x", "user": ""}},
    ],
    ids=["a display name", "another field", "an e-mail address"],
)
def test_c_a_name_makes_nobody_an_approver(front: Desk, names: dict[str, Any]) -> None:
    identity = ask(front)
    front.site.directory.actors[MALLORY.user] = Actor(MALLORY, OPS.user)
    attack(front, {**front.click("approve", identity, MALLORY), **names}, MALLORY, "no-approver")


def test_c_the_same_user_id_of_another_workspace_reaches_nobody(front: Desk) -> None:
    identity, before = ask(front), rows(front)
    stranger = Person("T2", OPS.user)
    assert front.hand(front.click("approve", identity, stranger)) == 200
    # From a shared channel the payload is the workspace's, the person is not.
    front.hand({**front.click("approve", identity, stranger), "team": {"id": "T1"}})

    untouched(front)
    assert front.site.states() == [State.PENDING]
    assert [(row.event, row.actor_team) for row in rows(front)[len(before) :]] == [("refused", "T2")]


# d) Subtypes carry somebody else's words past the check.


@pytest.mark.parametrize(
    "event",
    [
        {"subtype": "message_changed", "message": {"user": DEV.user, "text": WISH}},
        {"subtype": "message_deleted", "previous_message": {"user": DEV.user, "text": WISH}},
        {"subtype": "thread_broadcast"},
        {"subtype": "bot_message", "bot_id": "B9"},
        {"subtype": "me_message"},
        {"bot_id": "B9"},
        {"hidden": True},
        {"edited": {"user": DEV.user, "ts": "1.2"}},
        {"user": ME},
    ],
    ids=str,
)
def test_d_what_is_no_plain_message_of_a_person_is_not_heard(front: Desk, event: dict[str, Any]) -> None:
    front.site.directory.actors[ME] = Actor(Person("T1", ME), "knobot", member=False, standing="a bot")
    for kind in ({"type": "message", "channel_type": "im"}, {"type": "app_mention"}):
        front.hand(front.said(DEV, "D1", text="rollout shop/hello latest=10", **{**kind, **event}))

    untouched(front)
    assert not front.site.changes()
    front.site.wait(TOGETHER)
    if event.get("user") != ME:  # what Knobot says itself is no attack
        assert "turned-away" in {row.event for row in rows(front)}
    assert {row.event for row in rows(front)} <= {"refused", "turned-away"}


def test_d_what_programs_do_to_their_own_messages_fills_no_log(front: Desk) -> None:
    edited = {"subtype": "message_changed", "message": {"bot_id": "BBOT", "text": "a card"}}
    front.hand(front.said(DEV, "D1", **{"type": "message", "channel_type": "im", **edited}))
    front.site.wait(TOGETHER)

    assert rows(front) == []


# g) Self-approval in all its forms.


def test_g_nobody_approves_their_own_request(front: Desk) -> None:
    front.site.policy = replace(front.site.policy, groups={"approvers": Group(frozenset({DEV.user, OPS.user}))})
    front.restart()
    attack(front, front.click("approve", ask(front), DEV), DEV, "own-request")


def test_g_one_person_counts_once(careful: Desk) -> None:
    identity = ask(careful)
    careful.hand(careful.click("approve", identity))
    attack(careful, careful.click("approve", identity), OPS, "twice")
    assert careful.site.states() == [State.PENDING]


def test_g_an_approver_of_a_moment_ago_is_none(front: Desk) -> None:
    identity = ask(front)
    front.site.policy = replace(front.site.policy, groups={"approvers": Group(frozenset({LEAD.user}))})
    front.restart()
    attack(front, front.click("approve", identity), OPS, "no-approver")


def test_g_who_was_deactivated_neither_approves_nor_has_anything_written(front: Desk) -> None:
    identity = ask(front)
    gone = Actor(OPS, "ops", member=False, standing="a deactivated person", gone=True)
    front.site.directory.actors[OPS.user] = gone
    attack(front, front.click("approve", identity), OPS, "no-approver")

    front.site.directory.actors[DEV.user] = replace(gone, person=DEV)
    front.hand(front.click("approve", identity, LEAD))
    assert front.site.states() == [State.REFUSED]
    assert rows(front)[-1].event == "refuse"
    untouched(front)


def test_g_an_approval_does_not_pass_over_to_another_plan(careful: Desk) -> None:
    identity = ask(careful)
    careful.hand(careful.click("approve", identity))
    careful.site.knative.touch()
    careful.hand(careful.click("approve", identity, LEAD))
    careful.site.clock.sleep(timedelta(seconds=1))
    careful.hand(careful.click("again", identity, DEV))

    assert careful.site.states() == [State.PENDING, State.STALE]
    assert careful.site.change().votes.given == ()
    untouched(careful)
