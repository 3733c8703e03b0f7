from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.core.model import ServiceKey
from bot.scheduler import Scheduler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Make = Callable[..., Scheduler]

HELLO, WORLD, LAST = (ServiceKey("main", "shop", name) for name in ("hello", "world", "last"))
OFTEN = timedelta(milliseconds=10)
PATIENCE = 30
"""Seconds after which something that should happen is taken not to happen; what happens is not waited for longer."""


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
