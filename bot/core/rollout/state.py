"""One rollout in steps: what was agreed on, how far it is, and what every step makes of the traffic.

All percents follow from the agreement: the Revision that goes up has that of its step, and the rest is shared by those
who carry it, in proportion. Nothing is remembered that could be worked out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from bot.core import duration, references, traffic
from bot.core.checks import Check
from bot.core.model import TrafficTarget
from bot.core.rollout.weekdays import Weekdays

KNOBOT = "knobot"
"""Who holds a rollout that can be judged no more, until a person decides."""


class Outcome(Enum):
    """How it ended. STOPPED: somebody else changed the traffic."""

    RUNNING = "running"
    FINISHED = "finished"
    ABORTED = "aborted"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Pause:
    """Who holds a rollout, as slack:TEAM/USER or KNOBOT, since when, and why, where that is not a person's wish."""

    by: str
    at: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class Rollout:
    """A rollout of `revision` by `steps`, in percent.

    Agreed on: `rest` are those who carry the rest (place → weight), `base` the targets to return to; `follow` has it
    follow latest at its end. `every` None waits for a person before each step, `gates` are percents that do; `weekdays`
    is when steps may be taken. `checks` are judged once there were `least` requests, and `failures` bad measurements
    in a row give the traffic back. `by` is who asked for it, as slack:TEAM/USER.

    How far it is: `index` of the present step, in force since `since`, and who holds it; so many measurements in a row
    were `bad`, the last of them at `measured`. `plan` is the id of the plan
    that was approved, "" until it is begun; with it a row in the store and the state on the Service are told to be of
    the same rollout. `outcome` and `reason` are never on the Service: what has ended is taken off.
    """

    revision: str
    steps: tuple[int, ...]
    rest: tuple[tuple[str, int], ...]
    base: tuple[TrafficTarget, ...]
    by: str
    follow: bool = False
    every: timedelta | None = None
    weekdays: Weekdays | None = None
    gates: tuple[int, ...] = ()
    checks: tuple[Check, ...] = ()
    least: int = 0
    failures: int = 1
    plan: str = ""
    index: int = 0
    started: datetime | None = None
    since: datetime | None = None
    paused: Pause | None = None
    bad: int = 0
    measured: datetime | None = None
    outcome: Outcome = Outcome.RUNNING
    reason: str = ""

    @property
    def percent(self) -> int:
        """What the Revision that goes up has in the present step."""
        return self.steps[self.index]

    @property
    def last(self) -> bool:
        return self.index == len(self.steps) - 1

    @property
    def bakes(self) -> bool:
        """Whether its last step is watched too before it has ended: for as long as each, or until a person says so."""
        return self.every is not None or bool(self.checks)

    @property
    def running(self) -> bool:
        return self.outcome is Outcome.RUNNING

    @property
    def shares(self) -> dict[str, int]:
        """Place → percent of the present step."""
        rest = traffic.WHOLE - self.percent
        others = traffic.spread(rest, dict(self.rest)) if rest else {}
        return {self.revision: self.percent, **{where: percent for where, percent in others.items() if percent}}

    @property
    def due(self) -> datetime | None:
        """When the next step may be taken without a person; None where one has to say so."""
        if self.every is None or self.since is None or self.paused or self.percent in self.gates:
            return None
        due = self.since + self.every
        return self.weekdays.opens(due) if self.weekdays else due

    def told(self, now: datetime) -> str:
        """Return where it is in a few words: step 2 of 4, 25% hello-00004, next in 7m."""
        place = f"step {self.index + 1} of {len(self.steps)}, {self.percent}% {self.revision}"
        following = "done" if self.last else "next"
        if self.paused:
            return f"{place}, paused"
        if self.due is None:
            return f"{place}, waits to be promoted"
        left = duration.words(self.due - now)
        return f"{place}, {following} in {left}" if self.due > now else f"{place}, {following} is due"

    def targets(self, present: tuple[TrafficTarget, ...], leads: str | None = None) -> tuple[TrafficTarget, ...]:
        """Return the targets of the present step, which keep the tags that there are.

        Args:
            present: spec.traffic as it is.
            leads: at the end, the Revision that @latest leads to: where it is the one that went up, the end may follow
                latest. Until then its name is held.
        """
        wanted = self.shares
        if self.last and self.follow and leads == self.revision and references.FOLLOW not in wanted:
            wanted = {(references.FOLLOW if where == self.revision else where): each for where, each in wanted.items()}
        return traffic.assign(present, wanted)

    def back(self, present: tuple[TrafficTarget, ...]) -> tuple[TrafficTarget, ...]:
        """Return the targets to return to: the very ones of before, with the tags of now if those were moved since."""
        if traffic.tags(present) == traffic.tags(self.base):
            return self.base
        return traffic.assign(present, traffic.percents(self.base))

    def begun(self, plan: str, now: datetime) -> Rollout:
        """Return it as it is when its first step is written; `plan` is the id of the plan that was agreed on."""
        return replace(self, plan=plan, started=now, since=now)

    def at(self, index: int, now: datetime) -> Rollout:
        """Return it at another step, which nobody holds and nothing is known of yet."""
        return replace(self, index=index, since=now, paused=None, bad=0, measured=None)

    def counted(self, bad: int, now: datetime) -> Rollout:
        """Return it after a measurement, which is the `bad`th bad one in a row, or good after bad ones: 0."""
        return replace(self, bad=bad, measured=now if bad else None)

    def ended(self, outcome: Outcome, reason: str = "") -> Rollout:
        return replace(self, outcome=outcome, reason=reason, paused=None)
