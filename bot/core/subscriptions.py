"""What a channel asked to be told by itself, when it does not want to be told, and of what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from bot.core import timezone, week
from bot.core.change import Person
from bot.core.errors import Invalid
from bot.core.schedule import Schedule
from bot.core.topics import ANY, Topic
from bot.core.updates import News

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.core.model import ServiceKey

_HOURS = re.compile(r"([0-9:]+)\s*[-–—]\s*([0-9:]+)\Z")

TOPICS: dict[News, frozenset[Topic]] = {
    News.MADE: frozenset({Topic.SERVICES}),
    News.GONE: frozenset({Topic.SERVICES}),
    News.REVISION: frozenset({Topic.REVISIONS}),
    News.READY: frozenset({Topic.REVISIONS}),
    News.FAILED: frozenset({Topic.FAILURES, Topic.REVISIONS}),
    News.LOST: frozenset({Topic.FAILURES}),
    News.ROUTE: frozenset({Topic.FAILURES}),
    News.BACK: frozenset({Topic.FAILURES}),
    News.DOMAIN: frozenset({Topic.FAILURES}),
    News.DOMAIN_BACK: frozenset({Topic.FAILURES}),
    News.TRAFFIC: frozenset({Topic.TRAFFIC}),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Which Services: a namespace or * for all of a cluster's, a glob of names, labels that they all carry."""

    cluster: str
    namespace: str
    service: str = ANY
    labels: tuple[tuple[str, str], ...] = ()

    def holds(self, key: ServiceKey, labels: Mapping[str, str]) -> bool:
        return (
            key.cluster == self.cluster
            and self.namespace in (ANY, key.namespace)
            and fnmatchcase(key.name, self.service)
            and all(labels.get(name) == value for name, value in self.labels)
        )

    def __str__(self) -> str:
        return f"{self.namespace}/{self.service}"


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of every day in which nothing is said: from `begin` to `end`, as HH:MM, in an IANA time zone."""

    begin: str
    end: str
    timezone: str

    def until(self, now: datetime) -> datetime | None:
        """Return when the quiet hours end that it is now, in UTC; None if it is none of them.

        An end that a change to summer leaves out comes as long after midnight as on other days.
        """
        where = timezone.zone(self.timezone)
        local = now.astimezone(where)
        begin, end, present = time.fromisoformat(self.begin), time.fromisoformat(self.end), local.time()
        overnight = end <= begin
        within = present >= begin or present < end if overnight else begin <= present < end
        if not within:
            return None
        day = local.date() + timedelta(days=1 if overnight and present >= begin else 0)
        over = datetime.combine(day, end, where).astimezone(UTC)
        # Of an hour that comes twice, the second may be meant.
        return over if over > now else datetime.combine(day, end.replace(fold=1), where).astimezone(UTC)

    def __str__(self) -> str:
        return f"{self.begin}–{self.end}"


def hours(text: str) -> tuple[str, str]:
    """Return begin and end of 22:00-07:00, as HH:MM.

    Raises:
        Invalid: it tells no hours, or none or all of them.
    """
    found = _HOURS.match(text)
    bounds = [week.minutes(bound) for bound in found.groups()] if found else []
    told = [week.clock(bound) for bound in bounds if bound is not None and bound < week.MIDNIGHT]
    if len(told) != 2:
        raise Invalid(f"“{text}” are no hours of a day.", "Write them as 22:00-07:00.")
    begin, end = told
    if begin == end:
        raise Invalid(f"“{text}” is no time at all, or all of it.", "Write them as 22:00-07:00; `mute` is for silence.")
    return begin, end


@dataclass(frozen=True, slots=True)
class Watch:
    """A channel wants to hear of some Services.

    `id` is short enough to type; no `topics` means all of them. `creator` is None for what the configuration says.
    """

    id: str
    channel: str
    scope: Scope
    topics: tuple[Topic, ...] = ()
    quiet: Quiet | None = None
    creator: Person | None = None

    def wants(self, news: News) -> bool:
        return not self.topics or not TOPICS[news].isdisjoint(self.topics)


@dataclass(frozen=True, slots=True)
class Silence:
    """A channel does not want to hear of some Services until then: of their news, or of one `matter` in its digests."""

    channel: str
    scope: Scope
    until: datetime
    creator: Person
    matter: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest of one namespace, posted to a channel on a schedule.

    `id` is short enough to type. `timezone` is an IANA name; `next_at` is when it is due next, in UTC; `sent_at` when
    it was sent last.
    """

    id: str
    channel: str
    cluster: str
    namespace: str
    schedule: Schedule
    timezone: str
    creator: Person
    next_at: datetime
    sent_at: datetime | None = None
