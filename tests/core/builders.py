"""Values of the core as tests want them: what a test does not name is as ordinary as can be."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.core import commands, making
from bot.core.change import Change, Person, State, Votes
from bot.core.commands import Address
from bot.core.language.parse import parse
from bot.core.model import Condition, Revision, Service, ServiceKey, Snapshot, TrafficTarget, Truth
from bot.core.plan import Plan, Request
from bot.core.policy import Actor
from bot.core.template import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
KEY = ServiceKey("main", "shop", "hello")
REQUEST = Request("T1", "U1", "C1", "as typed")
HELLO = Address("hello")


def target(where: str, percent: int = 0, tag: str | None = None) -> TrafficTarget:
    """A target of spec: `where` is a Revision's name or @latest."""
    if where == "@latest":
        return TrafficTarget(percent, latest=True, tag=tag)
    return TrafficTarget(percent, revision=where, tag=tag)


def name(number: int) -> str:
    return f"hello-{number:05d}"


def template(image: str = "ghcr.io/acme/hello:v1", env: Mapping[str, str] | None = None, **metadata: Any) -> str:
    container: dict[str, Any] = {"image": image}
    if env:
        container["env"] = [{"name": key, "value": value} for key, value in env.items()]
    return canonical({"metadata": metadata, "spec": {"containers": [container]}})


def revision(number: int, ready: Truth = Truth.TRUE, reason: str = "", message: str = "", **fields: Any) -> Revision:
    made = Revision(
        name=name(number),
        service="hello",
        number=number,
        created=NOW + timedelta(minutes=number),
        image=f"ghcr.io/acme/hello:v{number}",
        spec="{}",
        digest=f"sha256:{number}",
        conditions=(Condition("Ready", ready, reason, message),),
    )
    return replace(made, **fields)


def service(*traffic: TrafficTarget, leads: int | None = 2, created: int | None = None, **fields: Any) -> Service:
    """A Service whose status is what its spec wishes; @latest leads to Revision `leads`."""
    follows = name(leads) if leads else None
    newest = name(created) if created else follows
    wished = traffic or (target("@latest", 100),)
    made = Service(
        key=KEY,
        uid="uid-1",
        generation=7,
        resource_version="700",
        created=NOW,
        template=template(),
        traffic=wished,
        observed_generation=7,
        conditions=tuple(Condition(kind, Truth.TRUE) for kind in ("ConfigurationsReady", "RoutesReady", "Ready")),
        routed=tuple(replace(each, revision=each.revision or follows) for each in wished),
        latest_created=newest,
        latest_ready=follows,
    )
    return replace(made, **fields)


def snapshot(*traffic: TrafficTarget, revisions: tuple[Revision, ...] | None = None, **fields: Any) -> Snapshot:
    """A Service with Revisions 2 and 1, both Ready, unless told."""
    found = (revision(2), revision(1)) if revisions is None else revisions
    return Snapshot(KEY, service(*traffic, **fields), found)


def make(line: str, on: Snapshot, request: Request = REQUEST) -> Plan:
    """The plan of a command as typed."""
    command = parse(line)
    assert isinstance(command, commands.SpecCommand)
    return making.make(command, on, request)


def shares(plan: Plan) -> dict[str, int]:
    """Place → percent of what a plan wishes."""
    return {where.revision or "@latest": where.percent for where in plan.after.traffic if where.percent}


def tags(plan: Plan) -> dict[str, str]:
    """Tag → place of what a plan wishes."""
    return {where.tag: where.revision or "@latest" for where in plan.after.traffic if where.tag}


def applied(plan: Plan, on: Snapshot) -> Snapshot:
    """The snapshot once `plan` is written and has come true, as Knative makes it so."""
    before = on.service
    assert before is not None
    revisions = on.revisions
    if plan.new_revision:
        revisions = (revision(max(each.number for each in revisions) + 1), *revisions)
    newest = revisions[0].name
    after = replace(
        before,
        generation=before.generation + 1,
        observed_generation=before.generation + 1,
        traffic=plan.after.traffic,
        template=plan.after.template,
        routed=tuple(replace(each, revision=each.revision or newest) for each in plan.after.traffic),
        latest_created=newest,
        latest_ready=newest,
        annotations={key: value for key, value in {**before.annotations, **dict(plan.annotations)}.items() if value},
    )
    return Snapshot(on.key, after, revisions)


def written(plan: Plan, generation: int, created: datetime = NOW) -> Change:
    """The change whose plan was written as `generation`, with ten minutes to come true."""
    deadline = created + timedelta(minutes=10)
    return Change("c1", plan, State.ROLLING, Votes(), created, deadline, generation=generation)


def environment(document: str) -> dict[str, str]:
    entries = json.loads(document)["spec"]["containers"][0].get("env") or []
    return {entry["name"]: entry["value"] for entry in entries}


def guest(person: Person) -> Actor:
    return Actor(person, person.user, member=False, standing="a guest")
