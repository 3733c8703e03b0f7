from __future__ import annotations

import json
from dataclasses import MISSING, FrozenInstanceError, fields
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import Unavailable
from bot.core.model import Condition, Revision, Service, ServiceKey, Snapshot, TrafficTarget, Truth
from bot.core.plan import Base, Plan, Request, State
from bot.core.template import merge_patch
from bot.knative import codec, patches
from bot.knative.moulds import mould
from tests.knative.recorded import FOLDER, events, exchange, response

KEY = ServiceKey("site", "shop", "hello")
REQUEST = Request("T1", "U1", "C1", "rollout hello latest=10")
NAMES = st.from_regex(r"[a-z]([-a-z0-9]{0,10}[a-z0-9])?", fullmatch=True)
TARGETS = st.lists(
    st.builds(
        lambda percent, revision, tag: TrafficTarget(percent, revision=revision, latest=revision is None, tag=tag),
        st.integers(0, 100),
        st.none() | NAMES,
        st.none() | NAMES,
    ),
    max_size=5,
).map(tuple)
JSON = st.recursive(
    st.booleans() | st.integers(-1000, 1000) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
TEMPLATES = st.dictionaries(st.text(max_size=5), JSON, max_size=4).map(json.dumps)


def plan(before: State | None, after: State, annotations: tuple[tuple[str, str | None], ...] = ()) -> Plan:
    base = Base("uid", 1, "7") if before else None
    return Plan("rollout", KEY, REQUEST, base, before, after, annotations=annotations, id="abc")


def merged(target: Any, patch: Any) -> Any:
    """Apply a merge patch as an API server does (RFC 7386)."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def document(spec: dict[str, Any]) -> dict[str, Any]:
    metadata = {"name": "hello", "namespace": "shop", "creationTimestamp": "2026-11-23T21:35:41Z", "generation": 3}
    return {"metadata": metadata, "spec": spec}


@given(TARGETS, TEMPLATES)
def test_what_is_created_is_read_back_as_it_was_planned(targets: tuple[TrafficTarget, ...], template: str) -> None:
    created = patches.body(plan(None, State(targets, template)))
    created["metadata"]["creationTimestamp"] = "2026-11-23T21:35:41Z"
    service = codec.SERVICES.one(json.dumps(created).encode(), "site").value
    assert service.key == KEY
    assert service.traffic == targets
    assert json.loads(service.template) == json.loads(template)
    assert [patches.encode_target(target) for target in service.traffic] == created["spec"]["traffic"]


@given(TARGETS, TARGETS, TEMPLATES, TEMPLATES)
def test_a_patch_turns_what_was_before_into_what_was_planned(
    before: tuple[TrafficTarget, ...], after: tuple[TrafficTarget, ...], old: str, new: str
) -> None:
    there = document(
        {"template": json.loads(old), "traffic": [patches.encode_target(target) for target in before], "other": 1}
    )
    patch = patches.patch(plan(State(before, old), State(after, new)), "7")
    written = merged(there, patch)
    service = codec.SERVICES.one(json.dumps(written).encode(), "site").value
    assert set(service.traffic) == set(after)
    assert json.loads(service.template) == json.loads(new)
    assert written["spec"]["other"] == 1
    assert service.resource_version == "7"


@given(TEMPLATES, TEMPLATES)
def test_a_patch_of_the_template_is_the_difference_and_no_more(old: str, new: str) -> None:
    patch = patches.patch(plan(State((), old), State((), new)), "7")
    expected = {} if old == new else {"template": merge_patch(json.loads(old), json.loads(new))}
    assert patch.get("spec", {}) == expected


def test_a_patch_says_who_and_which_plan_and_removes_what_is_none() -> None:
    state = State((TrafficTarget(100, latest=True),), "{}")
    patch = patches.patch(plan(state, state, (("a", "1"), ("b", None))), "42")
    assert patch == {
        "metadata": {
            "resourceVersion": "42",
            "annotations": {"a": "1", "b": None, "knobot.dev/plan": "abc", "knobot.dev/changed-by": "slack:T1/U1"},
        }
    }


def test_a_url_is_never_written() -> None:
    target = TrafficTarget(5, revision="hello-00001", tag="t", url="http://t-hello.shop.example.com")
    assert patches.encode_target(target) == {
        "latestRevision": False,
        "percent": 5,
        "revisionName": "hello-00001",
        "tag": "t",
    }


def test_a_recorded_service_is_read_with_wish_and_truth() -> None:
    service = codec.SERVICES.one(response(35), "site").value
    assert service.key == KEY
    assert (service.generation, service.observed_generation, service.resource_version) == (4, 4, "1040")
    assert service.created == datetime(2026, 11, 23, 21, 35, 41, tzinfo=UTC)
    assert service.ready is Truth.TRUE
    assert service.traffic == (
        TrafficTarget(100, revision="hello-00001", tag="stable"),
        TrafficTarget(0, latest=True, tag="candidate"),
    )
    assert service.routed[1] == TrafficTarget(
        0, revision="hello-00002", latest=True, tag="candidate", url="http://candidate-hello.shop.example.com"
    )
    assert json.loads(service.template) == exchange(35)["response"]["spec"]["template"]


def test_recorded_revisions_are_read_newest_first_with_their_reasons() -> None:
    page = codec.REVISIONS.page(response(74), "site")
    snapshot = Snapshot(KEY, None, codec.newest_first(owned.value for owned in page.items))
    assert [revision.number for revision in snapshot.revisions] == [4, 3, 1]
    assert {owned.owner for owned in page.items} == {KEY}
    newest = snapshot.revisions[0]
    ready, active = newest.condition("Ready"), newest.condition("Active")
    assert ready is not None
    assert (ready.status, ready.reason) == (Truth.FALSE, "ImagePullBackOff")
    assert active is not None
    assert active.informational
    assert (newest.image, newest.replicas, newest.desired_replicas) == ("registry.example.com/missing:2", 0, 1)


def test_the_digest_is_that_of_the_container_that_serves() -> None:
    revision = json.loads(response(74))["items"][0]
    revision["spec"]["containers"].insert(0, {"name": "sidecar", "image": "sidecar:1"})
    revision["spec"]["containers"][1]["ports"] = [{"containerPort": 8080}]
    revision["status"]["containerStatuses"] = [
        {"name": "sidecar", "imageDigest": "sidecar@sha256:1"},
        {"name": "user-container", "imageDigest": "hello@sha256:2"},
    ]
    assert codec.REVISIONS.one(json.dumps(revision).encode(), "site").value.digest == "hello@sha256:2"


@pytest.mark.parametrize("file", sorted(FOLDER.glob("watch-*.jsonl")), ids=lambda file: file.stem)
def test_every_recorded_event_is_read(file: Any) -> None:
    for line in file.read_bytes().splitlines():
        revisions = b'"kind": "Revision"' in line
        event = (codec.REVISIONS if revisions else codec.SERVICES).event(line, "site")
        assert event.version
        said = json.loads(line)["type"]
        assert isinstance(event, codec.Mark) == (said == "BOOKMARK")
        if isinstance(event, codec.Owned):
            assert event.owner.name
            assert event.gone == (said == "DELETED")


def test_an_error_event_says_what_the_server_said() -> None:
    line = json.dumps(exchange(115)["response"]).encode()
    with pytest.raises(Unavailable) as error:
        codec.SERVICES.event(line, "site")
    assert error.value.code == "expired"


def test_the_end_of_initial_events_is_seen() -> None:
    marks = [codec.SERVICES.event(line, "site") for line in events("services-initial-events")]
    assert [mark.whole for mark in marks if isinstance(mark, codec.Mark)] == [True, False, False]


@pytest.mark.parametrize("order", ["type first", "object first"])
def test_what_an_event_is_may_be_said_after_its_object(order: str) -> None:
    parts = {"type": "DELETED", "object": document({})}
    line = json.dumps(parts if order == "type first" else dict(reversed(parts.items()))).encode()
    event = codec.SERVICES.event(line, "site")
    assert isinstance(event, codec.Owned)
    assert event.gone


@pytest.mark.parametrize("kind", [Condition, TrafficTarget, ServiceKey, Service, Revision])
def test_a_mould_makes_what_the_constructor_makes(kind: Any) -> None:
    needed = [each for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING]
    made, plain = mould(kind)(*map(str, needed)), kind(*map(str, needed))
    assert made == plain
    assert type(made) is kind
    assert repr(made) == repr(plain)
    with pytest.raises(FrozenInstanceError):
        setattr(made, fields(kind)[0].name, "other")


def test_a_page_knows_where_the_next_one_begins() -> None:
    page = codec.REVISIONS.page(response(114), "site")
    assert (len(page.items), page.resource_version) == (2, "2023")
    assert page.more.startswith("eyJ2")


def test_kubectls_copy_of_the_object_is_left_out() -> None:
    there = document({})
    there["metadata"]["annotations"] = {codec.APPLIED: "{}", "kept": "yes"}
    assert codec.SERVICES.one(json.dumps(there).encode(), "site").value.annotations == {"kept": "yes"}


@pytest.mark.parametrize("data", [b"<html>", b"{}", b"[1]", b'{"metadata": {"name": 3}}', b"\xff\xfe"])
def test_an_answer_that_is_no_service_is_not_taken_for_one(data: bytes) -> None:
    with pytest.raises(Unavailable) as error:
        codec.SERVICES.one(data, "site")
    assert error.value.code == "lost"
