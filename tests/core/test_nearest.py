"""What somebody probably meant, among names that look alike."""

from __future__ import annotations

import difflib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.nearest import FEW, nearest

NAMES = [f"team-{number % 97:02}-app-{number:05}" for number in range(10_000)]
WORDS = st.text("abcde-", min_size=1, max_size=12)


@pytest.mark.parametrize(
    "typed",
    ["team-42-pap-00042", "team-42-app-0042", "tem-42-app-00042", "team-42-app-00042x", "taem-42-app-00042"],
)
def test_a_slip_of_the_hand_is_understood_among_ten_thousand(typed: str) -> None:
    began = time.process_time()
    assert nearest(typed, NAMES) == ["team-42-app-00042"]
    assert time.process_time() - began < 0.5


def test_a_short_name_is_found_among_many_that_hold_it() -> None:
    assert nearest("c", [*(f"c{letter}" for letter in range(FEW)), "c"]) == ["c"]


def test_what_is_like_no_name_finds_none() -> None:
    assert nearest("Ω", NAMES) == []
    assert nearest("hello", []) == []


@given(WORDS, st.lists(WORDS, max_size=FEW, unique=True), st.integers(1, 3))
def test_few_names_are_all_compared(word: str, names: list[str], count: int) -> None:
    assert nearest(word, names, count) == difflib.get_close_matches(word, names, count)


@given(WORDS, st.lists(WORDS, min_size=FEW + 1, max_size=3 * FEW, unique=True))
def test_a_name_that_is_there_is_the_nearest_of_all(word: str, names: list[str]) -> None:
    assert nearest(word, [*names, word]) == [word]
