"""Whether the traffic that a Service wishes is the traffic that it has: what status says of the Route, and for when.

Status tells about the generation that has been observed. Until that is the one that was written, it tells about the
time before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core import references, traffic
from bot.core.model import Truth
from bot.core.reasons import explain

if TYPE_CHECKING:
    from bot.core.model import Service


def arrived(service: Service) -> bool:
    """Whether status.traffic is the traffic that is wished now."""
    return service.observed_generation >= service.generation and as_wished(service, service.latest_ready)


def as_wished(service: Service, leads: str | None) -> bool:
    """Whether status.traffic is the traffic that is wished, where @latest `leads` to that Revision."""
    route = service.condition("RoutesReady")
    if route is None or route.status is not Truth.TRUE:
        return False
    tags = {
        tag: str(leads) if where == references.FOLLOW else where for tag, where in traffic.tags(service.traffic).items()
    }
    wished = traffic.shares(service.traffic, leads)
    return service.shares == wished and tags == {target.tag: target.revision for target in service.routed if target.tag}


def by_itself(service: Service) -> bool:
    """Whether Knative moves the traffic by itself over a rollout-duration: that takes its time, and is no failure."""
    route = service.condition("RoutesReady")
    return route is not None and route.reason == "RolloutInProgress"


def explain_route(service: Service) -> str:
    """Return why the Route is not Ready, in brackets after a blank, or ""."""
    route = service.condition("RoutesReady")
    return f" ({route.reason})" if route and route.reason and route.status is not Truth.TRUE else ""


def unroutable(service: Service) -> str:
    """Return why the Route of the observed generation has failed, or "". The old routing then stays in place."""
    route = service.condition("RoutesReady")
    if service.observed_generation < service.generation or route is None or route.status is not Truth.FALSE:
        return ""
    return f"the traffic was not moved: {explain(route)}"
