from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.change import OPEN, TRANSITIONS, Change, Event, Person, State, Votes, advance, ended, vote
from bot.core.errors import Refused
from tests.core.builders import NOW, make, snapshot

PLAN = make("rollout hello hello-00001=10", snapshot())
ASKER, ANN, BEN, CAT = (Person("T1", user) for user in ("U1", "U2", "U3", "U4"))
MOVES = [(state, event, after) for state, events in TRANSITIONS.items() for event, after in events.items()]
OTHERS = [(state, event) for state in State for event in Event if event not in TRANSITIONS.get(state, {})]


def change(state: State = State.PENDING, needed: int = 1, given: tuple[Person, ...] = ()) -> Change:
    return Change("c1", PLAN, state, Votes(needed, None, given), NOW, NOW + timedelta(hours=4), version=5)


@pytest.mark.parametrize(("state", "event", "after"), MOVES)
def test_what_the_table_holds_moves_a_change_and_raises_its_version(state: State, event: Event, after: State) -> None:
    before = change(state)
    moved = advance(before, event, ANN, "because", message="1.2")
    assert moved == replace(before, state=after, version=6, actor=ANN, reason="because", message="1.2")


@pytest.mark.parametrize(("state", "event"), OTHERS)
def test_what_the_table_does_not_hold_is_refused_with_the_reason(state: State, event: Event) -> None:
    with pytest.raises(Refused) as refused:
        advance(change(state), event, ANN)
    assert refused.value.code == "already"
    assert refused.value.message == ended(change(state))


def test_a_reason_is_that_of_the_last_move_only() -> None:
    assert not advance(replace(change(), reason="old"), Event.APPROVE, ANN).reason


def test_ends_are_the_states_that_nothing_leaves() -> None:
    assert {state for state in State if state.final} == set(State) - set(TRANSITIONS)
    assert set(TRANSITIONS) == OPEN


def test_every_state_is_reached_from_the_first() -> None:
    reached = {State.PENDING}
    for _ in State:
        reached |= {after for state, _, after in MOVES if state in reached}
    assert reached == set(State)


@pytest.mark.parametrize("state", State)
def test_every_state_says_in_a_sentence_why_a_button_is_too_late(state: State) -> None:
    assert ended(change(state)).startswith("This change ")
    assert ended(change(state)).endswith(".")


def test_the_requester_is_a_pair_of_team_and_user() -> None:
    assert change().requester == ASKER
    assert vote(change(), Person("T2", ASKER.user)).state is State.APPROVED


def test_nobody_approves_what_they_asked_for() -> None:
    with pytest.raises(Refused) as refused:
        vote(change(), ASKER)
    assert refused.value.code == "own-request"


@pytest.mark.parametrize(
    ("needed", "hint"), [(2, "One more person is needed."), (3, "2 more people are needed.")], ids=["one", "more"]
)
def test_nobody_approves_twice_and_how_many_are_needed_is_told(needed: int, hint: str) -> None:
    with pytest.raises(Refused) as refused:
        vote(change(needed=needed, given=(ANN,)), ANN)
    assert refused.value.code == "twice"
    assert refused.value.hint == hint


def test_the_last_approval_that_is_needed_approves() -> None:
    pending = change(needed=3)
    for count, person in enumerate((ANN, BEN), start=1):
        pending = vote(pending, person)
        assert (pending.state, pending.version, pending.actor) == (State.PENDING, 5 + count, person)
    approved = vote(pending, CAT)
    assert (approved.state, approved.version, approved.actor) == (State.APPROVED, 8, CAT)
    assert approved.votes.given == (ANN, BEN, CAT)


@pytest.mark.parametrize("state", [state for state in State if state is not State.PENDING])
def test_an_approval_that_comes_too_late_changes_nothing(state: State) -> None:
    with pytest.raises(Refused) as refused:
        vote(change(state), ANN)
    assert refused.value.code == "already"
    assert refused.value.message == ended(change(state))
