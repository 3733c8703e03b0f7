"""Shipwright's objects on the wire, as its documentation of v1beta1 shows them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.core import building
from bot.core.errors import NotFound
from bot.core.model import Object, ObjectKind, ServiceKey, Stored, Truth
from bot.core.plan import Request
from bot.knative import objects, resources
from bot.knative.objects import decode
from tests.knative.wire import Said

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.knative.connection import Connection
    from tests.knative.conftest import Answer
    from tests.knative.wire import Wire

KEY = ServiceKey("kind", "shop", "hello")
PLAN = building.plan("hello-build", KEY, "c0ffee0011", Request("T1", "U1", "C1", "deploy hello --build hello-build"))


def run(status: dict[str, Any]) -> Stored:
    document = {
        "apiVersion": "shipwright.io/v1beta1",
        "kind": "BuildRun",
        "metadata": {
            "name": "hello-build-c0ffee00",
            "namespace": "shop",
            "uid": "1",
            "generation": 1,
            "resourceVersion": "2",
            "creationTimestamp": "2026-03-01T12:00:00Z",
        },
        "spec": {"build": {"name": "hello-build"}},
        "status": status,
    }
    return decode(ObjectKind.BUILD_RUN, json.dumps(document).encode())


def condition(status: str, reason: str) -> dict[str, str]:
    return {"type": "Succeeded", "status": status, "reason": reason, "message": "…"}


SPEC = {"output": {"image": "ghcr.io:5000/acme/hello:main"}}
DIGEST = "sha256:07626e3c7fdd28d5328a8d6df8d29cd3da760c7f5e2070b534f9b880ed093a53"


def test_a_run_of_a_build_is_created_by_its_name() -> None:
    body = objects.body(PLAN)
    assert (body["apiVersion"], body["kind"]) == ("shipwright.io/v1beta1", "BuildRun")
    assert body["spec"] == {"build": {"name": "hello-build"}}
    assert body["metadata"]["name"] == "hello-build-c0ffee00"
    assert PLAN.about is not None
    path = "/apis/shipwright.io/v1beta1/namespaces/shop/buildruns/hello-build-c0ffee00"
    assert objects.path(PLAN.about) == path
    assert resources.SHIPWRIGHT in path


def test_a_run_is_true_when_it_has_succeeded_and_names_its_image_by_the_digest() -> None:
    assert run({}).ready is Truth.UNKNOWN
    assert run({"conditions": [condition("Unknown", "Running")], "buildSpec": SPEC}).ready is Truth.UNKNOWN
    done = run({"conditions": [condition("True", "Succeeded")], "buildSpec": SPEC, "output": {"digest": DIGEST}})
    assert done.ready is Truth.TRUE
    assert done.made == f"ghcr.io:5000/acme/hello@{DIGEST}"


def test_a_strategy_that_tells_no_digest_leaves_the_name() -> None:
    done = run({"conditions": [condition("True", "Succeeded")], "buildSpec": SPEC, "output": {"size": 5}})
    assert done.made == "ghcr.io:5000/acme/hello:main"
    assert run({"conditions": [condition("True", "Succeeded")]}).made is None


def test_a_run_that_failed_says_why() -> None:
    failed = run({"conditions": [condition("False", "BuildRunTimeout")]})
    assert failed.ready is Truth.FALSE
    found = failed.condition("Ready")
    assert found is not None
    assert found.reason == "BuildRunTimeout"


def test_a_long_name_of_a_build_still_makes_a_label() -> None:
    plan = building.plan("b" * 200, KEY, "c0ffee0011", PLAN.request)
    assert plan.about == Object(ObjectKind.BUILD_RUN, f"{'b' * 50}-c0ffee00", "shop")


@pytest.mark.parametrize("details", [{}, {"name": "hello-build", "group": "shipwright.io", "kind": "builds"}])
def test_a_cluster_without_shipwright_is_told_from_one_without_the_build(
    serve: Callable[[Answer], Wire], dial: Callable[[str], Connection], details: dict[str, str]
) -> None:
    status = {"kind": "Status", "status": "Failure", "reason": "NotFound", "code": 404, "details": details}
    wire = serve(lambda _: Said(404, json.dumps(status).encode()))
    about = building.source("hello-build", "shop")
    if details:
        assert objects.read(dial(wire.url), about) is None
        return
    with pytest.raises(NotFound, match="does not have Shipwright") as caught:
        objects.read(dial(wire.url), about)
    assert "shipwright.io" in caught.value.hint
