"""Which Revisions Knative may collect, and when: a way back that is not there any more is no way back.

Knative deletes Revisions that no route names (https://knative.dev/docs/serving/revisions/revision-admin-config-options):
the one that was named longest ago goes first, once it is older than `retain-since-create-time` and was not named for
`retain-since-last-active-time`, while more than `min-non-active-revisions` of them remain; those beyond
`max-non-active-revisions` go at once. It never takes the latest Ready one, nor one that is annotated as kept.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from bot.core.model import Revision

NO_GC = "serving.knative.dev/no-gc"
"""Annotation on a Revision: "true" keeps it from being collected."""
STATE = "serving.knative.dev/routingState"
"""Label on a Revision: "reserve" is one that no route names."""
MODIFIED = "serving.knative.dev/routingStateModified"
"""Annotation on a Revision: since when its routing state is what it is."""
DISABLED = "disabled"
_GO_DURATION = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?(?:ns|us|µs|ms|s|m|h))+\Z")
_PART = re.compile(r"([0-9]+(?:\.[0-9]*)?)(ns|us|µs|ms|s|m|h)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True, slots=True)
class Retention:
    """The settings of the ConfigMap config-gc, with Knative's own as defaults; None stands for "disabled"."""

    since_created: timedelta | None = timedelta(hours=48)
    since_active: timedelta | None = timedelta(hours=15)
    fewest: int = 20
    most: int | None = 1000

    @property
    def spared(self) -> int:
        """How many Revisions a Service may have of which none is ever collected: most Services have no more."""
        return self.fewest if self.most is None else min(self.fewest, self.most)


def read(document: str) -> Retention:
    """Return the settings in a ConfigMap's data (JSON text); what is not said or cannot be read is the default.

    Knative itself refuses a config-gc that it cannot read, and goes on with the settings of before.
    """
    data: Mapping[str, str] = json.loads(document)
    usual = Retention()
    return Retention(
        _length(data.get("retain-since-create-time"), usual.since_created),
        _length(data.get("retain-since-last-active-time"), usual.since_active),
        _count(data.get("min-non-active-revisions"), usual.fewest) or 0,
        _count(data.get("max-non-active-revisions"), usual.most),
    )


def kept(revision: Revision) -> bool:
    """Whether somebody has marked a Revision as one to be kept."""
    return revision.annotations.get(NO_GC, "").lower() == "true"


def collected(
    revisions: Iterable[Revision],
    latest_ready: str | None,
    retention: Retention,
    now: datetime,
    named: Collection[str] | None = None,
) -> dict[str, datetime]:
    """Return Revision → from when on it may be collected, if nothing else changes; those that stay are left out.

    Args:
        revisions: all Revisions of one Service.
        latest_ready: status.latestReadyRevisionName of the Service.
        retention: the cluster's settings.
        now: the present time; it is the answer for what may be collected at any moment.
        named: the Revisions that traffic will name, as a plan wishes it; None takes them as they are labelled. One that
            traffic stops naming is idle from `now` on.
    """
    revisions = tuple(revisions)
    if len(revisions) <= retention.spared:
        return {}
    idle = {
        revision.name: (revision, _idle_since(revision, now, named))
        for revision in revisions
        if revision.name != latest_ready and not kept(revision) and not _named(revision, named)
    }
    by_turn = sorted(
        (max(now, when), since, name)
        for name, (revision, since) in idle.items()
        if (when := _stale(revision, since, retention)) is not None
    )
    found = {name: when for when, _, name in by_turn[: max(0, len(idle) - retention.fewest)]}
    gone = {name for name, when in found.items() if when <= now}
    if retention.most is not None:
        left = sorted((since, name) for name, (_, since) in idle.items() if name not in gone)
        found |= {name: now for _, name in left[: max(0, len(left) - retention.most)]}
    return found


def _named(revision: Revision, named: Collection[str] | None) -> bool:
    if named is not None:
        return revision.name in named
    return revision.labels.get(STATE) != "reserve"  # Knative, too, takes one that is not labelled yet as in use


def _idle_since(revision: Revision, now: datetime, named: Collection[str] | None) -> datetime:
    if named is not None and _named(revision, None):
        return now
    try:
        return datetime.fromisoformat(revision.annotations.get(MODIFIED, ""))
    except ValueError:
        return revision.created


def _stale(revision: Revision, since: datetime, retention: Retention) -> datetime | None:
    """Return from when on a Revision counts as stale; None for never."""
    bounds = []
    if retention.since_created is not None:
        bounds.append(revision.created + retention.since_created)
    if retention.since_active is not None:
        bounds.append(since + retention.since_active)
    return max(bounds, default=None)


def _length(text: str | None, usual: timedelta | None) -> timedelta | None:
    """Read a duration as Go writes it, such as 15h30m."""
    if text == DISABLED:
        return None
    if text is None or not _GO_DURATION.match(text):
        return usual
    return timedelta(seconds=sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text)))


def _count(text: str | None, usual: int | None) -> int | None:
    if text == DISABLED:
        return None
    return int(text) if text is not None and text.isascii() and text.isdigit() else usual
