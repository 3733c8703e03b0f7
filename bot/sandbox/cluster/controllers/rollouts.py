"""Gradual rollouts (`serving.knative.dev/rollout-duration`).

1 % first, then equal steps until the latest Revision has it all.

Time alone decides, errors do not; only targets that follow the latest Revision take part. A Revision that arrives
while another is on its way takes its share from the newest before it.
"""

from __future__ import annotations

import math
import re
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bot.sandbox.cluster.validation import ROLLOUT_DURATION

if TYPE_CHECKING:
    from bot.sandbox.cluster.kinds import JSON

STEP_SECONDS = 1  # the shortest step that Knative makes
UNITS = {"h": 3600, "m": 60, "s": 1}

Share = tuple[str, int]  # a revision's name and its percent


@dataclass(frozen=True, slots=True)
class Rollout:
    """How one target that follows a Configuration is split among its Revisions, oldest first."""

    configuration: str
    tag: str
    percent: int
    shares: tuple[Share, ...]
    step: int = 0
    started: int = field(default_factory=time.time_ns, compare=False)

    @property
    def running(self) -> bool:
        return len(self.shares) > 1

    def towards(self, revision: str, duration: int) -> Rollout:
        """The rollout once `revision` is the latest: at once without a duration or without traffic to move."""
        if self.shares and self.shares[-1][0] == revision:
            return self
        if not duration or self.percent <= 1 or not self.shares:
            return replace(self, shares=((revision, self.percent),), step=0)
        step = math.ceil((self.percent - 1) / max(1, duration // STEP_SECONDS))
        arriving = replace(self, shares=(*self.shares, (revision, 0)), step=step, started=time.time_ns())
        return arriving.moved(1)

    def moved(self, percent: int) -> Rollout:
        """Give the latest Revision more, taken from the newest of the others first."""
        *others, (latest, share) = self.shares
        wanted = min(percent, self.percent - share)
        left = wanted
        kept: list[Share] = []
        for name, has in reversed(others):
            taken = min(has, left)
            left -= taken
            if has > taken:
                kept.insert(0, (name, has - taken))
        return replace(self, shares=(*kept, (latest, share + wanted)))


def duration_of(route: JSON) -> int:
    """The rollout duration in seconds; 0 means at once."""
    text = (route["metadata"].get("annotations") or {}).get(ROLLOUT_DURATION, "")
    return sum(int(number) * UNITS[unit] for number, unit in re.findall(r"(\d+)([hms])", text))


def annotation_of(rollouts: list[Rollout]) -> JSON:
    """The state as Knative keeps it in an annotation of the Ingress."""
    configurations: list[dict[str, Any]] = []
    for rollout in rollouts:
        entry: dict[str, Any] = {"configurationName": rollout.configuration, "percent": rollout.percent}
        if rollout.tag:
            entry["tag"] = rollout.tag
        entry["revisions"] = [{"revisionName": name, "percent": share} for name, share in rollout.shares]
        if rollout.running:
            entry["stepParams"] = {
                "starttime": rollout.started,
                "nextStepTime": time.time_ns() + STEP_SECONDS * 10**9,
                "stepDuration": STEP_SECONDS * 10**9,
                "stepSize": rollout.step,
            }
        configurations.append(entry)
    return {"configurations": configurations}
