"""How a Service is, as far as it is told: a `Stand`, made of what the cluster says of it now.

Trouble is told apart from conditions: a Service is not Ready while an older Revision of it serves well, and a Revision
that was scaled to zero is not Active and as well as can be. A domain has troubles of its own, that begin and end
beside those of its Service.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from bot.core.model import Truth
from bot.core.reasons import HOPELESS, explain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.core.model import DomainMapping, Pod, Revision, Service, Snapshot

KEPT = 20
"""How many Revisions, the newest, are compared: what Knative keeps by default."""
STUCK = timedelta(minutes=5)
"""A Route that is not known to be ready for so long is in trouble: a certificate or an ingress may never come."""
BY_ITSELF = frozenset({"RolloutInProgress"})
HELPLESS = HOPELESS | {"Unschedulable", "CreateContainerConfigError", "OOMKilled", "Error"}
"""Reasons of a pod that are told before its Revision says itself that it has failed."""


class Stage(Enum):
    """How far a Revision, or a domain, has come."""

    STARTING = "starting"
    READY = "ready"
    FAILED = "failed"


Shares = tuple[tuple[str, int], ...]
"""Revision and percent, heaviest first."""


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
