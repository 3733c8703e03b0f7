from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.core.errors import BotError, Invalid, NotFound, Refused, Stale, Unavailable
from bot.knative import faults, resources
from bot.knative.connection import connect
from tests.knative.recorded import refusals
from tests.knative.wire import Said, kubeconfig

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.knative.connection import Connection
    from tests.knative.conftest import Answer
    from tests.knative.wire import Wire

SAID = {
    "026-update-conflict-409": (Stale, "Operation cannot be fulfilled on services.serving.knative.dev"),
    "039-bad-sum-110": (Invalid, "Knative refuses this: Traffic targets sum to 110, want 100 (spec.traffic)."),
    "040-bad-duplicate-tag": (
        Invalid,
        'Knative refuses this: Multiple definitions for "a" (spec.traffic[0].tag, spec.traffic[1].tag).',
    ),
    "041-bad-tag-name": (
        Invalid,
        "Knative refuses this: invalid value: not a DNS 1035 label (spec.traffic.tag[0]).",
    ),
    "043-bad-percent-negative": (
        Invalid,
        "Knative refuses this: expected 0 <= -5 <= 100 (spec.traffic[0].percent); expected 0 <= 105",
    ),
    "060-revision-spec-immutable": (Invalid, "Knative refuses this: Immutable fields changed (-old +new): spec"),
    "077-create-duplicate-409": (Stale, 'services.serving.knative.dev "hello" already exists.'),
    "078-create-bad-name": (Invalid, 'The API server refuses this: Invalid value: "Bad_Name" (metadata.name).'),
    "084-get-missing-404": (NotFound, "There is no Service nothing on cluster prod."),
    "085-unauthorized-401": (Unavailable, "Cluster prod does not accept Knobot's credentials."),
    "087-forbidden-403-impersonated-patch": (
        Refused,
        "Kubernetes does not let slack:U123 patch services in the namespace shop.",
    ),
}


@pytest.mark.parametrize(("name", "status", "body"), refusals(), ids=[name for name, _, _ in refusals()])
def test_every_recorded_refusal_becomes_a_sentence(name: str, status: int, body: bytes) -> None:
    error = faults.answered("prod", status, body)
    kind, words = SAID.get(name, (BotError, ""))
    assert isinstance(error, kind)
    assert error.message.startswith(words)
    assert error.message.endswith(".")
    assert "webhook.serving.knative.dev" not in error.message
    assert "\n" not in error.message


@pytest.mark.parametrize(
    ("status", "message", "code", "words"),
    [
        (429, "too many requests", "busy", "Cluster prod is busy."),
        (503, "", "lost", "Cluster prod has a fault (503)."),
        (410, "too old", "expired", "too old."),
        (
            500,
            'Internal error occurred: failed calling webhook "webhook.serving.knative.dev": connection refused',
            "busy",
            "Knative's webhook on cluster prod does not answer, so nothing can be changed there.",
        ),
        (
            500,
            'Internal error occurred: failed calling webhook "mutate.policy.sh": failed to call webhook: no route',
            "busy",
            "The admission webhook mutate.policy.sh on cluster prod does not answer, so nothing can be changed there.",
        ),
        (
            403,
            'User "system:anonymous" cannot list resource "services" in API group "x.dev" at the cluster scope',
            "credentials",
            "Cluster prod does not accept Knobot's credentials.",
        ),
        (
            403,
            'User "knobot" cannot impersonate resource "users" in API group "" at the cluster scope',
            "forbidden",
            "Kubernetes does not let knobot act as somebody else.",
        ),
        (
            403,
            'admission webhook "validate.kyverno.svc-fail" denied the request: only from ghcr.io',
            "denied",
            "The admission webhook validate.kyverno.svc-fail refuses this: only from ghcr.io.",
        ),
        (
            403,
            "unable to create new content in namespace shop because it is being terminated",
            "forbidden",
            "Kubernetes refuses this: unable to create new content in namespace shop because it is being terminated.",
        ),
        (404, "404 page not found", "unknown-api", "Cluster prod does not know Knative Serving."),
    ],
    ids=[
        "429",
        "503",
        "410",
        "webhook down",
        "another webhook down",
        "nobody",
        "acting as others",
        "another webhook",
        "terminating",
        "no Knative",
    ],
)
def test_other_answers_are_told_apart(status: int, message: str, code: str, words: str) -> None:
    error = faults.answered("prod", status, json.dumps({"kind": "Status", "message": message}).encode())
    assert (error.code, error.message) == (code, words)


def test_what_is_refused_three_times_is_said_once_and_without_a_pattern() -> None:
    """A custom resource is validated three times, and each time adds its cause."""
    words = (
        "Invalid value: \"b c\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' "
        "or '.', and must start and end with an alphanumeric character"
    )
    hint = (
        " (e.g. 'MyValue',  or 'my_value', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
    )
    cause = {"reason": "FieldValueInvalid", "message": words + hint, "field": "metadata.labels"}
    body = {"kind": "Status", "message": "long", "details": {"causes": [cause, cause, cause]}}
    error = faults.answered("prod", 422, json.dumps(body).encode())
    assert error.message == f"The API server refuses this: {words} (metadata.labels)."


def test_rights_in_the_whole_cluster_take_a_cluster_role() -> None:
    said = 'User "knobot" cannot list resource "services" in API group "serving.knative.dev" {}'
    hints = []
    for where in ("at the cluster scope", 'in the namespace "shop"'):
        body = json.dumps({"kind": "Status", "message": said.format(where)}).encode()
        hints.append(faults.answered("prod", 403, body).hint.partition(" with ")[0])
    assert hints == ["A ClusterRole", "A Role"]


def test_credentials_that_were_replaced_are_read_anew_once_they_are_refused(
    serve: Callable[[Answer], Wire], tmp_path: Path
) -> None:
    """A token in a file is replaced by what rotates it, and nothing in the kubeconfig says when."""
    (token := tmp_path / "token").write_text("old")
    valid = ["old"]
    wire = serve(lambda asked: Said(200 if asked.headers["authorization"] == f"Bearer {valid[-1]}" else 401, b"{}"))
    (file := tmp_path / "kubeconfig").write_text(kubeconfig(wire.url).replace("token: secret", f"tokenFile: {token}"))
    connection = connect("prod", file, None)
    connection.read("/api")
    valid.append("new")
    token.write_text("new")
    connection.write("PATCH", "/api", {"a": 1}, {})
    assert [asked.headers["authorization"] for asked in wire.asked[1:]] == ["Bearer old", "Bearer new"]
    valid.append("newest")
    for _ in range(2):
        with pytest.raises(Unavailable) as refused:
            connection.read("/api")
        assert refused.value.code == "credentials"
    assert len(wire.asked) == 5, "what was read a moment ago is not read again"
    connection.close()


def test_a_page_of_html_is_shortened(serve: Callable[[Answer], Wire], dial: Callable[[str], Connection]) -> None:
    wire = serve(lambda _: Said(502, b"<html>" + b"x" * 10_000))
    with pytest.raises(Unavailable) as error:
        dial(wire.url).read("/api")
    assert len(error.value.message) < 600


def test_nobody_listening_is_told_from_a_lost_answer(
    serve: Callable[[Answer], Wire], dial: Callable[[str], Connection]
) -> None:
    with pytest.raises(Unavailable) as nobody:
        dial("http://127.0.0.1:9").read("/api")
    assert nobody.value.code == "unreachable"
    wire = serve(lambda _: None)
    with pytest.raises(Unavailable) as lost:
        dial(wire.url).write("PATCH", "/api", {"a": 1}, {})
    assert lost.value.code == "lost"
    assert len(wire.asked) == 1, "a write is never sent twice"


def test_credentials_and_headers_of_one_request_are_sent(
    serve: Callable[[Answer], Wire], dial: Callable[[str], Connection]
) -> None:
    wire = serve(lambda _: Said(200, b"{}"))
    connection = dial(wire.url)
    connection.write("PATCH", "/api", {"a": None}, {"Impersonate-User": "slack:U1"})
    connection.read("/api", (("limit", "5"),))
    first, second = wire.asked
    assert first.headers["Impersonate-User"] == "slack:U1"
    assert first.headers["Content-Type"] == "application/merge-patch+json"
    assert json.loads(first.body) == {"a": None}
    assert "Impersonate-User" not in second.headers
    assert second.query == {"limit": "5"}
    assert {asked.headers["authorization"] for asked in wire.asked} == {"Bearer secret"}


def test_a_kubeconfig_that_is_not_there_is_named() -> None:
    with pytest.raises(Unavailable, match="/nowhere/kubeconfig"):
        connect("prod", Path("/nowhere/kubeconfig"), None)


@pytest.mark.parametrize("name", ["", "../x", "a?b", "a%2f", "A", "a_b", "-a", "a" * 64, "a/b", "ä", "a\n"])
def test_a_name_that_no_object_can_have_becomes_no_path(name: str) -> None:
    for path in (resources.services, resources.revisions, resources.pods):
        with pytest.raises(Invalid) as error:
            path(name)
        assert error.value.code == "name"
    with pytest.raises(Invalid):
        resources.services("shop", name)
    with pytest.raises(Invalid):
        resources.log("shop", f"{name}/")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (500, "etcdserver: request is too large"),
        (
            500,
            "rpc error: code = ResourceExhausted desc = trying to send message larger than max (220 vs. 209)",
        ),
        (413, "Request entity too large: limit is 3145728"),
    ],
    ids=["etcd", "wire", "api-server"],
)
def test_what_is_too_large_is_no_fault_of_the_cluster_and_not_tried_again(code: int, said: str) -> None:
    error = faults.answered("prod", code, json.dumps({"message": said, "code": code}).encode())
    assert isinstance(error, Invalid)
    assert error.message == "This is too large for cluster prod: nothing was written."
    assert "ConfigMap" in error.hint


def test_annotations_that_are_too_long_are_one_sentence_and_a_hint() -> None:
    words = "Too long: may not be more than 262144 bytes"
    causes = [{"reason": "FieldValueTooLong", "message": words, "field": "metadata.annotations"}] * 3
    said = {"message": f'Service "x" is invalid: metadata.annotations: {words}', "details": {"causes": causes}}
    error = faults.answered("prod", 422, json.dumps(said).encode())
    assert error.message == "The Service's annotations would be too long: together they may have 256 KiB."
    assert error.hint


def test_a_bad_label_says_what_a_label_may_be() -> None:
    words = 'Invalid value: "-": a valid label must be an empty string or consist of alphanumeric characters'
    causes = [{"message": words, "field": "metadata.labels"}] * 3
    said = {"message": f'Service "x" is invalid: metadata.labels: {words}', "details": {"causes": causes}}
    error = faults.answered("prod", 422, json.dumps(said).encode())
    assert error.message.count("Invalid value") == 1
    assert "63 at most" in error.hint


def test_a_value_that_knative_cannot_read_is_named_without_its_structs() -> None:
    said = (
        'admission webhook "webhook.serving.knative.dev" denied the request: mutation failed: cannot decode incoming '
        "new object: json: cannot unmarshal string into Go struct field "
        "TrafficTarget.spec.traffic.percent of type int64"
    )
    error = faults.answered("prod", 400, json.dumps({"message": said}).encode())
    assert error.message == "Knative cannot read spec.traffic.percent: string is not a whole number."
