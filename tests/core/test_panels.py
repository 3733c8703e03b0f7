"""A ticket comes back as it was given, to the one it was given to; anything else is no ticket."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.core.change import Person
from bot.core.panels import Seal, Ticket

SEAL = Seal("token")
DEV, OPS = Person("T1", "U1"), Person("T1", "U2")
TICKETS = st.builds(Ticket, st.text(), st.none() | st.text(), st.text(), st.none() | st.integers())


@given(TICKETS)
def test_a_ticket_reads_back_in_any_process_with_the_same_secret(ticket: Ticket) -> None:
    assert Seal("token").open(SEAL.close(ticket, DEV), DEV) == ticket


@given(TICKETS)
def test_a_ticket_of_somebody_else_or_of_another_bot_is_none(ticket: Ticket) -> None:
    closed = SEAL.close(ticket, DEV)
    assert SEAL.open(closed, OPS) is None
    assert Seal("another").open(closed, DEV) is None


@given(st.text())
def test_what_nobody_closed_is_no_ticket(text: str) -> None:
    assert SEAL.open(text, DEV) is None


def test_a_ticket_for_another_channel_cannot_be_made_of_one() -> None:
    closed = SEAL.close(Ticket("C1"), DEV)
    assert SEAL.open(closed.replace("C1", "C2"), DEV) is None
