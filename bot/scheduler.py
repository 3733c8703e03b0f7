"""When things happen: APScheduler as a calendar and as a ticker. Nothing is decided here.

The ticker forgets everything at its end: what is due lies in the store, and each tick asks for it anew. APScheduler's
own stores cannot be shared between processes, and lose what was due while Knobot was down.
"""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.core.errors import Invalid
from bot.core.schedule import EXAMPLES
from bot.core.timezone import zone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from zoneinfo import ZoneInfo

    from bot.core.model import ServiceKey
    from bot.core.schedule import Schedule

SOON = timedelta(seconds=0.2)
"""How long a wake waits for others of its kind: one change of a Service makes a handful of watch events."""
BEAT = timedelta(seconds=0.1)
"""How often what must be quick looks whether there is something to do."""
FOLLOWERS = 8
"""How many Services are followed at the same time."""
WEEK = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
MOMENT = timedelta(microseconds=1)


class Calendar:
    """When schedules are due."""

    def next_time(self, schedule: Schedule, timezone: str, after: datetime) -> datetime:
        """Return the first time of `schedule` after `after`, with its offset.

        A time of day that a change to summer leaves out is due as long after midnight as on other days; one that a
        change to winter brings twice is due the first time only. What is due every hour, or every few minutes, is due
        in both.

        Raises:
            Invalid: there is no such time zone, or the schedule names a time that never comes.
        """
        where = zone(timezone)
        if schedule.every is not None:
            return (after.astimezone(UTC) + schedule.every).astimezone(where)
        try:
            triggers = _triggers(schedule, where)
        except ValueError:
            raise Invalid(f"“{schedule}” is not a schedule.", EXAMPLES) from None
        times = [time for trigger in triggers if (time := _next(trigger, schedule, after))]
        if not times:
            raise Invalid(f"“{schedule}” never comes.", EXAMPLES)
        # Through UTC, for a time that was left out has an offset that was never in force.
        return min(time.astimezone(UTC) for time in times).astimezone(where)


class Scheduler:
    """Calls `tick` again and again, and `follow` soon after a Service was said to have changed; in threads of its own.

    Args:
        tick: does whatever is due; never called twice at once, and not again for what it missed while it ran.
        follow: looks after one Service; never called twice at once for the same one.
        every: how often `tick` is called.
        beats: what is called every BEAT, each never twice at once, and none of them waiting for another.
    """

    def __init__(
        self,
        tick: Callable[[], None],
        follow: Callable[[ServiceKey], None],
        every: timedelta = timedelta(seconds=1),
        beats: Sequence[Callable[[], None]] = (),
    ) -> None:
        self._follow = follow
        self._lock = threading.Lock()
        self._woken: set[ServiceKey] = set()
        self._running: set[ServiceKey] = set()
        self._ending = False
        self._scheduler = BackgroundScheduler(
            # Services that take long must not keep the tick waiting.
            executors={
                "default": ThreadPoolExecutor(FOLLOWERS),
                "tick": ThreadPoolExecutor(1),
                **{f"beat {number}": ThreadPoolExecutor(1) for number in range(len(beats))},
            },
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
        )
        self._scheduler.add_job(
            tick,
            IntervalTrigger(seconds=every.total_seconds(), timezone=UTC),
            executor="tick",
            next_run_time=datetime.now(UTC),
        )
        for number, beat in enumerate(beats):
            trigger = IntervalTrigger(seconds=BEAT.total_seconds(), timezone=UTC)
            self._scheduler.add_job(beat, trigger, executor=f"beat {number}", next_run_time=datetime.now(UTC))
        # It says at each tick that it ticks, and that it does not while the last one still runs.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        """End, after what runs now has ended; who is woken from now on is not followed any more."""
        with self._lock:
            # While it waits for what runs, the library lets nobody plan anything: what runs would wait for it in turn.
            self._ending = True
        # It waits for a round that starts what is due; the round's thread would fail if it ended in the middle of one.
        self._scheduler.remove_all_jobs()
        self._scheduler.shutdown()

    def wake(self, key: ServiceKey) -> None:
        """Have a Service followed soon; many wakes until then are one, one during a run leads to another run."""
        with self._lock:
            if key in self._woken:
                return
            self._woken.add(key)
            if key not in self._running:
                self._plan(key)

    def _plan(self, key: ServiceKey) -> None:
        if not self._ending:
            self._scheduler.add_job(self._run, DateTrigger(datetime.now(UTC) + SOON), args=[key])

    def _run(self, key: ServiceKey) -> None:
        with self._lock:
            self._woken.discard(key)
            self._running.add(key)
        try:
            self._follow(key)
        finally:
            with self._lock:
                self._running.discard(key)
                if key in self._woken:
                    self._plan(key)


def _triggers(schedule: Schedule, where: ZoneInfo) -> list[CronTrigger]:
    """Return triggers of which the earliest counts: cron takes two ways to name days as either, the library as both.

    Raises:
        ValueError: a field is out of its range.
    """
    minute, hour, day, month, weekday = schedule.cron or ("",) * 5
    weekday = _weekdays(weekday)
    days = [(day, weekday)] if "*" in {day[0], weekday[0]} else [(day, "*"), ("*", weekday)]
    return [
        CronTrigger(minute=minute, hour=hour, day=day, month=month, day_of_week=weekday, timezone=where)
        for day, weekday in days
    ]


def _weekdays(field: str) -> str:
    """Return the days of the week that a field of cron means, as names: cron counts from Sunday, the library does not.

    Raises:
        ValueError: it means none.
    """
    if field == "*":
        return field
    days: list[str] = []
    for part in field.split(","):
        span, slash, step = part.partition("/")
        first, dash, last = ("0", "-", "6") if span == "*" else span.partition("-")
        begin = _weekday(first)
        end = _weekday(last) if dash else (6 if slash else begin)
        end += 7 if end < begin else 0  # fri-mon
        stride = int(step) if slash else 1
        if stride < 1:
            raise ValueError(field)
        days += [WEEK[day % 7] for day in range(begin, end + 1, stride)]
    return ",".join(dict.fromkeys(days))


def _weekday(word: str) -> int:
    if word.isdecimal() and int(word) <= 7:
        return int(word)
    return WEEK.index(word)


def _next(trigger: CronTrigger, schedule: Schedule, after: datetime) -> datetime | None:
    """Return the first time of `trigger` after `after`, None if there is none."""
    minute, hour = (schedule.cron or ("", ""))[:2]
    of_the_day = not minute.startswith("*") and not hour.startswith("*")
    found = after
    while True:
        # Sums are made in UTC: in a zone they would forget which of two equal hours it was.
        following: datetime | None = trigger.get_next_fire_time(None, found.astimezone(UTC) + MOMENT)
        if following is None or not (following.fold and of_the_day):
            return following
        found = following
