"""How many pods there may be, and when: `--scale 1..5` and the autoscaler's other settings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.core import duration
from bot.core.counting import counted
from bot.core.language.deploying.option import NOTHING, not_one_of, once, option
from bot.core.template import scaling
from bot.core.template.scaling import concurrency, metric

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.core.language.deploying.option import Option
    from bot.core.language.reader import Reader
    from bot.core.language.words import Word
    from bot.core.template import Setting

PODS = 100_000
METRICS = ("concurrency", "rps", "cpu", "memory")
SHORTEST, LONGEST = 6, 3600
"""Seconds of the window that Knative takes."""
PODS_RANGE = re.compile(r"[0-9]+(\.\.[0-9]*)?\Z|\.\.[0-9]+\Z")
RANGE = "For example 3, 1..5, 1.. or ..10."
TARGET = re.compile(r"[0-9]{1,6}(\.[0-9]{1,3})?\Z")


def read_range(reader: Reader, word: Word) -> Iterable[Setting]:
    """Read N, MIN..MAX, MIN.. or ..MAX."""
    low, dots, high = word.text.partition("..")
    if not PODS_RANGE.match(word.text):
        reader.fail(word, f"“{word.text}” is not a number of pods.", RANGE)
    end = len(low) + len(dots)
    floor = reader.number(word.part(0, len(low)), "count", 0, PODS) if low else None
    ceiling = reader.number(word.part(end), "count", 0, PODS) if high else None if dots else floor
    if floor is not None and ceiling and floor > ceiling:
        reader.fail(word, f"At most {counted(ceiling, 'pod')} is less than at least {floor}.", "Turn them round.")
    for name, bound in ((scaling.MIN, floor), (scaling.MAX, ceiling)):
        if bound is not None:
            yield scaling.scaling(name, bound)


def check_bounds(reader: Reader) -> None:
    """Complain when --min-scale and --max-scale contradict each other."""
    low, high = reader.given("min-scale"), reader.given("max-scale")
    if not (low and high) or not all(word.text.isdigit() for word in (*low, *high)):
        return
    if 0 < int(high[0].text) < int(low[0].text):
        message = f"At most {counted(int(high[0].text), 'pod')} is less than at least {low[0].text}."
        reader.fail(high[0], message, "Make it larger, or 0.")


def _count(name: str, low: int, high: int, what: str = "count") -> Callable[[Reader, list[Word]], Iterable[Setting]]:
    def read(reader: Reader, word: Word) -> Iterable[Setting]:
        number = None if word.text in NOTHING else reader.number(word, what, low, high)
        yield scaling.scaling(name, number)

    return once(read)


def _metric(reader: Reader, word: Word) -> Iterable[Setting]:
    if word.text not in (*METRICS, *NOTHING):
        not_one_of(reader, word, "metric", METRICS)
    return metric(word.text if word.text not in NOTHING else None)


def _target(reader: Reader, word: Word) -> Iterable[Setting]:
    if word.text not in NOTHING and not TARGET.match(word.text):
        reader.fail(word, f"“{word.text}” is not a target.", "A number: how much of the metric one pod should have.")
    yield scaling.scaling(scaling.TARGET, word.text if word.text not in NOTHING else None)


def _window(reader: Reader, word: Word) -> Iterable[Setting]:
    if word.text in NOTHING:
        yield scaling.scaling(scaling.WINDOW, None)
        return
    length = reader.within(word, duration.parse)
    if not SHORTEST <= length.total_seconds() <= LONGEST:
        reader.fail(word, f"“{word.text}” is not between 6s and 1h.", "For example 60s.")
    yield scaling.scaling(scaling.WINDOW, word.text)


def _limit(reader: Reader, word: Word) -> Iterable[Setting]:
    yield concurrency(None if word.text in NOTHING else reader.number(word, "count", 0, 1000))


OPTIONS: tuple[Option, ...] = (
    option("--scale", "1..5", "at least and at most so many pods: N, MIN..MAX, MIN.. or ..MAX", once(read_range)),
    option("--min-scale --scale-min", "1", "at least so many pods", _count(scaling.MIN, 0, PODS)),
    option("--max-scale --scale-max", "10", "at most so many pods; 0 for no limit", _count(scaling.MAX, 0, PODS)),
    option("--scale-init", "1", "so many pods to begin with", _count(scaling.INITIAL, 0, PODS)),
    option("--scale-activation", "2", "so many pods when the first one is needed", _count(scaling.ACTIVATION, 1, PODS)),
    option("--scale-metric", "rps", f"what the autoscaler goes by: {', '.join(METRICS)}", once(_metric)),
    option("--scale-target --concurrency-target", "100", "how much of that one pod should have", once(_target)),
    option(
        "--scale-utilization --concurrency-utilization",
        "70",
        "percent of the target at which there are more pods",
        _count(scaling.UTILIZATION, 1, 100, "percentage"),
    ),
    option("--scale-window --autoscale-window", "60s", "how long the autoscaler looks back, 6s to 1h", once(_window)),
    option(
        "--concurrency --container-concurrency --concurrency-limit", "50", "requests at once in one pod", once(_limit)
    ),
)
