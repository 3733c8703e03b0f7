"""Freezes: times in which changes are not made, by the calendar of the policy or by a person's word.

    span   = weekly | daily | once
    weekly = day SP time dash day SP time            ; fri 16:00 - mon 08:00
    daily  = days SP time dash time                  ; weekdays 12:00 - 13:00, daily 22:00 - 06:00
    once   = date SP time dash date SP time          ; 2026-12-23 18:00 - 2027-01-02 08:00
    days   = "daily" | "weekdays" | "weekends" | day *( "," day )
    time   = hour ":" minute                         ; 24 hours; 24:00 is the end of a day

Spans are read by the clock on the wall. Where that clock is changed inside a span or at its edge, the freeze is the
longer one of those that the words could mean: a freeze is never over before the clock says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from bot.core import timezone
from bot.core.change import Person
from bot.core.errors import Invalid
from bot.core.schedule import GROUPS
from bot.core.week import minutes, weekday

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from zoneinfo import ZoneInfo

    from bot.core.model import ServiceKey

EXAMPLES = "Try “fri 16:00 - mon 08:00”, “weekdays 12:00 - 13:00” or “2026-12-23 18:00 - 2027-01-02 08:00”."
HORIZON = timedelta(days=60)
"""How far the end of spans that follow each other without a gap is looked for."""
ANY = ("*",)

_SPAN = re.compile(r"(.+? \d{1,2}:\d{2})\s*(?:-|–|—|to)\s*(.+)\Z")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_OF_GROUPS = {"daily": range(7), "weekdays": range(5), "weekends": range(5, 7)}


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` on each of `days` (0 is Monday), or on the one day `on`, to `end` on the day `after` days later.

    `start` and `end` are minutes from midnight by the clock on the wall.
    """

    days: frozenset[int]
    start: int
    after: int
    end: int
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """A freeze by calendar: when, and of which Services. `override` are the groups whose people may override it."""

    name: str
    spans: tuple[Span, ...]
    timezone: str
    reason: str = ""
    clusters: tuple[str, ...] = ANY
    namespaces: tuple[str, ...] = ANY
    services: tuple[str, ...] = ANY
    override: tuple[str, ...] = ()

    def covers(self, key: ServiceKey) -> bool:
        """Whether a Service is among those that it is about."""
        pairs = ((key.cluster, self.clusters), (key.namespace, self.namespaces), (key.name, self.services))
        return all(any(fnmatchcase(word, glob) for glob in globs) for word, globs in pairs)


@dataclass(frozen=True, slots=True)
class Freeze:
    """A freeze of a namespace by hand; `name` is the person's as it was, `until` None for one that somebody ends."""

    id: str
    cluster: str
    namespace: str
    person: Person
    name: str
    channel: str
    reason: str
    since: datetime
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether its time is not over."""
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True)
class Frozen:
    """A freeze that holds now: of the window `window`, or by the hand of `person`. `override` are groups."""

    reason: str
    until: datetime | None
    override: tuple[str, ...] = ()
    window: str = ""
    person: Person | None = None
    name: str = ""

    def __str__(self) -> str:
        who = f"by “{self.window}”" if self.window else f"by {self.name}"
        end = f" until {self.until:%a %d %b %H:%M %Z}" if self.until else ""
        return f"frozen {who}{end}{f': {self.reason}' if self.reason else ''}"


def frozen(
    key: ServiceKey, windows: Iterable[Window], freezes: Iterable[Freeze], override: tuple[str, ...], now: datetime
) -> tuple[Frozen, ...]:
    """Return the freezes that hold for a Service now; `override` is for those by hand."""
    by_calendar = [
        Frozen(window.reason, end, window.override, window.name)
        for window in windows
        if window.covers(key) and (end := until(window, now))
    ]
    by_hand = [
        Frozen(each.reason, each.until, override, person=each.person, name=each.name)
        for each in freezes
        if (each.cluster, each.namespace) == (key.cluster, key.namespace) and each.holds(now)
    ]
    return (*by_calendar, *by_hand)


def until(window: Window, now: datetime) -> datetime | None:
    """Return when the window's freeze that holds now is over, by its own clock; None where none holds."""
    zone, at = timezone.zone(window.timezone), now
    while at - now < HORIZON:
        ends = [end for span in window.spans for begin, end in _times(span, zone, at) if begin <= at < end]
        if not ends:
            break
        at = max(ends)
    return at.astimezone(zone) if at > now else None


def parse(text: str) -> Span:
    """Return the span that `text` tells.

    Raises:
        Invalid: it tells none; the hint shows some that work.
    """
    halves = _SPAN.match(" ".join(text.lower().split()))
    if halves is None:
        raise Invalid(f"“{text}” is not a span of time.", EXAMPLES)
    begin, end = (half.split() for half in halves.groups())
    match begin, end:
        case [[first, start], [last, close]] if _DATE.match(first) and _DATE.match(last):
            return _once(_date(first, text), _minutes(start, text), _date(last, text), _minutes(close, text), text)
        case [[first, start], [last, close]]:
            (of,), (to,) = _days(first, text, 1), _days(last, text, 1)
            opening, closing = _minutes(start, text), _minutes(close, text)
            after = (to - of) % 7 or (7 if closing <= opening else 0)
            return Span(frozenset({of}), opening, after, closing)
        case [[days, start], [close]]:
            opening, closing = _minutes(start, text), _minutes(close, text)
            return Span(frozenset(_days(days, text)), opening, int(closing <= opening), closing)
        case _:
            raise Invalid(f"“{text}” is not a span of time.", EXAMPLES)


def _once(first: date, start: int, last: date, end: int, text: str) -> Span:
    after = (last - first).days
    if (after, end) <= (0, start):
        raise Invalid(f"“{text}” ends before it begins.", EXAMPLES)
    return Span(frozenset(), start, after, end, on=first)


def _times(span: Span, zone: ZoneInfo, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield begin and end, in UTC, of each of a span's times that may hold `now`."""
    today = now.astimezone(zone).date()
    days = [span.on] if span.on else [today - timedelta(days=back) for back in range(span.after + 2)]
    for day in days:
        if span.on or day.weekday() in span.days:
            begin = min(_moments(day, span.start, zone))
            yield begin, max(_moments(day + timedelta(days=span.after), span.end, zone))


def _moments(day: date, minutes: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the two moments that a time on the wall can mean where the clock is changed; else they are the same."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first, second


def _minutes(word: str, text: str) -> int:
    found = minutes(word)
    if found is None:
        raise Invalid(f"“{word}” in “{text}” is not a time of day.", EXAMPLES)
    return found


def _date(word: str, text: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise Invalid(f"“{word}” in “{text}” is not a date.", EXAMPLES) from None


def _days(word: str, text: str, most: int = 7) -> list[int]:
    if word in GROUPS and most > 1:
        return list(_OF_GROUPS[word])
    names = word.split(",")
    found = [day for name in names if (day := weekday(name)) is not None]
    if len(found) != len(names) or len(found) > most:
        raise Invalid(f"“{word}” in “{text}” is not {'a day' if most == 1 else 'days'}.", EXAMPLES)
    return found
