from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core import schedule
from bot.core.errors import Invalid
from bot.core.model import ServiceKey
from bot.scheduler import Calendar, Scheduler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Make = Callable[..., Scheduler]

BERLIN = "Europe/Berlin"
HELLO, WORLD, LAST = (ServiceKey("main", "shop", name) for name in ("hello", "world", "last"))
OFTEN = timedelta(milliseconds=10)
PATIENCE = 30
"""Seconds after which something that should happen is taken not to happen; what happens is not waited for longer."""


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


@settings(deadline=None)
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


class Followed:
    """Follows Services: counts how often, and holds those in `held` until `go` is set."""

    def __init__(self, *held: ServiceKey) -> None:
        self.times: Counter[ServiceKey] = Counter()
        self.together: set[ServiceKey] = set()
        self.go = threading.Event()
        self._held = held
        self._running: set[ServiceKey] = set()
        self._change = threading.Condition()

    def __call__(self, key: ServiceKey) -> None:
        with self._change:
            if key in self._running:
                self.together.add(key)
            self._running.add(key)
            self.times[key] += 1
            self._change.notify_all()
        if key in self._held:
            self.go.wait(PATIENCE)
        with self._change:
            self._running.discard(key)

    def wait(self, key: ServiceKey, times: int = 1) -> None:
        """Wait until following `key` has begun for the `times`-th time."""
        with self._change:
            assert self._change.wait_for(lambda: self.times[key] >= times, PATIENCE)


@pytest.fixture
def scheduler() -> Iterator[Make]:
    """Makes a scheduler that runs, and ends it after the test."""
    made: list[Scheduler] = []

    def make(
        follow: Callable[[ServiceKey], None] = lambda _: None,
        tick: Callable[[], None] = lambda: None,
        *woken: ServiceKey,
    ) -> Scheduler:
        scheduler = Scheduler(tick, follow, OFTEN)
        for key in woken:
            scheduler.wake(key)
        scheduler.start()
        made.append(scheduler)
        return scheduler

    yield make
    for scheduler in made:
        scheduler.stop()


def times(count: int, call: Callable[[], None] = lambda: None) -> tuple[Callable[[], None], threading.Event]:
    """A function that does `call`, and what is set once it was called `count` times."""
    reached = threading.Event()
    calls: list[None] = []

    def counted() -> None:
        calls.append(None)
        if len(calls) >= count:
            reached.set()
        call()

    return counted, reached


def test_it_ticks_again_and_again(scheduler: Make) -> None:
    tick, thrice = times(3)
    scheduler(tick=tick)
    assert thrice.wait(PATIENCE)


def test_ticks_never_run_at_once(scheduler: Make) -> None:
    alone = threading.Lock()
    met = threading.Event()
    often, thrice = times(3)

    def tick() -> None:
        if not alone.acquire(blocking=False):
            met.set()
            return
        # Longer than until the next tick would be due.
        met.wait(OFTEN.total_seconds() * 5)
        alone.release()
        often()

    scheduler(tick=tick)
    assert thrice.wait(PATIENCE)
    assert not met.is_set()


def test_many_wakes_of_one_service_are_one_follow() -> None:
    follow = Followed()
    scheduler = Scheduler(lambda: None, follow)
    scheduler.start()
    for _ in range(100):
        scheduler.wake(HELLO)
    # Whatever was planned for the one is begun before the other, and has ended when stop returns.
    scheduler.wake(LAST)
    follow.wait(LAST)
    scheduler.stop()
    assert follow.times == {HELLO: 1, LAST: 1}


def test_wakes_before_the_start_are_kept(scheduler: Make) -> None:
    follow = Followed()
    scheduler(follow, lambda: None, HELLO, WORLD)
    follow.wait(HELLO)
    follow.wait(WORLD)


def test_a_wake_during_a_run_leads_to_one_more_run_after_it() -> None:
    follow = Followed(HELLO)
    scheduler = Scheduler(lambda: None, follow)
    scheduler.start()
    scheduler.wake(HELLO)
    follow.wait(HELLO)
    for _ in range(10):
        scheduler.wake(HELLO)
    scheduler.wake(WORLD)
    follow.wait(WORLD)
    assert follow.times[HELLO] == 1
    follow.go.set()
    follow.wait(HELLO, times=2)
    scheduler.wake(LAST)
    follow.wait(LAST)
    scheduler.stop()
    assert follow.times == {HELLO: 2, WORLD: 1, LAST: 1}
    assert not follow.together


def test_services_that_take_long_do_not_keep_the_tick_waiting(scheduler: Make) -> None:
    many = [ServiceKey("main", "shop", f"hello-{number}") for number in range(20)]
    follow = Followed(*many)
    often, twice = times(2)
    holding = threading.Event()

    def tick() -> None:
        if holding.is_set():
            often()

    scheduler(follow, tick, *many)
    follow.wait(many[0])
    holding.set()
    assert twice.wait(PATIENCE)
    follow.go.set()
    follow.wait(many[-1])


def test_a_tick_that_fails_is_logged_and_not_the_last(scheduler: Make, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise RuntimeError("the tick's fault")

    tick, thrice = times(3, fail)
    scheduler(tick=tick)
    assert thrice.wait(PATIENCE)
    assert "the tick's fault" in caplog.text


def test_a_follow_that_fails_is_logged_and_not_the_last(caplog: pytest.LogCaptureFixture) -> None:
    followed = Followed()

    def follow(key: ServiceKey) -> None:
        followed(key)
        raise RuntimeError("the follow's fault")

    scheduler = Scheduler(lambda: None, follow)
    scheduler.start()
    for count in (1, 2):
        scheduler.wake(HELLO)
        followed.wait(HELLO, count)
    scheduler.stop()
    assert followed.times == {HELLO: 2}
    assert caplog.text.count("RuntimeError: the follow's fault") == 2


def test_stop_ends_every_thread_of_it() -> None:
    before = set(threading.enumerate())
    tick, once = times(1)
    follow = Followed()
    scheduler = Scheduler(tick, follow, OFTEN)
    scheduler.start()
    scheduler.wake(HELLO)
    follow.wait(HELLO)
    assert once.wait(PATIENCE)
    scheduler.stop()
    scheduler.wake(HELLO)
    assert set(threading.enumerate()) <= before


def test_stop_waits_for_what_runs_and_does_not_begin_anew_what_was_woken_meanwhile() -> None:
    follow = Followed(HELLO)
    scheduler = Scheduler(lambda: None, follow)
    scheduler.start()
    scheduler.wake(HELLO)
    follow.wait(HELLO)
    scheduler.wake(HELLO)
    stopping = threading.Thread(target=scheduler.stop, daemon=True)
    stopping.start()
    stopping.join(0.1)  # so that it waits by now, as it well may; what is asserted holds if not
    follow.go.set()
    stopping.join(PATIENCE)
    assert not stopping.is_alive()
