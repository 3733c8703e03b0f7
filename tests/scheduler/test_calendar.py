from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core import schedule
from bot.core.errors import Invalid
from bot.scheduler import Calendar

BERLIN = "Europe/Berlin"


def due(text: str, after: str, zone: str = BERLIN) -> str:
    return Calendar().next_time(schedule.parse(text), zone, datetime.fromisoformat(after)).isoformat()


@pytest.mark.parametrize(
    ("text", "after", "then"),
    [
        # Summer begins on 29 March 2026: 02:00 is 03:00.
        pytest.param("daily 09:00", "2026-03-28T09:00+01:00", "2026-03-29T09:00:00+02:00", id="the same by the clock"),
        pytest.param("daily 02:30", "2026-03-28T02:30+01:00", "2026-03-29T03:30:00+02:00", id="left out by the clock"),
        pytest.param("daily 02:30", "2026-03-29T03:30+02:00", "2026-03-30T02:30:00+02:00", id="after it was left out"),
        pytest.param("0 * * * *", "2026-03-29T01:00+01:00", "2026-03-29T03:00:00+02:00", id="an hour later in spring"),
        pytest.param("every 6h", "2026-03-28T23:00+01:00", "2026-03-29T06:00:00+02:00", id="six hours in spring"),
        # Summer ends on 25 October 2026: 03:00 is 02:00.
        pytest.param("daily 09:00", "2026-10-24T09:00+02:00", "2026-10-25T09:00:00+01:00", id="the same in autumn"),
        pytest.param("daily 02:30", "2026-10-24T02:30+02:00", "2026-10-25T02:30:00+02:00", id="the first of two"),
        pytest.param("daily 02:30", "2026-10-25T02:30+02:00", "2026-10-26T02:30:00+01:00", id="not the second of two"),
        pytest.param("daily 02:30", "2026-10-25T02:10+01:00", "2026-10-26T02:30:00+01:00", id="the first has gone by"),
        pytest.param("0 * * * *", "2026-10-25T02:00+02:00", "2026-10-25T02:00:00+01:00", id="both hours in autumn"),
        pytest.param("*/30 * * * *", "2026-10-25T02:30+02:00", "2026-10-25T02:00:00+01:00", id="both half hours"),
        pytest.param("every 6h", "2026-10-24T23:00+02:00", "2026-10-25T04:00:00+01:00", id="six hours in autumn"),
    ],
)
def test_changes_of_the_clock_neither_lose_nor_repeat_a_time_of_day(text: str, after: str, then: str) -> None:
    assert due(text, after) == then


@pytest.mark.parametrize(
    ("text", "then"),
    [
        # From Friday, 27 February 2026, at nine.
        ("daily 09:00", "2026-02-28T09:00:00+01:00"),
        ("daily 09:01", "2026-02-27T09:01:00+01:00"),
        ("weekdays 09:00", "2026-03-02T09:00:00+01:00"),
        ("weekends 09:00", "2026-02-28T09:00:00+01:00"),
        ("thu,mon 09:00", "2026-03-02T09:00:00+01:00"),
        ("every 90m", "2026-02-27T10:30:00+01:00"),
        ("every 2d", "2026-03-01T09:00:00+01:00"),
        ("0 9 * * 0", "2026-03-01T09:00:00+01:00"),
        ("0 9 * * 7", "2026-03-01T09:00:00+01:00"),
        ("0 9 * * sun", "2026-03-01T09:00:00+01:00"),
        ("0 9 * * 1-5", "2026-03-02T09:00:00+01:00"),
        ("0 9 * * sun-tue", "2026-03-01T09:00:00+01:00"),
        ("0 9 * * fri-sun", "2026-02-28T09:00:00+01:00"),
        ("0 9 * * mon-fri/2", "2026-03-02T09:00:00+01:00"),
        ("0 9 * * 2/2", "2026-02-28T09:00:00+01:00"),
        ("0 9 * * */2", "2026-02-28T09:00:00+01:00"),
        ("0 9 1 * *", "2026-03-01T09:00:00+01:00"),
        ("0 9 5 * mon", "2026-03-02T09:00:00+01:00"),
        ("0 9 1 * mon", "2026-03-01T09:00:00+01:00"),
        ("0 9 29 2 *", "2028-02-29T09:00:00+01:00"),
    ],
)
def test_days_are_those_that_cron_means(text: str, then: str) -> None:
    assert due(text, "2026-02-27T09:00+01:00") == then


def test_the_zone_decides_when_it_is_nine() -> None:
    assert due("daily 09:00", "2026-02-27T09:00+01:00", "UTC") == "2026-02-27T09:00:00+00:00"
    assert due("daily 09:00", "2026-02-27T09:00+01:00", "Asia/Kolkata") == "2026-02-28T09:00:00+05:30"


@pytest.mark.parametrize(
    ("zone", "hint"),
    [("Berlin", "Did you mean Europe/Berlin?"), ("Mars/Olympus", "Write it as"), ("../etc", "Write it as")],
)
@pytest.mark.parametrize("text", ["daily 09:00", "every 6h"])
def test_a_zone_that_is_not_there_is_invalid(text: str, zone: str, hint: str) -> None:
    with pytest.raises(Invalid, match="There is no time zone") as wrong:
        due(text, "2026-02-27T09:00+01:00", zone)
    assert wrong.value.hint.startswith(hint)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("60 9 * * *", "is not a schedule"),
        ("0 24 * * *", "is not a schedule"),
        ("0 9 * * 8", "is not a schedule"),
        ("0 9 * * mon-", "is not a schedule"),
        ("0 9 * * mon/", "is not a schedule"),
        ("0 9 * * mon/0", "is not a schedule"),
        ("0 9 * * mon/-1", "is not a schedule"),
        ("0 9 * * monday", "is not a schedule"),
        ("0 9 * foo *", "is not a schedule"),
        ("0 9 31 2 *", "never comes"),
    ],
)
def test_cron_that_means_no_time_is_invalid(text: str, message: str) -> None:
    with pytest.raises(Invalid, match=message) as wrong:
        due(text, "2026-02-27T09:00+01:00")
    assert wrong.value.hint == schedule.EXAMPLES


FIELDS = st.one_of(
    st.sampled_from(["*", "0", "9", "*/5", "1-5", "mon", "mon-fri", "jan", "last"]),
    st.text("0123*/,-mon", min_size=1, max_size=6),
)


@given(
    st.lists(FIELDS, min_size=5, max_size=5).map(" ".join),
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 # what it wants
)
@example("0 9 * * mon/-1", datetime(2026, 3, 1, tzinfo=UTC))
def test_whatever_is_read_as_cron_is_due_later_or_invalid(text: str, after: datetime) -> None:
    wish = schedule.parse(text)
    try:
        found = Calendar().next_time(wish, BERLIN, after)
    except Invalid:
        return
    assert found > after
    assert found.utcoffset() == found.astimezone(UTC).astimezone(found.tzinfo).utcoffset()
