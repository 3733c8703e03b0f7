"""Traffic as bars: aligned, narrow, and true."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks.bars import CELLS, PHONE, bars, told
from bot.core.model import TrafficTarget
from bot.core.traffic import shares

names = st.from_regex(r"[a-z][a-z-]{0,56}-[0-9]{5}", fullmatch=True)
held = st.dictionaries(names, st.integers(0, 100), min_size=1, max_size=5)


@given(held, st.none() | held)
def test_bars_fit_a_phone_stand_aligned_and_keep_the_number(
    after: dict[str, int], before: dict[str, int] | None
) -> None:
    mark = next(iter(after))
    lines = bars(after, before, mark=mark)
    everyone = [*after, *(name for name in before or {} if name not in after)]
    assert all(len(line) <= PHONE for line in lines)
    assert len({line.index("%") for line in lines}) == 1
    for name, line in zip(everyone, lines, strict=True):
        assert line.split(" ")[0].endswith(name[-5:])
        assert f" {after.get(name, 0)}%" in line
        assert line.endswith("⤴") == (name == mark)
        assert line.count("█") + line.count("░") == CELLS


@pytest.mark.parametrize(
    ("percent", "cells"), [(0, 0), (1, 1), (10, 1), (14, 1), (16, 2), (50, 5), (95, 9), (99, 9), (100, 10)]
)
def test_one_percent_is_not_nothing_and_ninety_nine_not_everything(percent: int, cells: int) -> None:
    assert bars({"hello": percent})[0].count("█") == cells


def test_what_did_not_change_has_no_arrow() -> None:
    assert bars({"a": 60, "b": 40}, {"a": 60, "c": 40}) == [
        "a ██████░░░░ 60%",
        "b ████░░░░░░ 40% ← 0%",
        "c ░░░░░░░░░░  0% ← 40%",
    ]


def test_shares_are_summed_by_revision_and_named_where_latest_leads() -> None:
    wished = (TrafficTarget(10, latest=True), TrafficTarget(30, "one"), TrafficTarget(60, "two"), TrafficTarget(0, "x"))
    assert shares(wished, "one") == {"two": 60, "one": 40}


def test_very_many_shares_are_counted_in_a_sentence() -> None:
    assert told({f"r{number}": 1 for number in range(9)}).endswith("1% r5, … and 3 more")


def test_a_sentence_shortens_a_name_in_its_middle_so_that_its_number_stays() -> None:
    sentence = told({f"checkout-{'x' * 40}-00001": 100})
    assert sentence.startswith("100% checkout-")
    assert sentence.endswith("-00001")
    assert len(sentence) == len("100% ") + PHONE
