from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.errors import Invalid
from bot.core.schedule import EXAMPLES, parse

WORDS = [
    "daily",
    "weekdays",
    "mon,thu",
    "monday",
    "mo",
    "every",
    "6h",
    "6",
    "h",
    "09:00",
    "9:60",
    "25:00",
    "٣:٣٣",
    "*",
    "*/5",
    "0",
    "9",
    "mon-fri",
    "1-5/2",
    "mon/-1",
    ",",
    "-",
    "/",
    "’",
    "\x00",
]


@pytest.mark.parametrize(
    ("text", "cron"),
    [
        ("daily 09:00", "0 9 * * *"),
        ("weekdays 09:00", "0 9 * * mon-fri"),
        ("weekends 23:59", "59 23 * * sat,sun"),
        ("mon 0:00", "0 0 * * mon"),
        ("monday 16:30", "30 16 * * mon"),
        ("mon,thu 16:30", "30 16 * * mon,thu"),
        ("Thursday,tues,Wed 7:05", "5 7 * * thu,tue,wed"),
        ("  Weekdays \t 09:00 ", "0 9 * * mon-fri"),
        ("0 9 * * mon-fri", "0 9 * * mon-fri"),
        ("*/15 8-18 1,15 JAN-jun *", "*/15 8-18 1,15 jan-jun *"),
    ],
)
def test_days_and_times_are_cron(text: str, cron: str) -> None:
    found = parse(text)
    assert " ".join(found.cron or ()) == cron
    assert found.every is None


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("every 6h", timedelta(hours=6)),
        ("every 6 hours", timedelta(hours=6)),
        ("every 1 hour", timedelta(hours=1)),
        ("Every 30m", timedelta(minutes=30)),
        ("every 30 min", timedelta(minutes=30)),
        ("every 90 minutes", timedelta(minutes=90)),
        ("every 2d", timedelta(days=2)),
        ("every 9999 days", timedelta(days=9999)),
    ],
)
def test_every_is_an_interval(text: str, interval: timedelta) -> None:
    found = parse(text)
    assert found.every == interval
    assert found.cron is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "“” is not a schedule"),
        ("daily", "“daily” is not a schedule"),
        ("every day at nine", "is not a schedule"),
        ("0 9 * *", "is not a schedule"),
        ("0 9 * * * *", "is not a schedule"),
        ("0 9 * * mon;fri", "is not a schedule"),
        ("daily 24:00", "“24:00” in “daily 24:00” is not a time of day"),
        ("daily 9:60", "“9:60”.*not a time of day"),
        ("daily 9", "“9”.*not a time of day"),
        ("daily 9:0", "“9:0”.*not a time of day"),
        ("daily -9:00", "“-9:00”.*not a time of day"),
        ("every 6w", "“6w”.*not a time of day"),
        ("never 09:00", "“never” in “never 09:00” is not a day"),
        ("mo 09:00", "“mo”.*not a day"),
        ("mondays 09:00", "“mondays”.*not a day"),
        ("mon,,tue 09:00", "“” in.*not a day"),
        ("mon,weekdays 09:00", "“weekdays” in.*not a day"),
        ("every 0m", "“every 0m” would never stop"),
    ],
)
def test_what_is_no_schedule_is_said_with_some_that_work(text: str, message: str) -> None:
    with pytest.raises(Invalid, match=message) as wrong:
        parse(text)
    assert wrong.value.hint == EXAMPLES


@pytest.mark.parametrize("text", EXAMPLES.split('"')[1::2])
def test_the_examples_work(text: str) -> None:
    assert str(parse(text)) == text


@given(st.one_of(st.text(), st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)))
@example("every " + "9" * 5000 + "h")
def test_any_text_is_a_schedule_or_invalid(text: str) -> None:
    try:
        found = parse(text)
    except Invalid:
        return
    assert (found.every is None) is not (found.cron is None)
    assert parse(str(found)) == found
