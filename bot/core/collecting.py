"""What a plan about traffic means for Knative's garbage collection: a way back that is not there any more is none."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core import references, retention, traffic

if TYPE_CHECKING:
    from datetime import datetime

    from bot.core.model import Snapshot
    from bot.core.plan import Plan
    from bot.core.retention import Retention

SOON = timedelta(hours=24)
"""Whoever approves takes hours, and a plan whose Revision is gone is worth nothing."""


def notes(plan: Plan, snapshot: Snapshot, settings: Retention, now: datetime) -> list[str]:
    """Return which Revisions may be collected: those that shall serve, before they do; those that are left, later.

    Args:
        plan: moves the traffic of the Service in `snapshot`, or gives it to a new Revision.
        snapshot: what the plan was made from.
        settings: the cluster's.
        now: the present time.
    """
    service = snapshot.service
    if service is None or plan.before is None or not (plan.moves_traffic or plan.new_revision):
        return []
    before = _named(plan.before.traffic, plan.leads)
    after = _named(plan.after.traffic, None if plan.new_revision else plan.leads)
    at_risk = retention.collected(snapshot.revisions, service.latest_ready, settings, now)
    latest = None if plan.new_revision else service.latest_ready  # the one that is spared is then the new one
    left = retention.collected(snapshot.revisions, latest, settings, now, named=after)
    found = [
        f"Knative may collect {name} {_when(at_risk[name], now)}, as long as it has no traffic."
        for name in after
        if name in at_risk and at_risk[name] - now < SOON
    ]
    found += [
        f"{name} is left without traffic and tag: Knative may collect it {_when(left[name], now)}."
        for name in before
        if name not in after and name in left
    ]
    return found


def _named(targets: traffic.Targets, leads: str | None) -> list[str]:
    places = [*traffic.percents(targets), *traffic.tags(targets).values()]
    return [name for place in dict.fromkeys(places) if (name := leads if place == references.FOLLOW else place)]


def _when(moment: datetime, now: datetime) -> str:
    if moment <= now:
        return "at any moment"
    return f"from {moment:%Y-%m-%d %H:%M} UTC on"
