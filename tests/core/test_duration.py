from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import duration
from bot.core.errors import Invalid


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("10m", 600), ("4h", 14400), ("2d", 172800), ("1h30m", 5400), ("366d", 31622400)]
)
def test_lengths_are_read_as_people_write_them(text: str, seconds: int) -> None:
    assert duration.parse(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "5", "m", "5 m", "-5m", "1.5h", "٣m", "0s", "367d", "1s1s1s1s1s", "999999d9d"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        duration.parse(text)


@pytest.mark.parametrize(
    ("seconds", "text"), [(-5, "0s"), (0, "0s"), (59, "59s"), (60, "1m"), (7199, "1h"), (86400 * 5 + 1, "5d")]
)
def test_ages_are_told_in_their_largest_unit(seconds: int, text: str) -> None:
    assert duration.words(timedelta(seconds=seconds)) == text


@given(st.integers(1, 365), st.sampled_from("smhd"))
def test_what_is_told_can_be_read_and_is_no_longer_than_the_truth(number: int, unit: str) -> None:
    length = duration.parse(f"{number}{unit}")
    assert duration.parse(duration.words(length)) <= length
