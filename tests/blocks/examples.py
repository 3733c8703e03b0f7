"""A Service with a history, as a real cluster shows it, and the changes that people ask of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core import making
from bot.core.change import Change, Person, State, Votes
from bot.core.language.parse import parse
from bot.core.model import Condition, Revision, Service, ServiceKey, Snapshot, TrafficTarget, Truth
from bot.core.plan import Plan, Request

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
KEY = ServiceKey("kind", "shop", "hello")
ASKER = Person("T1", "U1DEV")
APPROVER = Person("T1", "U2OPS")
DIGEST = "ghcr.io/acme/hello@sha256:" + "0123456789abcdef" * 4


def template(image: str = "ghcr.io/acme/hello:v3") -> str:
    return json.dumps({"spec": {"containers": [{"image": image, "env": [{"name": "TARGET", "value": "Rev1"}]}]}})


def revision(number: int, ready: Truth = Truth.TRUE, reason: str = "", message: str = "") -> Revision:
    return Revision(
        name=f"hello-{number:05}",
        service="hello",
        number=number,
        created=NOW - timedelta(days=10 - number),
        image=f"ghcr.io/acme/hello:v{number}",
        spec="{}",
        digest=DIGEST,
        conditions=(
            Condition("Active", Truth.FALSE, "NoTraffic", "The target is not receiving traffic.", informational=True),
            Condition("ContainerHealthy", Truth.TRUE),
            Condition("Ready", ready, reason, message),
            Condition("ResourcesAvailable", ready, reason, message),
        ),
        replicas=1,
        desired_replicas=1,
    )


def service(*traffic: TrafficTarget, **fields: Any) -> Service:
    """Return a Ready Service whose traffic is as wished: hello-00004 carries what follows latest."""
    wished = traffic or (TrafficTarget(100, latest=True),)
    routed = tuple(replace(target, revision=target.revision or "hello-00004") for target in wished)
    conditions = tuple(Condition(kind, Truth.TRUE) for kind in ("ConfigurationsReady", "Ready", "RoutesReady"))
    plain = Service(
        key=KEY,
        uid="uid-1",
        generation=7,
        resource_version="700",
        created=NOW - timedelta(days=10),
        template=template("ghcr.io/acme/hello:v4"),
        traffic=wished,
        observed_generation=7,
        conditions=conditions,
        routed=routed,
        latest_created="hello-00004",
        latest_ready="hello-00004",
        url="http://hello.shop.example.com",
        annotations={"serving.knative.dev/lastModifier": "system:serviceaccount:knobot:knobot"},
    )
    return replace(plain, **fields)


def snapshot(found: Service | None = None, *revisions: Revision) -> Snapshot:
    return Snapshot(KEY, found or service(), revisions or tuple(revision(number) for number in (4, 3, 2)))


def plan(text: str, on: Snapshot | None = None) -> Plan:
    """Return the plan of a command as typed."""
    command = parse(text)
    request = Request(ASKER.team, ASKER.user, "C1", text)
    return making.make(command, on or snapshot(), request)  # type: ignore[arg-type] # the examples are all changes


def change(planned: Plan, state: State = State.PENDING, **fields: Any) -> Change:
    """Return the change of a plan, needing one approval of the group approvers within four hours."""
    plain = Change("c0ffee", planned, state, Votes(1, "approvers"), NOW, NOW + timedelta(hours=4), version=3)
    return replace(plain, **fields)
