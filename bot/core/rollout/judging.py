"""Whether the Revision that goes up is good: by its own state, its pods, and the figures that were agreed on.

Only good is good: as long as it cannot be told, nothing goes on. A bad figure is one measurement, which may be chance;
what is broken does not pass by waiting.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

from bot.core import duration
from bot.core.arrival import unroutable
from bot.core.checks import Check
from bot.core.counting import counted
from bot.core.model import Pod, Truth
from bot.core.progress import Mark, Step
from bot.core.reasons import HOPELESS, explain

if TYPE_CHECKING:
    from datetime import datetime

    from bot.core.model import Snapshot
    from bot.core.rollout.state import Rollout

SHORTEST = timedelta(minutes=1)
"""Prometheus looks at a pod every 15 to 60 s: of less than that it has no rate."""
FARTHEST = timedelta(hours=1)


class Judgement(Enum):
    """What can be said. OPEN: it takes time, or requests. BLIND: there are no figures, and waiting brings none."""

    GOOD = "good"
    BAD = "bad"
    BROKEN = "broken"
    OPEN = "open"
    BLIND = "blind"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judgement and why, in words; `forgivable` tells that a person may go on in spite of it."""

    judgement: Judgement
    why: str = ""
    forgivable: bool = True


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was looked at beside the Service and its Revisions.

    `requests` is how many the Revision has answered, `figures` what each check is about, both over `window`; None is a
    figure that is not there. `trouble` says why figures could not be had, `barrier` what keeps the next step from being
    taken although it could be: a right that was lost, a lock, a freeze.
    """

    pods: tuple[Pod, ...] = ()
    requests: float | None = None
    figures: tuple[tuple[Check, float | None], ...] = ()
    window: timedelta = SHORTEST
    trouble: str = ""
    barrier: str = ""


def window(rollout: Rollout, now: datetime) -> timedelta:
    """Return how far back figures shall look: to the beginning of the step, as far as that makes sense."""
    since = now - rollout.since if rollout.since else SHORTEST
    return min(FARTHEST, max(SHORTEST, since))


def judge(rollout: Rollout, snapshot: Snapshot, evidence: Evidence) -> Verdict:
    """Return what can be said about the Revision that goes up."""
    broken = _broken(rollout, snapshot, evidence)
    if broken:
        return Verdict(Judgement.BROKEN, broken, forgivable=False)
    revision = snapshot.revision(rollout.revision)
    if revision is None or revision.ready is not Truth.TRUE:
        return Verdict(Judgement.OPEN, f"{rollout.revision} is not Ready", forgivable=False)
    return _by_figures(rollout, evidence)


def _broken(rollout: Rollout, snapshot: Snapshot, evidence: Evidence) -> str:
    """Return what does not pass by waiting, or ""."""
    revision = snapshot.revision(rollout.revision)
    if revision is None or revision.deleting:
        return f"{rollout.revision} no longer exists"
    if revision.ready is Truth.FALSE:
        return f"{revision.name} is no longer Ready: {explain(revision.condition('Ready'))}"
    for pod in evidence.pods:
        if pod.revision == revision.name and pod.reason in HOPELESS:
            return f"pod {pod.name} does not run: {pod.reason}{f': {pod.message}' if pod.message else ''}"
    return unroutable(snapshot.service) if snapshot.service else ""


def _by_figures(rollout: Rollout, evidence: Evidence) -> Verdict:
    if not rollout.checks:
        return Verdict(Judgement.GOOD)
    if evidence.trouble:
        return Verdict(Judgement.BLIND, evidence.trouble)
    requests, span = round(evidence.requests or 0), duration.words(evidence.window)
    asked = f"{counted(requests, 'request')} in {span}"
    if evidence.requests is None and rollout.least:
        return Verdict(
            Judgement.BLIND,
            f"no requests are known of {rollout.revision} in {span}, and {rollout.least} are needed to judge",
        )
    if requests < rollout.least:
        return Verdict(Judgement.OPEN, f"{asked}, and {rollout.least} are needed to judge")
    missing = next((check.name for check, figure in evidence.figures if figure is None), None)
    for check, figure in evidence.figures:
        if figure is not None and not check.holds(figure):
            return Verdict(Judgement.BAD, f"{check.told(figure)}, wanted {check.wanted} ({asked})")
    return Verdict(Judgement.BLIND, f"there is no figure for {missing}") if missing else Verdict(Judgement.GOOD)


def lines(rollout: Rollout, evidence: Evidence) -> tuple[Step, ...]:
    """Return a line for each check, with its figure where there is one."""
    if not rollout.checks:
        return ()
    figures = dict(evidence.figures)
    enough = not evidence.trouble and round(evidence.requests or 0) >= rollout.least
    found = []
    for check in rollout.checks:
        figure = figures.get(check)
        if figure is None or not enough:
            found.append(Step(Mark.WAITING, f"{check.name}: wanted {check.wanted}"))
        else:
            mark = Mark.DONE if check.holds(figure) else Mark.FAILED
            found.append(Step(mark, f"{check.told(figure)}, wanted {check.wanted}"))
    return tuple(found)
