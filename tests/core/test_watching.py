"""What a channel wants to hear of: the words for it, what they fit, and quiet hours across changes of the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.commands import Command, Mute, Pattern, Unmute, WatchAdd, WatchList, WatchRemove
from bot.core.errors import Invalid, ParseError
from bot.core.language.parse import parse
from bot.core.model import ServiceKey
from bot.core.subscriptions import Quiet, Scope, Watch, hours
from bot.core.topics import Topic
from bot.core.updates import News

HELLO = ServiceKey("main", "shop", "hello")
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("watch", WatchList()),
        ("watch all", WatchAdd(Pattern())),
        ("watch shop/* failures", WatchAdd(Pattern("*", "shop"), (Topic.FAILURES,))),
        ("watch */check-* traffic revisions", WatchAdd(Pattern("check-*", "*"), (Topic.TRAFFIC, Topic.REVISIONS))),
        ("watch hello -n shop", WatchAdd(Pattern("hello", "shop"))),
        ("watch moon/shop/hello", WatchAdd(Pattern("hello", "shop", "moon"))),
        ("watch all --label team=web", WatchAdd(Pattern(), labels=(("team", "web"),))),
        (
            "watch --quiet 22:00-7:00 --timezone Europe/Berlin",
            WatchAdd(Pattern(), quiet=("22:00", "07:00"), timezone="Europe/Berlin"),
        ),
        ("unwatch 3f2a", WatchRemove("3f2a", Pattern("3f2a"))),
        ("mute hello", Mute(Pattern("hello"), HOUR)),
        ("mute shop/* 30m", Mute(Pattern("*", "shop"), HOUR / 2)),
        ("mute hello off", Unmute(Pattern("hello"))),
        ("mute", WatchList()),
        ("unmute", Unmute(None)),
        ("unmute hello", Unmute(Pattern("hello"))),
    ],
    ids=str,
)
def test_words_become_a_command(line: str, command: Command) -> None:
    assert parse(line) == command


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("watch hello other", "other"),
        ("watch a/b/c/d", "slashes"),
        ("watch Shop", "pattern"),
        ("watch --label team", "label"),
        ("watch --quiet 25:00-07:00", "hours"),
        ("watch --quiet 07:00-07:00", "no time at all"),
        ("watch all --quiet 22:00-07:00 --timezone Mars", "Mars"),
        ("unwatch", "needs"),
        ("mute hello soon", "length"),
    ],
    ids=str,
)
def test_wrong_words_are_named(line: str, word: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(line)
    assert word in caught.value.message


def test_a_scope_holds_what_it_names() -> None:
    assert Scope("main", "*", "h*").holds(HELLO, {})
    assert Scope("main", "shop", "*", (("team", "web"),)).holds(HELLO, {"team": "web", "x": "y"})
    assert not Scope("main", "shop", "*", (("team", "web"),)).holds(HELLO, {"team": "ops"})
    assert not Scope("moon", "shop").holds(HELLO, {})
    assert not Scope("main", "prod").holds(HELLO, {})
    assert not Scope("main", "shop", "hell").holds(HELLO, {})


def test_a_watch_without_topics_wants_everything() -> None:
    scope = Scope("main", "shop")
    assert all(Watch("1", "C1", scope).wants(news) for news in News)
    assert not Watch("1", "C1", scope, (Topic.FAILURES,)).wants(News.READY)
    assert Watch("1", "C1", scope, (Topic.FAILURES,)).wants(News.BACK)


def test_quiet_hours_over_night_end_in_the_morning() -> None:
    quiet = Quiet("22:00", "07:00", "Europe/Berlin")
    evening = datetime(2026, 7, 1, 21, 0, tzinfo=UTC)  # 23:00 in Berlin
    assert quiet.until(evening) == datetime(2026, 7, 2, 5, 0, tzinfo=UTC)
    assert quiet.until(evening + 6 * HOUR) == datetime(2026, 7, 2, 5, 0, tzinfo=UTC)
    assert quiet.until(evening + 8 * HOUR) is None


def test_quiet_hours_follow_the_clock_that_changes() -> None:
    quiet = Quiet("22:00", "07:00", "Europe/Berlin")
    assert quiet.until(datetime(2026, 10, 24, 22, 0, tzinfo=UTC)) == datetime(2026, 10, 25, 6, 0, tzinfo=UTC)
    assert quiet.until(datetime(2027, 3, 27, 22, 0, tzinfo=UTC)) == datetime(2027, 3, 28, 5, 0, tzinfo=UTC)


@example(datetime(2026, 10, 25, 1, 40, tzinfo=UTC), "02:30-02:45", "Europe/Berlin")
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 # made aware
    st.sampled_from(["22:00-07:00", "09:00-17:00", "02:30-02:45", "23:59-00:01"]),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
)
def test_quiet_hours_end_in_the_future_and_within_a_day(now: datetime, text: str, zone: str) -> None:
    quiet = Quiet(*hours(text), zone)
    end = quiet.until(now)
    if end is not None:
        assert timedelta(0) < end - now <= timedelta(hours=25)


def test_hours_that_are_none() -> None:
    with pytest.raises(Invalid):
        hours("at night")
