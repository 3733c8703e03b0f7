"""Events of a Service are told by names alone, so each name that Knative and Kubernetes give is tried."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from bot.core.model import ServiceKey
from bot.knative.events import Reference, belonging, events
from tests.knative.recorded import response
from tests.knative.wire import Said

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.knative.connection import Connection
    from tests.knative.conftest import Answer
    from tests.knative.wire import Wire

CRASHER = ServiceKey("wire", "shop", "crasher")
LONG = "a-name-that-is-as-long-as-a-name-of-a-revision-may-be-00001"


def recorded(more: str = "") -> Said:
    """The recorded page of events; `more` is the token for the next one."""
    listed: dict[str, Any] = json.loads(response(113))
    listed["metadata"]["continue"] = more
    return Said(200, json.dumps(listed).encode())


def test_the_recorded_events_of_a_service_are_its_own_and_newest_first(
    serve: Callable[[Answer], Wire], dial: Callable[[str], Connection]
) -> None:
    wire = serve(lambda _: recorded())
    found = events(dial(wire.url), CRASHER, ["crasher-00001"])

    assert len(found) == 9
    assert {event.kind for event in found} == {"ReplicaSet", "Deployment", "Service", "Configuration", "Route"}
    assert [event.last for event in found] == sorted((event.last for event in found), reverse=True)
    (warning,) = (event for event in found if event.warning)
    assert (warning.reason, warning.count) == ("LatestCreatedFailed", 9)
    assert warning.first == datetime(2026, 11, 23, 21, 36, 19, tzinfo=UTC)
    assert warning.last == datetime(2026, 11, 23, 21, 37, 49, tzinfo=UTC)


def test_all_pages_are_read(serve: Callable[[Answer], Wire], dial: Callable[[str], Connection]) -> None:
    wire = serve(lambda asked: recorded("" if "continue" in asked.query else "more"))
    assert len(events(dial(wire.url), CRASHER, [])) == 18
    assert [asked.query.get("continue") for asked in wire.asked] == [None, "more"]


def test_an_event_of_the_newer_api_counts_in_its_series(
    serve: Callable[[Answer], Wire], dial: Callable[[str], Connection]
) -> None:
    event = {
        "metadata": {"name": "hello.1", "creationTimestamp": "2026-11-23T21:00:00Z"},
        "involvedObject": {"kind": "Service", "name": "hello"},
        "type": "Warning",
        "count": None,
        "firstTimestamp": None,
        "lastTimestamp": None,
        "eventTime": "2026-11-23T21:00:00.123456Z",
        "series": {"count": 4, "lastObservedTime": "2026-11-23T21:10:00.000000Z"},
    }
    wire = serve(lambda _: Said(200, json.dumps({"metadata": {}, "items": [event]}).encode()))
    (found,) = events(dial(wire.url), ServiceKey("wire", "shop", "hello"), [])
    assert (found.count, found.first.minute, found.last.minute) == (4, 0, 10)


@pytest.mark.parametrize(
    ("kind", "name", "belongs"),
    [
        ("Service", "hello", True),
        ("Route", "hello", True),
        ("Route", "hello-world", False),
        ("Service", "hello-00001", False),
        ("Revision", "hello-00001", True),
        ("Deployment", "hello-00001-deployment", True),
        ("Pod", "hello-00001-deployment-66f89fbfc-sq2f2", True),
        ("ServerlessService", "hello-00001", True),
        ("Revision", "hello-world-00001", False),
        ("Pod", "hello-world-00001-deployment-66f89fbfc-sq2f2", False),
        ("Revision", "hello-blue", True),
        ("Pod", "hello-blue-deployment-66f89fbfc-sq2f2", True),
        ("Revision", "hello-00017", True),
        ("Pod", "hello-00017-deployment-66f89fbfc-sq2f2", True),
        ("Pod", "nightly-hello-00001-deployment-abc", False),
    ],
)
def test_what_belongs_to_a_service_is_told_by_its_name(kind: str, name: str, *, belongs: bool) -> None:
    assert belonging("hello", ["hello-00001", "hello-blue"])(Reference(kind=kind, name=name)) is belongs


def test_names_that_are_too_long_are_shortened_by_a_hash_as_knative_does() -> None:
    belongs = belonging("other", [LONG])
    deployment = "a-name-that-is-as-lo969ac1c7645e6e23a57defb2d91533e4-deployment"
    assert belongs(Reference(kind="Deployment", name=deployment))
    assert belongs(Reference(kind="Pod", name=f"{deployment[:58]}abcde"))
    assert not belongs(Reference(kind="Deployment", name=f"a-name-that-is-as-lo{32 * '0'}-deployment"))
