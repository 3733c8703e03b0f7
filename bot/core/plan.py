"""A change before it is a change: what one Service is, what it shall be, and the base this was thought out on.

`making` is the way from a command to a Plan. A Plan is applied as one conditional write or not at all; its `id` is
the hash of everything in it, so that an approval, an audit row and an annotation on the object all mean the same thing.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field, replace

from bot.core import template
from bot.core.attributes import Attribute
from bot.core.model import Object, ObjectKind, Service, ServiceKey, Stored, TrafficTarget
from bot.core.rollout import annotation
from bot.core.rollout.state import Outcome, Rollout
from bot.core.template import Change

PLAN = "knobot.dev/plan"
"""Annotation on the Service: the id of the plan whose write this is. A write whose answer was lost is known by it."""
ACTOR = "knobot.dev/changed-by"
"""Annotation on the Service: who asked for that plan, as slack:TEAM/USER."""

UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Request:
    """Who asked for what, and where.

    `text` is the command as typed, with secret values hidden; `thread` the ts of the thread that it was typed in.
    """

    team: str
    user: str
    channel: str
    text: str
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class Base:
    """The state a plan was made from. `latest_created` tells a Revision of the plan's own from those before it.

    `plan` is the id of the plan that Knobot had written last.
    """

    uid: str
    generation: int
    resource_version: str
    latest_created: str | None = None
    plan: str | None = None

    @classmethod
    def of(cls, found: Service | Stored) -> Base:
        """Return the state that an object has as it was read."""
        created = found.latest_created if isinstance(found, Service) else None
        return cls(found.uid, found.generation, found.resource_version, created, found.annotations.get(PLAN))


@dataclass(frozen=True, slots=True)
class State:
    """What a plan decides about: the wished traffic and spec.template (JSON text) of a Service.

    `names` are its tags without an address, as (name, Revision) in their order. `attributes` are those of the Service's
    labels and annotations that differ before and after, in the same order in both.
    `document` is what it decides about another object instead, as JSON text; see `model.Stored`.
    """

    traffic: tuple[TrafficTarget, ...] = ()
    template: str = ""
    document: str = ""
    names: tuple[tuple[str, str], ...] = ()
    attributes: tuple[Attribute, ...] = ()


GONE = State()
"""What is of an object that is not there."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One change of one object: of the Service `key`, or of the object `about` that has to do with it.

    `verb` is the command's; `before` and `base` are None when the object is to be created, `after` is GONE when it is
    to be deleted. `leads` maps @latest to the Revision it led to when the plan was made. `changes` and `notes` are what
    a person reads beside the traffic, `loses` what is lost for good: where there is anything, the person who asks has
    to confirm it. `warms` are the Revisions to wake before it is written; see `warming`. `also` are further words that
    the rules have to allow; see `policy.Intent`. `override` is why no freeze shall hold it. `rollout` is the
    rollout in steps that it is a step of, as it is once the plan is written.
    """

    verb: str
    key: ServiceKey
    request: Request
    base: Base | None
    before: State | None
    after: State
    annotations: tuple[tuple[str, str | None], ...] = ()
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    leads: str | None = None
    digest: str | None = None
    preview: str | None = None
    undoes: str | None = None
    about: Object | None = None
    loses: tuple[str, ...] = ()
    warms: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    override: str = ""
    rollout: Rollout | None = None
    id: str = field(default="")

    @property
    def subject(self) -> str:
        """What it is about, as people call it."""
        return f"{self.about.kind.value} {self.about.name}" if self.about else str(self.key)

    @property
    def deletes(self) -> bool:
        return self.after == GONE

    @property
    def new_revision(self) -> bool:
        """Whether Knative will make a Revision for it."""
        if self.about or self.deletes:
            return False
        return self.before is None or self.before.template != self.after.template

    @property
    def moves_traffic(self) -> bool:
        if self.about:
            return False
        return self.before is None or set(self.before.traffic) != set(self.after.traffic)


def signature(request: Request) -> str:
    """Return who asks, as it is noted on objects."""
    return f"slack:{request.team}/{request.user}"


def returned(plan: Plan) -> bool:
    """Whether a plan gave the traffic of a rollout in steps back."""
    return plan.rollout is not None and plan.rollout.outcome in (Outcome.ABORTED, Outcome.FAILED)


def undoable(plan: Plan) -> bool:
    """Whether there is something to go back to: a Service that was there before, still is, and has not gone back.

    A domain can be given and taken, and a Revision's annotations written, both ways.
    """
    if plan.about is not None:
        given = plan.about.kind is ObjectKind.DOMAIN_MAPPING
        return given or (plan.about.kind is ObjectKind.REVISION and not plan.deletes)
    if plan.rollout and plan.rollout.outcome not in (Outcome.RUNNING, Outcome.FINISHED):
        return False
    return plan.before is not None and not plan.deletes


def sealed(plan: Plan) -> Plan:
    """Return `plan` with its id: the hash of everything else in it."""
    document = {name: value for name, value in asdict(plan).items() if name not in ("id", "rollout")}
    if plan.rollout:
        document["rollout"] = [annotation.write(plan.rollout), plan.rollout.outcome.value, plan.rollout.reason]
    return replace(plan, id=hashlib.sha256(template.canonical(document).encode()).hexdigest()[:32])
