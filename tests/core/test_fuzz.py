"""No text makes anything but a Command or an error that points into it, and none costs more than its length."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.errors import ParseError
from bot.core.language.grammar import COMMANDS, SPELLINGS
from bot.core.language.parse import parse, redact
from bot.core.language.words import LONGEST, repair

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

FLAGS = sorted({name for verb in COMMANDS for flag in verb.flags for name in flag.names})
EXAMPLES = [line for verb in COMMANDS for line in verb.examples]
BEAUTY = ["“", "”", "‘", "—", "–", "\u00a0", "\u200b", "`", "```", "&lt;", "&amp;", "<http://a.b|a.b>", "<@U1>", "\n"]
MARKS = ["=", ",", ":", "/", "@", "#", "%", "-", "--", "..", '"', "'", "\\", " ", "  ", "K-", "10", "a=b=c", "∞", "٣"]
PIECES = st.one_of(
    st.sampled_from([*SPELLINGS, *FLAGS, *BEAUTY, *MARKS]),
    st.sampled_from(EXAMPLES).flatmap(lambda line: st.sampled_from(line.split())),
    st.text(max_size=6),
)
TEXTS = st.one_of(
    st.text(max_size=LONGEST),
    st.lists(PIECES, max_size=30).map(" ".join),
    st.lists(PIECES, max_size=30).map("".join),
    st.builds(
        lambda line, piece, at: line[:at] + piece + line[at:], st.sampled_from(EXAMPLES), PIECES, st.integers(0, 80)
    ),
    st.builds(lambda piece, times: (piece * times)[:LONGEST], PIECES, st.integers(0, 4000)),
)


def complaint(text: str) -> ParseError | None:
    try:
        parse(text, {"ship": "deploy", "half": "rollout latest=50"})
    except ParseError as error:
        return error
    return None


@settings(max_examples=600)
@given(TEXTS)
def test_any_text_is_a_command_or_an_error_that_points_into_it(text: str) -> None:
    error = complaint(text)
    if error is not None:
        assert 0 <= error.span[0] <= error.span[1] <= len(error.source)
        assert error.message
        assert len(error.message) + len(error.hint) < len(text) + 2000
    redact(text)


@settings(max_examples=200)
@given(TEXTS)
def test_what_is_repaired_needs_no_repair(text: str) -> None:
    once = repair(text.replace("&", "").replace("<", "").replace("`", "").replace("—", "-"))
    assert repair(once) == once


def work(act: Callable[[], object]) -> int:
    """How many lines of Python `act` runs: a measure of work that no other process disturbs."""
    count = 0

    def lines(_frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        count += event == "line"
        return lines

    former = sys.gettrace()
    sys.settrace(lines)
    try:
        with suppress(ParseError):
            act()
    finally:
        sys.settrace(former)
    return count


BEGINNINGS = ["", "status ", "deploy hello ", "deploy hello img --tag ", "rollout hello ", "rollout hello --traffic "]
REPEATED = ["a", "'", "\\", "a ", "a=1,", "1=1,", "a=b,", "=", ",", "<http://a|b> ", "--env A=b ", "--tag x=y ", "a/"]


@pytest.mark.parametrize("beginning", BEGINNINGS)
@pytest.mark.parametrize("piece", REPEATED)
def test_twice_the_text_is_twice_the_work(beginning: str, piece: str) -> None:
    short, long = (beginning + piece * (size // len(piece)) for size in (2_000, 8_000))
    assert work(lambda: parse(long)) < 6 * work(lambda: parse(short)) + 2000
    assert work(lambda: redact(long)) < 6 * work(lambda: redact(short)) + 2000
