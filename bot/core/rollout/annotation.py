"""The state of a rollout ⇄ the JSON in one annotation of the Service, for Knobot and for people with kubectl.

Anybody who may write to the Service may have written it: what is not exactly what `write` writes is no rollout.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from bot.core import checks, template, traffic
from bot.core.errors import BotError
from bot.core.model import TrafficTarget
from bot.core.rollout.state import Pause, Rollout
from bot.core.rollout.weekdays import Weekdays

if TYPE_CHECKING:
    from bot.core.model import Service

ROLLOUT = "knobot.dev/rollout"
"""Annotation on the Service: the rollout that its traffic is a step of."""
VERSION = 1
MOST = 20
"""Steps that one rollout may have."""
LONGEST = 16_000
"""Characters that are looked at: a Service's annotations may have 256 kB."""


def running(service: Service) -> Rollout | None:
    """Return the rollout that a Service's traffic is a step of now; None where there is none, or a broken one."""
    found = read(service.annotations.get(ROLLOUT, ""))
    return found if found and found.shares == traffic.percents(service.traffic) else None


def write(rollout: Rollout) -> str:
    """Return the JSON text of a rollout that is running."""
    document = {
        "version": VERSION,
        "plan": rollout.plan,
        "revision": rollout.revision,
        "follow": rollout.follow,
        "steps": list(rollout.steps),
        "index": rollout.index,
        "rest": dict(rollout.rest),
        "base": [_target(target) for target in rollout.base],
        "by": rollout.by,
        "every": rollout.every.total_seconds() if rollout.every else None,
        "weekdays": str(rollout.weekdays) if rollout.weekdays else None,
        "timezone": rollout.weekdays.timezone if rollout.weekdays else None,
        "pauseAt": list(rollout.gates),
        "checks": [str(check) for check in rollout.checks],
        "minRequests": rollout.least,
        "failures": rollout.failures if rollout.failures > 1 else None,
        "started": _instant(rollout.started),
        "since": _instant(rollout.since),
        "next": _instant(rollout.due),
        "paused": _pause(rollout.paused) if rollout.paused else None,
        "bad": rollout.bad or None,
        "measured": _instant(rollout.measured),
    }
    return template.canonical(
        {name: value for name, value in document.items() if value is not None and value is not False and value != []}
    )


def read(text: str) -> Rollout | None:
    """Return the rollout that `text` tells; None for what `write` would not have written."""
    if not text or len(text) > LONGEST:
        return None
    try:
        found = _rollout(json.loads(text))
        return found if _sound(found) and write(found) == text else None
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError, BotError):
        return None


def _rollout(document: dict[str, Any]) -> Rollout:
    weekdays = document.get("weekdays")
    held = document.get("paused")
    every = document.get("every")
    return Rollout(
        revision=document["revision"],
        steps=tuple(document["steps"]),
        rest=tuple(sorted(document["rest"].items())),
        base=tuple(
            TrafficTarget(each["percent"], each.get("revisionName"), each.get("latestRevision", False), each.get("tag"))
            for each in document["base"]
        ),
        by=document["by"],
        follow=document.get("follow", False),
        every=timedelta(seconds=every) if every is not None else None,
        weekdays=_weekdays(weekdays, document["timezone"]) if weekdays else None,
        gates=tuple(document.get("pauseAt", ())),
        checks=tuple(checks.parse(check) for check in document.get("checks", ())),
        least=document["minRequests"],
        failures=document.get("failures", 1),
        plan=document["plan"],
        index=document["index"],
        started=_read_instant(document.get("started")),
        since=_read_instant(document.get("since")),
        paused=Pause(held["by"], datetime.fromisoformat(held["at"]), held.get("why", "")) if held else None,
        bad=document.get("bad", 0),
        measured=_read_instant(document.get("measured")),
    )


def _weekdays(text: str, timezone: str) -> Weekdays:
    first, last = (int(clock[:2]) * 60 + int(clock[3:]) for clock in text.split("-"))
    return Weekdays(first, last, timezone)


def _sound(rollout: Rollout) -> bool:
    """Whether a rollout could have been begun: what is worked out from it then is right, too."""
    names = (rollout.revision, rollout.by, rollout.plan, *(target.revision or "" for target in rollout.base))
    counts = (rollout.index, rollout.least, rollout.failures, rollout.bad)
    numbers = (*counts, *rollout.steps, *rollout.gates, *(weight for _, weight in rollout.rest))
    if not all(isinstance(name, str) for name in names) or not all(type(number) is int for number in numbers):
        return False
    climbs = all(low < high for low, high in pairwise(rollout.steps))
    return (
        0 < len(rollout.steps) <= MOST
        and climbs
        and rollout.steps[0] > 0
        and rollout.steps[-1] <= traffic.WHOLE
        and 0 <= rollout.index < len(rollout.steps)
        and 0 <= rollout.bad < rollout.failures
        and (rollout.bad > 0) is (rollout.measured is not None)
        and all(weight > 0 for _, weight in rollout.rest)
        and (bool(rollout.rest) or rollout.steps == (traffic.WHOLE,))
        and sum(target.percent for target in rollout.base) == traffic.WHOLE
        and all(bool(target.revision) is not target.latest for target in rollout.base)
        and (rollout.weekdays is None or 0 <= rollout.weekdays.first < rollout.weekdays.last)
    )


def _target(target: TrafficTarget) -> dict[str, Any]:
    entry: dict[str, Any] = {"percent": target.percent}
    if target.latest:
        entry["latestRevision"] = True
    else:
        entry["revisionName"] = target.revision
    if target.tag:
        entry["tag"] = target.tag
    return entry


def _pause(held: Pause) -> dict[str, Any]:
    why = {"why": held.why} if held.why else {}
    return {"by": held.by, "at": _instant(held.at), **why}


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None


def _read_instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
