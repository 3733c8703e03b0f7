"""What is worth saying about a Service: the difference between what was told of it and what is so now.

Of each Service is kept what was told last, as a `Stand` (see `standing`). `compare` with the present one gives the
news; `absorb` gives the Stand after some of the news were told, so that nothing is told twice and nothing is lost,
whatever was missed in between: after a restart, a broken watch or a day without Knobot the difference is still there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from bot.core.change import Person
from bot.core.standing import Domain, Known, Shares, Stage, Stand, Trouble

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence


class News(Enum):
    """What can have happened."""

    MADE = "made"
    GONE = "gone"
    REVISION = "revision"
    READY = "ready"
    FAILED = "failed"
    LOST = "lost"
    ROUTE = "route"
    BACK = "back"
    DOMAIN = "domain"
    DOMAIN_BACK = "domain-back"
    TRAFFIC = "traffic"


FAILURES = frozenset({News.FAILED, News.LOST, News.ROUTE})
"""That a Service is not well."""
ALARMS = FAILURES | {News.DOMAIN}
"""What somebody should look at now."""
ENDINGS = frozenset({News.BACK, News.DOMAIN_BACK})
"""That it is over."""


@dataclass(frozen=True, slots=True)
class Update:
    """One piece of news.

    `subject` is a Revision's or a domain's name or "". `shares` is who serves now and `before` who did; `reason` as the
    cluster says it; `logs` the last lines of what failed (`withheld`: there are some, which are not for all who read
    this); `since` when the trouble began that is over. `person` (through Knobot) or `account` is who caused it, as far
    as is known.
    """

    news: News
    subject: str = ""
    reason: str = ""
    shares: Shares = ()
    before: Shares = ()
    since: datetime | None = None
    logs: tuple[str, ...] = ()
    person: Person | None = None
    account: str = ""
    withheld: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """What it is about: while this stays the same it is the same news."""
        shares = tuple(f"{name}={percent}" for name, percent in sorted(self.shares))
        return (self.news.value, self.subject, *(shares if self.news is News.TRAFFIC else ()))


def compare(before: Stand | None, after: Stand | None) -> tuple[Update, ...]:
    """Return the news between two Stands, in the order in which one tells them."""
    if after is None:
        return (Update(News.GONE),) if before else ()
    if before is None or before.uid != after.uid:
        reason = "it was deleted and made anew" if before else ""
        return (Update(News.MADE, reason=reason), *_differences(_untold(after), after))
    return tuple(_differences(before, after))


def absorb(before: Stand | None, after: Stand | None, told: Collection[Update], now: datetime) -> Stand | None:
    """Return what is told of a Service once `told`, which are news between `before` and `after`, were said."""
    said = {update.key for update in told}
    waiting = [update for update in compare(before, after) if update.key not in said]
    if any(update.news in (News.MADE, News.GONE) for update in waiting):
        return before
    if after is None:
        return None
    if before is None or before.uid != after.uid:
        before = _untold(after)
    unborn = {update.subject for update in waiting if update.news in (News.REVISION, News.READY)}
    unfailed = {update.subject for update in waiting if update.news in ALARMS}  # a domain's name is no Revision's
    former = {known.name: known for known in before.revisions}
    fresh = [known.number for known in after.revisions if _new(known, former, before) and known.name in unborn]
    kept = (_kept(known, former.get(known.name), unborn, unfailed) for known in after.revisions)
    troubles = _told_troubles(before, after, waiting)
    moved = after.shares is not None and not any(update.news is News.TRAFFIC for update in waiting)
    return Stand(
        after.uid,
        tuple(known for known in kept if known),
        min(fresh) - 1 if fresh else max(before.newest, after.newest),
        after.shares if moved else before.shares,
        troubles,
        (before.troubled or now) if troubles else None,
        _told_domains(before, after, waiting),
    )


def settle(
    since: Mapping[tuple[str, ...], datetime],
    updates: Sequence[Update],
    noticed: datetime,
    now: datetime,
    settling: timedelta,
) -> tuple[list[Update], dict[tuple[str, ...], datetime]]:
    """Return the news that have been so for `settling`, and for the others since when they are.

    Those that `since` does not know have been so since something was `noticed`. News that are not there any more are
    forgotten: a blip is not said.
    """
    begun = {update.key: since.get(update.key, noticed) for update in updates}
    ripe = [update for update in updates if now - begun[update.key] >= settling]
    return ripe, {key: at for key, at in begun.items() if now - at < settling}


def _untold(after: Stand) -> Stand:
    """Return the Stand of a Service that nothing is told of yet."""
    return Stand(after.uid, domains=())


def _differences(before: Stand, after: Stand) -> Iterator[Update]:
    former = {known.name: known for known in before.revisions}
    serving = after.shares if after.shares is not None else before.shares or ()
    for known in reversed(after.revisions):
        stage = former[known.name].stage if known.name in former else None
        if stage is None and not _new(known, former, before):
            continue
        if known.stage is Stage.STARTING and stage is None:
            yield Update(News.REVISION, known.name, shares=serving)
        elif known.stage is Stage.READY and stage in (None, Stage.STARTING):
            yield Update(News.READY, known.name, shares=serving)
    ready = {known.name for known in (*before.revisions, *after.revisions) if known.stage is Stage.READY}
    told = {trouble.subject for trouble in before.troubles}
    for trouble in after.troubles:
        if trouble.subject not in told:
            news = News.LOST if trouble.subject in ready else News.FAILED
            yield Update(news if trouble.subject else News.ROUTE, trouble.subject, trouble.reason, serving)
    if told and not after.troubles:
        yield Update(News.BACK, shares=serving, since=before.troubled)
    yield from _of_domains(before, after)
    if after.shares is not None and before.shares and dict(after.shares) != dict(before.shares):
        yield Update(News.TRAFFIC, shares=after.shares, before=before.shares)


def _of_domains(before: Stand, after: Stand) -> Iterator[Update]:
    """Yield what is new of domains; of one that leads elsewhere now nothing is said."""
    if before.domains is None:
        return
    former = {domain.name: domain.stage for domain in before.domains}
    for domain in after.domains or ():
        was = former.get(domain.name)
        if domain.stage is Stage.FAILED and was is not Stage.FAILED:
            yield Update(News.DOMAIN, domain.name, domain.reason)
        elif domain.stage is Stage.READY and was is Stage.FAILED:
            yield Update(News.DOMAIN_BACK, domain.name)


def _told_domains(before: Stand, after: Stand, waiting: Sequence[Update]) -> tuple[Domain, ...] | None:
    """Return how the domains are told to be: what is not said, or not decided yet, stays as it was."""
    if after.domains is None or before.domains is None:
        return before.domains if after.domains is None else after.domains
    unsaid = {update.subject for update in waiting if update.news in (News.DOMAIN, News.DOMAIN_BACK)}
    former = {domain.name: domain for domain in before.domains}
    kept = (
        former.get(domain.name) if domain.name in unsaid or domain.stage is Stage.STARTING else domain
        for domain in after.domains
    )
    return tuple(domain for domain in kept if domain)


def _new(known: Known, former: Mapping[str, Known], before: Stand) -> bool:
    return known.name not in former and known.number > before.newest


def _kept(known: Known, former: Known | None, unborn: Collection[str], unfailed: Collection[str]) -> Known | None:
    """Return what is told of a Revision: what is not said yet stays as it was."""
    if known.name in unborn:
        return former
    if known.stage is Stage.FAILED and known.name in unfailed:
        return former or replace(known, stage=Stage.STARTING)
    if former and known.stage is Stage.STARTING:
        return former  # it was Ready or had failed before: what comes of it now is still to be seen
    return known


def _told_troubles(before: Stand, after: Stand, waiting: Sequence[Update]) -> tuple[Trouble, ...]:
    """Return the troubles that are told: one that turned into another is over when the other is told."""
    if any(update.news is News.BACK for update in waiting):
        return before.troubles
    unsaid = {update.subject for update in waiting if update.news in ALARMS}
    return tuple(each for each in after.troubles if each.subject not in unsaid) or (
        before.troubles if after.troubles else ()
    )
