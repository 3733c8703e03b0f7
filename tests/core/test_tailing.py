"""Lines that are followed become few messages, of which each fits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import LogLine
from bot.core.tailing import ROOM, Chunk, grown, size


def line(text: str) -> LogLine:
    return LogLine("hello-00001", "hello-00001-deployment-abc-x7k2p", "2026-03-01T12:00:00Z", text)


def test_lines_are_added_to_what_is_shown_while_there_is_room() -> None:
    first, another = grown(Chunk(), [line("one")])
    assert (first.lines, another) == ((line("one"),), True)
    second, another = grown(first, [line("two")])
    assert (second.lines, another) == ((line("one"), line("two")), False)


def test_what_does_not_fit_begins_another_message() -> None:
    full, _ = grown(Chunk(), [line("x" * 200)] * 11)
    chunk, another = grown(full, [line("y" * 200)])
    assert (chunk.lines, another) == ((line("y" * 200),), True)


def test_what_was_lost_is_told_on_a_message_of_its_own() -> None:
    chunk, another = grown(Chunk((line("one"),)), [line("two")], lost=7)
    assert (chunk, another) == (Chunk((line("two"),), 7), True)


@given(st.lists(st.lists(st.text(max_size=400), max_size=60), max_size=8))
def test_each_step_makes_one_message_that_fits_and_counts_what_it_leaves_out(steps: list[list[str]]) -> None:
    chunk, seen = Chunk(), 0
    for texts in steps:
        fresh = [line(text) for text in texts]
        chunk, another = grown(chunk, fresh)
        assert sum(size(each) for each in chunk.lines) <= ROOM
        seen = len(fresh) if another else seen + len(fresh)
        assert len(chunk.lines) + chunk.omitted == seen
        assert list(chunk.lines[-1:]) == fresh[-1:] or not fresh
