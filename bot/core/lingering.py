"""What lingers in a namespace and needs a person, with who left it so, as far as is known, and how to end it.

Only what lasts needs a person: a split of an hour is somebody's work, one of a day has been forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.core import duration, references, retention, traffic
from bot.core.change import Person
from bot.core.freezing import Frozen
from bot.core.locking import Lock
from bot.core.model import DomainMapping, Revision, Service, ServiceKey, Truth
from bot.core.reasons import explain
from bot.core.retention import Retention
from bot.core.rollout import annotation
from bot.core.standing import STUCK
from bot.core.stories import Piece
from bot.core.subscriptions import Silence
from bot.core.updates import News

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.core.rollout.state import Rollout

LINGERS = timedelta(days=1)
"""A split or a pin that is younger is somebody's work."""
STALE = timedelta(days=7)
"""A tag without traffic on a Revision that is older has probably been forgotten."""
SOON = timedelta(days=1)
"""A Revision that may be collected within this time is told."""


class Matter(Enum):
    """What lingers, in the order in which it is told."""

    BROKEN = "broken"
    DOMAIN = "domain"
    ROLLING = "rolling"
    SPLIT = "split"
    PINNED = "pinned"
    LOCKED = "locked"
    FROZEN = "frozen"
    TAGS = "tags"
    COLLECTED = "collected"
    MUTED = "muted"


ORDER = {matter: number for number, matter in enumerate(Matter)}


@dataclass(frozen=True, slots=True)
class Offer:
    """A command that ends what lingers, and the word for it."""

    word: str
    line: str


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that lingers; `urgent` when people may be hurt by it now.

    `name` is the Service's, "" for what concerns the whole namespace. `person` or `account` left it so.
    """

    name: str
    matter: Matter
    text: str
    urgent: bool = False
    person: Person | None = None
    account: str = ""
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """What a digest is made of: everything that is known about one namespace at the time `now`."""

    cluster: str
    namespace: str
    now: datetime
    since: datetime
    zone: ZoneInfo
    services: Sequence[Service]
    revisions: Sequence[Revision] = ()
    pieces: Sequence[Piece] = ()
    locks: Sequence[Lock] = ()
    freezes: Sequence[Frozen] = ()
    silences: Sequence[Silence] = ()
    retention: Retention = field(default_factory=Retention)
    figures: Mapping[str, float | None] = field(default_factory=dict)
    domains: Sequence[DomainMapping] = ()


def lingering(ground: Ground) -> list[Line]:
    """Return what lingers, what hurts people first, without what is left out for a while."""
    snoozed = {(each.scope.service, each.matter) for each in ground.silences if each.matter and each.until > ground.now}
    owned: dict[str, list[Revision]] = {}
    for revision in ground.revisions:
        owned.setdefault(revision.service, []).append(revision)
    moves = _moves(ground.pieces)
    found = [
        line for service in ground.services for line in _lines(service, owned.get(service.key.name, ()), moves, ground)
    ]
    lines = [*found, *_domains(ground), *_holds(ground)]
    return sorted(
        (line for line in lines if (line.name, line.matter.value) not in snoozed),
        key=lambda line: (not line.urgent, ORDER[line.matter], line.name),
    )


def _lines(
    service: Service, revisions: Sequence[Revision], moves: Mapping[ServiceKey, Piece], ground: Ground
) -> Iterator[Line]:
    if service.ready is Truth.FALSE:
        yield _broken(service, ground)
    rollout = annotation.running(service)
    if rollout:
        yield _rolling(service, rollout, ground.now)
    moved = moves.get(service.key)
    route = service.condition("RoutesReady")
    since = moved.at if moved else (route.since if route and route.since else service.created)
    line = _traffic(service, revisions, ground.now - since) if not rollout and ground.now - since > LINGERS else None
    if line:
        yield replace(line, person=moved.update.person, account=moved.update.account) if moved else line
    yield from _tags(service, revisions, ground)
    yield from _collected(service, revisions, ground)


def _rolling(service: Service, rollout: Rollout, now: datetime) -> Line:
    where = _path(service.key)
    offers = (Offer("Promote", f"promote {where}"), Offer("Abort", f"abort {where}"))
    return Line(service.key.name, Matter.ROLLING, rollout.told(now), offers=offers)


def _traffic(service: Service, revisions: Sequence[Revision], age: timedelta) -> Line | None:
    """Tell of a split, or of a pin that keeps a newer Revision waiting, that is so old."""
    name, where, leads = service.key.name, _path(service.key), service.latest_ready
    shares = traffic.percents(service.traffic)
    if len(shares) > 1:
        newest = max((each for each in revisions if each.name in shares), key=lambda each: each.number, default=None)
        named = newest is not None and references.FOLLOW not in shares
        finish = f"rollout {where} {newest.name}=100" if newest and named else f"follow {where}"
        told = ", ".join(f"{percent}% {place}" for place, percent in shares.items())
        offers = (Offer("Finish", finish), Offer("Roll back", f"rollback {where}"), _snooze(service, Matter.SPLIT))
        return Line(name, Matter.SPLIT, f"split for {duration.words(age)}: {told}", offers=offers)
    if shares and references.FOLLOW not in shares and leads and leads not in shares:
        follow = (Offer("Follow latest", f"follow {where}"), _snooze(service, Matter.PINNED))
        text = f"pinned to {next(iter(shares))} for {duration.words(age)} while {leads} waits"
        return Line(name, Matter.PINNED, text, offers=follow)
    return None


def _broken(service: Service, ground: Ground) -> Line:
    route, ready = service.condition("RoutesReady"), service.condition("Ready")
    serves = route is not None and route.status is Truth.TRUE
    since = f" for {duration.words(ground.now - ready.since)}" if ready and ready.since else ""
    text = f"not Ready{since}: {explain(ready)}{' — an older Revision still serves' if serves else ''}"
    where = _path(service.key)
    offers = (
        Offer("Status", f"status {where}"),
        Offer("Logs", f"logs {where} {service.latest_created}" if service.latest_created else f"logs {where}"),
        Offer("Roll back", f"rollback {where}"),
        _snooze(service, Matter.BROKEN),
    )
    return Line(service.key.name, Matter.BROKEN, text, not serves, offers=offers)


def _domains(ground: Ground) -> Iterator[Line]:
    """Tell of domains that do not lead where they should, also of those whose Service is not there."""
    for mapping in ground.domains:
        ready = mapping.condition("Ready")
        if ready is None or ready.status is Truth.TRUE or (ready.since and ground.now - ready.since < STUCK):
            continue
        since = f" for {duration.words(ground.now - ready.since)}" if ready.since else ""
        text = f"domain {mapping.domain} does not work{since}: {explain(ready)}"
        where = _path(ServiceKey(ground.cluster, ground.namespace, mapping.service))
        offers = (
            Offer("Domain", f"domains {mapping.domain} -n {ground.namespace}"),
            *([Offer("Snooze", f"digest snooze {where} {Matter.DOMAIN.value} 7d")] if mapping.service else []),
        )
        yield Line(mapping.service, Matter.DOMAIN, text, ready.status is Truth.FALSE, offers=offers)


def _tags(service: Service, revisions: Sequence[Revision], ground: Ground) -> Iterator[Line]:
    """Tell of tags that lead to old Revisions without traffic: their addresses stay open."""
    idle = {
        target.tag: target.revision
        for target in service.traffic
        if target.tag and target.revision and not target.percent and target.revision != service.latest_ready
    }
    old = {each.name for each in revisions if ground.now - each.created > STALE} if idle else ()
    stale = [tag for tag, revision in idle.items() if revision in old]
    if stale:
        where = _path(service.key)
        offers = tuple(Offer(f"Untag {tag}"[:70], f"untag {where} {tag}") for tag in stale[:2])
        text = f"tags on old Revisions without traffic: {', '.join(stale)}"
        yield Line(service.key.name, Matter.TAGS, text, offers=(*offers, _snooze(service, Matter.TAGS)))


def _collected(service: Service, revisions: Sequence[Revision], ground: Ground) -> Iterator[Line]:
    """Tell when the way back is about to go: the Revision that was last known to be good."""
    stable = service.annotations.get(references.STABLE)
    if stable is None:
        return
    when = retention.collected(revisions, service.latest_ready, ground.retention, ground.now).get(stable)
    if when and when - ground.now < SOON:
        text = f"{stable}, the last known good Revision, may be collected {_within(when - ground.now)}"
        keep = Offer("Keep it", f"tag {_path(service.key)} {stable} keep")
        yield Line(service.key.name, Matter.COLLECTED, text, offers=(keep, _snooze(service, Matter.COLLECTED)))


def _within(length: timedelta) -> str:
    return f"within {duration.words(length)}" if length > timedelta(0) else "at any moment"


def _holds(ground: Ground) -> Iterator[Line]:
    """Tell what people have held back and might have forgotten."""
    for lock in ground.locks:
        if (lock.key.cluster, lock.key.namespace) == (ground.cluster, ground.namespace) and lock.holds(ground.now):
            why = f": {lock.reason}" if lock.reason else ""
            text = f"locked for {duration.words(ground.now - lock.since)}{why}"
            offers = (Offer("Unlock", f"unlock {_path(lock.key)}"),)
            yield Line(lock.key.name, Matter.LOCKED, text, person=lock.owner, offers=offers)
    for freeze in ground.freezes:
        yield Line("", Matter.FROZEN, str(freeze))
    for silence in ground.silences:
        if not silence.matter and silence.until > ground.now:
            text = f"muted for {duration.words(silence.until - ground.now)} more"
            unmute = (Offer("Unmute", f"unmute {silence.scope.cluster}/{silence.scope}"),)
            yield Line(silence.scope.service, Matter.MUTED, text, person=silence.creator, offers=unmute)


def _snooze(service: Service, matter: Matter) -> Offer:
    return Offer("Snooze", f"digest snooze {_path(service.key)} {matter.value} 7d")


def _moves(pieces: Sequence[Piece]) -> dict[ServiceKey, Piece]:
    """Return for each Service the last news of its traffic; where there were none, those of its beginning."""
    return {piece.key: piece for news in (News.MADE, News.TRAFFIC) for piece in pieces if piece.update.news is news}


def _path(key: ServiceKey) -> str:
    return f"{key.cluster}/{key.namespace}/{key.name}"
