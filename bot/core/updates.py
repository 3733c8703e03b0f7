"""What is worth saying about a Service: the difference between what was told of it and what is so now.

Of each Service is kept what was told last, as a `Stand`. `compare` with the present one gives the news; `absorb` gives
the Stand after some of the news were told, so that nothing is told twice and nothing is lost, whatever was missed in
between: after a restart, a broken watch or a day without Knobot the difference is still there.

Trouble is told apart from conditions: a Service is not Ready while an older Revision of it serves well, and a Revision
that was scaled to zero is not Active and as well as can be. A domain has troubles of its own, that begin and end
beside those of its Service.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from bot.core.change import Person
from bot.core.model import Truth
from bot.core.reasons import HOPELESS, explain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from bot.core.model import DomainMapping, Pod, Revision, Service, Snapshot

KEPT = 20
"""How many Revisions, the newest, are compared: what Knative keeps by default."""
STUCK = timedelta(minutes=5)
"""A Route that is not known to be ready for so long is in trouble: a certificate or an ingress may never come."""
BY_ITSELF = frozenset({"RolloutInProgress"})
HELPLESS = HOPELESS | {"Unschedulable", "CreateContainerConfigError", "OOMKilled", "Error"}
"""Reasons of a pod that are told before its Revision says itself that it has failed."""


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


class Stage(Enum):
    """How far a Revision has come."""

    STARTING = "starting"
    READY = "ready"
    FAILED = "failed"


Shares = tuple[tuple[str, int], ...]
"""Revision and percent, heaviest first."""


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


@dataclass(frozen=True, slots=True)
class Known:
    """A Revision that was told of."""

    name: str
    number: int
    stage: Stage


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a Revision, or with the Route where `subject` is ""."""

    subject: str
    reason: str


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain that leads to a Service: whether it works; STARTING while it is being set up. `reason` is why not."""

    name: str
    stage: Stage
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Stand:
    """How a Service is, as far as it is told.

    `revisions` are the newest ones; up to the number `newest` all were told of. `shares` is None while traffic is being
    moved. `troubled` is when the present trouble was told first. `domains` is None where they are not known.
    """

    uid: str
    revisions: tuple[Known, ...] = ()
    newest: int = 0
    shares: Shares | None = ()
    troubles: tuple[Trouble, ...] = ()
    troubled: datetime | None = None
    domains: tuple[Domain, ...] | None = None


def stand(snapshot: Snapshot, pods: Sequence[Pod], now: datetime) -> Stand | None:
    """Return how a Service is; `pods` are those of `suspects`. None if there is no such Service."""
    service = snapshot.service
    if service is None:
        return None
    revisions = snapshot.revisions[:KEPT]
    known = tuple(Known(each.name, each.number, _stage(each)) for each in revisions if not each.deleting)
    troubles = tuple(_troubles(service, revisions, pods, now))
    newest = max((each.number for each in known), default=0)
    domains = None if snapshot.domains is None else tuple(_domain(each, now) for each in snapshot.domains)
    return Stand(service.uid, known, newest, _shares(service), troubles, domains=domains)


def suspects(snapshot: Snapshot) -> list[str]:
    """Return the Revisions whose pods may tell more than they do themselves: those that want more than they have."""
    service = snapshot.service
    if service is None:
        return []
    return [
        each.name
        for each in snapshot.revisions[:KEPT]
        if (each.name in service.shares or each.name == service.latest_created)
        and each.ready is not Truth.FALSE
        and (each.ready is Truth.UNKNOWN or (each.desired_replicas or 0) > (each.replicas or 0))
    ]


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


def _stage(revision: Revision) -> Stage:
    match revision.ready:
        case Truth.TRUE:
            return Stage.READY
        case Truth.FALSE:
            return Stage.FAILED
        case Truth.UNKNOWN:
            return Stage.STARTING


def _domain(mapping: DomainMapping, now: datetime) -> Domain:
    """Return how a domain is; one for which DNS or a certificate is awaited for long does not work either."""
    ready = mapping.condition("Ready")
    if ready is None or (ready.status is Truth.UNKNOWN and (ready.since is None or now - ready.since <= STUCK)):
        return Domain(mapping.domain, Stage.STARTING)
    if ready.status is Truth.TRUE:
        return Domain(mapping.domain, Stage.READY)
    return Domain(mapping.domain, Stage.FAILED, explain(ready))


def _shares(service: Service) -> Shares | None:
    """Return who serves, None until Knative has done what is wished."""
    route = service.condition("RoutesReady")
    settled = service.observed_generation == service.generation and route is not None and route.status is Truth.TRUE
    return tuple(service.shares.items()) if settled else None


def _troubles(service: Service, revisions: Sequence[Revision], pods: Sequence[Pod], now: datetime) -> Iterator[Trouble]:
    """Yield what is wrong with Revisions that have traffic, or are newer than all that are Ready; else with the Route.

    A Route without any Ready Revision is not ready either: that goes without saying.
    """
    ready = max((each.number for each in revisions if each.usable), default=0)
    found = False
    for each in revisions:
        if each.deleting or (each.name not in service.shares and each.number <= ready):
            continue
        pod = next((pod for pod in pods if pod.revision == each.name and pod.reason in HELPLESS), None)
        if each.ready is Truth.FALSE:
            found = True
            yield Trouble(each.name, explain(each.condition("Ready")))
        elif pod:
            found = True
            yield Trouble(each.name, f"{pod.reason}{f': {pod.message}' if pod.message else ''}")
    route = service.condition("RoutesReady")
    if found or route is None or service.observed_generation != service.generation:
        return
    stuck = route.since is not None and now - route.since > STUCK and route.reason not in BY_ITSELF
    if route.status is Truth.FALSE or (route.status is Truth.UNKNOWN and stuck):
        yield Trouble("", explain(route))


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
