"""The two ways out of a split that is no rollout in steps: everything to the Revision that goes up, or to `stable`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core import references, routing, traffic
from bot.core.errors import Invalid
from bot.core.rollout import annotation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.core.model import Service, Snapshot
    from bot.core.routing import Routing


def promote(snapshot: Snapshot, service: Service) -> Routing:
    """Return the routing that gives all traffic to the newest Revision of a split.

    Raises:
        Invalid: the traffic is not split, or that Revision is not Ready.
    """
    where = _rising(snapshot, service)
    name = str(references.followed(snapshot)) if where == references.FOLLOW else where
    references.resolve(name, snapshot)
    return _to(service, {where: traffic.WHOLE}).noting(f"{name} is the newest of those with traffic.")


def abort(snapshot: Snapshot, service: Service) -> Routing:
    """Return the routing that gives the traffic back: as a rollout notes it that nobody drives, or to `stable`.

    Raises:
        NotFound, Invalid: the traffic is not split, or no other Revision is known to be good.
    """
    left = annotation.running(service)
    if left:
        back = replace(routing.present(service), traffic=left.back(service.traffic))
        return back.noting("This is the traffic of before the rollout.")
    where = _rising(snapshot, service)
    found = references.resolve("stable", snapshot)
    if found.revision.name in (where, references.followed(snapshot) if where == references.FOLLOW else None):
        raise Invalid(
            f"{found.revision.name} goes up, and no other Revision is known to be good.",
            f"`rollback {snapshot.key.name} REVISION` names one.",
        )
    return _to(service, {found.target: traffic.WHOLE}).noting(f"stable is {found.revision.name}.")


def _rising(snapshot: Snapshot, service: Service) -> str:
    """Return the place of the newest Revision that has a share of the traffic, which others have too."""
    shares = traffic.percents(service.traffic)
    if len(shares) < 2:
        only = next(iter(traffic.shares(service.traffic, references.followed(snapshot))), "nobody")
        raise Invalid(
            f"The traffic of {snapshot.key.name} is not split: {only} has it all.",
            f"`rollout {snapshot.key.name} latest=10` begins a split.",
        )
    order = [revision.name for revision in snapshot.revisions]
    names = {references.followed(snapshot) if where == references.FOLLOW else where: where for where in shares}
    return next((names[name] for name in order if name in names), next(iter(shares)))


def _to(service: Service, wanted: Mapping[str, int]) -> Routing:
    return replace(routing.present(service), traffic=traffic.assign(service.traffic, wanted))
