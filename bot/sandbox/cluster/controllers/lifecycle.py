"""The life of a Revision as a table.

The stages it passes, what its conditions say in each, and when the next one comes.

Rows are what a real cluster showed, in its order. An image's name decides which life it leads: `missing` cannot be
pulled, `crash` exits with code 3, `slow` takes its time; every other one starts well. Times are virtual seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from bot.sandbox.cluster.controllers.conditions import FALSE, TRUE, UNKNOWN

if TYPE_CHECKING:
    from bot.sandbox.cluster.kinds import JSON

EXIT_CODE, LAST_WORDS = 3, "boom: no database"
PROGRESS_DEADLINE, GIVE_UP_SECONDS, NEVER_SCALED_SECONDS = 60.0, 30.0, 90.0
STABLE_WINDOW, RESERVE_WINDOW, GRACE_SECONDS = 60.0, 10.0, 30.0
RESERVE_SCALE_SECONDS = 2.0
HOP = 0.02  # one controller telling the next


class Behaviour(Enum):
    GOOD = auto()
    SLOW = auto()
    MISSING = auto()
    CRASH = auto()

    @classmethod
    def of(cls, image: str) -> Behaviour:
        """What an image does, told by its name."""
        words = {"missing": cls.MISSING, "crash": cls.CRASH, "slow": cls.SLOW}
        return next((behaviour for word, behaviour in words.items() if word in image), cls.GOOD)


class Stage(Enum):
    BORN = auto()
    RESOLVING = auto()
    DEPLOYING = auto()
    QUEUED = auto()
    SCALED = auto()
    STARTED = auto()
    AVAILABLE = auto()
    PROXIED = auto()
    ACTIVE = auto()
    IDLE = auto()
    COLD = auto()
    WAKING = auto()
    PULL_FAILED = auto()
    NEVER_SCALED = auto()
    CRASHED = auto()
    TIMED_OUT = auto()
    SCALED_DOWN = auto()
    GIVEN_UP = auto()


@dataclass(frozen=True, slots=True)
class Says:
    """What one condition says in a stage; `{image}` and `{replica_set}` are filled in."""

    status: str
    reason: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One stage. `running` is whether its pods run: None while nobody has counted them yet."""

    active: Says | None
    healthy: Says
    ready: Says
    available: Says
    running: bool | None = None
    wanted: bool | None = None


OK, WELL = Says(TRUE), Says(UNKNOWN)
DEPLOYING = Says(UNKNOWN, "Deploying")
RESOLVING = Says(UNKNOWN, "ResolvingDigests")
QUEUED = Says(UNKNOWN, "Queued", "Requests to the target are being buffered as resources are provisioned.")
UNPROXIED = Says(UNKNOWN, "NotReady", "K8s Service is not ready")
NO_TRAFFIC = Says(FALSE, "NoTraffic", "The target is not receiving traffic.")
EXITED = Says(FALSE, f"ExitCode{EXIT_CODE}", f"Container failed with: {LAST_WORDS}")
LATE = Says(FALSE, "ProgressDeadlineExceeded", 'ReplicaSet "{replica_set}" has timed out progressing.')
UNSCALED = Says(FALSE, "ProgressDeadlineExceeded", "Initial scale was never achieved")
UNPULLED = Says(FALSE, "ImagePullBackOff", 'Back-off pulling image "{image}"')

ROWS: dict[Stage, Row] = {
    Stage.RESOLVING: Row(active=None, healthy=WELL, ready=RESOLVING, available=RESOLVING),
    Stage.DEPLOYING: Row(active=DEPLOYING, healthy=DEPLOYING, ready=DEPLOYING, available=DEPLOYING),
    Stage.QUEUED: Row(active=QUEUED, healthy=DEPLOYING, ready=DEPLOYING, available=DEPLOYING, running=False),
    Stage.SCALED: Row(
        active=QUEUED, healthy=DEPLOYING, ready=DEPLOYING, available=DEPLOYING, running=False, wanted=True
    ),
    Stage.STARTED: Row(active=QUEUED, healthy=OK, ready=DEPLOYING, available=DEPLOYING, running=False, wanted=True),
    Stage.AVAILABLE: Row(active=UNPROXIED, healthy=OK, ready=OK, available=OK, running=True, wanted=True),
    Stage.PROXIED: Row(active=Says(UNKNOWN, "NotReady"), healthy=OK, ready=OK, available=OK, running=True, wanted=True),
    Stage.ACTIVE: Row(active=OK, healthy=OK, ready=OK, available=OK, running=True, wanted=True),
    Stage.IDLE: Row(active=NO_TRAFFIC, healthy=OK, ready=OK, available=OK, running=True, wanted=False),
    Stage.COLD: Row(active=NO_TRAFFIC, healthy=OK, ready=OK, available=OK, running=False, wanted=False),
    Stage.WAKING: Row(active=QUEUED, healthy=OK, ready=OK, available=OK, running=False, wanted=True),
    Stage.PULL_FAILED: Row(
        active=QUEUED, healthy=DEPLOYING, ready=UNPULLED, available=UNPULLED, running=False, wanted=True
    ),
    Stage.NEVER_SCALED: Row(
        active=NO_TRAFFIC, healthy=DEPLOYING, ready=UNSCALED, available=UNSCALED, running=False, wanted=False
    ),
    Stage.CRASHED: Row(active=QUEUED, healthy=EXITED, ready=EXITED, available=DEPLOYING, running=False, wanted=True),
    Stage.TIMED_OUT: Row(active=QUEUED, healthy=EXITED, ready=EXITED, available=LATE, running=False, wanted=True),
    Stage.SCALED_DOWN: Row(active=NO_TRAFFIC, healthy=EXITED, ready=LATE, available=LATE, running=False, wanted=False),
    Stage.GIVEN_UP: Row(
        active=NO_TRAFFIC, healthy=EXITED, ready=EXITED, available=DEPLOYING, running=False, wanted=False
    ),
}

START_SECONDS = {Behaviour.GOOD: 1.4, Behaviour.SLOW: 19.0, Behaviour.MISSING: 1.2, Behaviour.CRASH: 2.5}
OUTCOME = {
    Behaviour.GOOD: Stage.STARTED,
    Behaviour.SLOW: Stage.STARTED,
    Behaviour.MISSING: Stage.PULL_FAILED,
    Behaviour.CRASH: Stage.CRASHED,
}
NEXT: dict[Stage, tuple[float, Stage]] = {
    Stage.BORN: (HOP, Stage.RESOLVING),
    Stage.RESOLVING: (2 * HOP, Stage.DEPLOYING),
    Stage.DEPLOYING: (HOP, Stage.QUEUED),
    Stage.QUEUED: (HOP, Stage.SCALED),
    Stage.STARTED: (HOP, Stage.AVAILABLE),
    Stage.AVAILABLE: (HOP, Stage.PROXIED),
    Stage.PROXIED: (HOP, Stage.ACTIVE),
    Stage.PULL_FAILED: (NEVER_SCALED_SECONDS, Stage.NEVER_SCALED),
    Stage.CRASHED: (PROGRESS_DEADLINE, Stage.TIMED_OUT),
    Stage.TIMED_OUT: (GIVE_UP_SECONDS, Stage.SCALED_DOWN),
    Stage.SCALED_DOWN: (HOP, Stage.GIVEN_UP),
    Stage.IDLE: (GRACE_SECONDS, Stage.COLD),
}
PATIENT = {
    Stage.PULL_FAILED,
    Stage.CRASHED,
    Stage.TIMED_OUT,
    Stage.IDLE,
}  # what follows is nothing that anybody waits for


def next_of(stage: Stage, behaviour: Behaviour) -> tuple[float, Stage] | None:
    """After how many seconds which stage follows by itself; None for those that last until something happens."""
    match stage:
        case Stage.SCALED:
            return START_SECONDS[behaviour], OUTCOME[behaviour]
        case Stage.WAKING:
            return START_SECONDS[behaviour], Stage.ACTIVE
        case _:
            return NEXT.get(stage)


def conditions_of(stage: Stage, *, image: str, replica_set: str, first: bool) -> list[JSON]:
    """A stage's conditions, without times.

    The `first` Revision of a Configuration whose image can start was recorded without a reason for its health while
    it waits.
    """
    row = ROWS[stage]
    healthy = (
        WELL
        if first and stage in {Stage.QUEUED, Stage.SCALED} and Behaviour.of(image) is Behaviour.GOOD
        else row.healthy
    )
    said = {"Active": row.active, "ContainerHealthy": healthy, "Ready": row.ready, "ResourcesAvailable": row.available}
    result = []
    for name, says in said.items():
        if says is None:
            continue
        message = says.message.format(image=image, replica_set=replica_set)
        texts = {"message": message, "reason": says.reason, "severity": "Info" if name == "Active" else ""}
        result.append({"status": says.status, "type": name, **{field: text for field, text in texts.items() if text}})
    return result
