from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.language.parse import redact
from bot.core.template import (
    HIDDEN,
    Change,
    TemplateEdit,
    canonical,
    differences,
    edit,
    environment,
    image,
    masked,
    merge_patch,
    secret,
)
from bot.core.template.containers import port, resource, timeout
from bot.core.template.metadata import annotation
from bot.core.template.probes import Probe, asking, none
from bot.core.template.scaling import concurrency, scaling
from bot.core.template.variables import Source, variable, variable_from
from tests.core import builders

SCALARS = st.one_of(st.booleans(), st.integers(-9, 9), st.floats(-2, 2), st.text(max_size=3))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.sampled_from("abcd"), inner, max_size=3)),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.sampled_from("abcd"), VALUES, max_size=4)


def merged(document: Any, patch: Any) -> Any:
    """RFC 7386, section 2, as it stands there."""
    if not isinstance(patch, dict):
        return patch
    found = dict(document) if isinstance(document, dict) else {}
    for key, value in patch.items():
        if value is None:
            found.pop(key, None)
        else:
            found[key] = merged(found.get(key), value)
    return found


@given(OBJECTS, OBJECTS)
def test_applying_the_patch_to_what_was_gives_what_shall_be(before: Any, after: Any) -> None:
    assert canonical(merged(before, merge_patch(before, after))) == canonical(after)


@given(OBJECTS)
def test_nothing_is_patched_where_nothing_differs(document: Any) -> None:
    assert merge_patch(document, document) == {}


UNKNOWN = st.dictionaries(st.sampled_from(["volumes", "later", "x"]), VALUES, max_size=3)
SETTINGS = st.one_of(
    st.builds(variable, st.sampled_from("AB"), st.none() | st.text(max_size=3)),
    st.builds(annotation, st.sampled_from("ab"), st.none() | st.text(max_size=3)),
    st.sampled_from([*port(8080, None), *port(8080, "h2c"), concurrency(5), timeout(9), timeout(None)]),
    st.builds(resource, st.sampled_from(["requests", "limits"]), st.sampled_from(["cpu"]), st.none() | st.just("1")),
    st.sampled_from([*asking(Probe.READINESS, "exec", {"command": ["a"]}), none(Probe.LIVENESS)]),
)
WISHES = st.builds(
    TemplateEdit,
    image=st.none() | st.sampled_from(["a:1", "b:2"]),
    settings=st.lists(SETTINGS, max_size=4).map(tuple),
)


@given(UNKNOWN, UNKNOWN, UNKNOWN, WISHES, st.sampled_from([None, {}, {"labels": {"l": "v"}}]))
def test_an_edit_keeps_every_field_that_it_does_not_know(
    outer: Any, inner: Any, container: Any, wish: TemplateEdit, metadata: Any
) -> None:
    serving = {"image": "old", "resources": None, "env": [{"name": "KEPT", "value": "1"}], **container}
    document = {"metadata": metadata, "spec": {"containers": [serving], **inner}, **outer}
    after = json.loads(edit(json.dumps(document), wish))
    assert {key: after[key] for key in outer} == outer
    assert {key: after["spec"][key] for key in inner} == inner
    assert {key: after["spec"]["containers"][0][key] for key in container} == container
    assert {"name": "KEPT", "value": "1"} in after["spec"]["containers"][0]["env"]
    assert ((after.get("metadata") or {}).get("labels")) == (metadata or {}).get("labels")


@given(WISHES)
def test_editing_twice_is_editing_once(wish: TemplateEdit) -> None:
    once = edit(builders.template(), wish)
    assert edit(once, wish) == once


@pytest.mark.parametrize("empty", [{"env": []}, {"env": None}, {"env": [{"name": "A"}, {"name": "A"}]}])
def test_an_edit_of_nothing_changes_nothing(empty: dict[str, Any]) -> None:
    document = {"metadata": {"name": "hello-own"}, "spec": {"containers": [{"image": "a", **empty}]}}
    assert json.loads(edit(json.dumps(document), TemplateEdit())) == document


def test_a_name_of_ones_own_goes_when_the_template_changes() -> None:
    after = json.loads(edit(builders.template(name="hello-own", labels={"a": "b"}), TemplateEdit(image="b")))
    assert after["metadata"] == {"labels": {"a": "b"}}


def test_a_new_template_holds_what_was_named_and_no_more() -> None:
    made = json.loads(edit(None, TemplateEdit("a:1", port(80, None))))
    assert made == {"spec": {"containers": [{"image": "a:1", "ports": [{"containerPort": 80}]}]}}


def test_of_several_containers_the_one_with_ports_is_edited() -> None:
    spec = {"containers": [{"image": "side"}, {"image": "main", "ports": [{"name": "h2c", "containerPort": 1}]}]}
    after = json.loads(edit(json.dumps({"spec": spec}), TemplateEdit("new", port(80, None))))["spec"]
    assert after["containers"] == [{"image": "side"}, {"image": "new", "ports": [{"name": "h2c", "containerPort": 80}]}]
    assert image(after) == "new"


def test_variables_from_objects_replace_values_and_keep_their_place() -> None:
    passwords, modes = (Source.SECRET, "db", "password"), (Source.CONFIG_MAP, "map", "key")
    wish = TemplateEdit(settings=(variable_from("A", *passwords), variable_from("C", *modes)))
    spec = json.loads(edit(builders.template(env={"A": "1", "B": "2"}), wish))["spec"]
    assert list(environment(spec).items()) == [("A", "secret db/password"), ("B", "2"), ("C", "config map map/key")]


def test_differences_are_told_by_name_with_secrets_hidden() -> None:
    before = builders.template(env={"PASSWORD": "1", "OLD": "x", "SAME": "y"})
    wish = TemplateEdit(
        "new:2",
        (
            *(variable("PASSWORD", "2"), variable("OLD", None), variable("DB", "pg://u:p@h")),
            *(scaling("min-scale", 1), annotation("image", "z"), concurrency(5), *port(80, None)),
            *(resource("requests", "cpu", "1"), resource("limits", "cpu", "1")),
        ),
    )
    assert set(differences(before, edit(before, wish))) == {
        Change("image", "ghcr.io/acme/hello:v1", "new:2"),
        Change("env PASSWORD", HIDDEN, HIDDEN),
        Change("env OLD", "x", None),
        Change("env DB", None, HIDDEN),
        Change("min-scale", None, "1"),
        Change("annotation image", None, "z"),
        Change("port", None, "80"),
        Change("concurrency", None, "5"),
        Change("cpu request", None, "1"),
        Change("cpu limit", None, "1"),
    }
    assert differences(None, before)[0] == Change("image", None, "ghcr.io/acme/hello:v1")


@pytest.mark.parametrize("name", ["DB_PASSWORD", "apiKey", "my-token", "SSH_KEY", "DB_PASS", "SENTRY_DSN"])
def test_names_that_sound_secret_are(name: str) -> None:
    assert secret(name)


@pytest.mark.parametrize("name", ["TARGET", "KEYBOARD", "PATH", "PASSAGE"])
def test_names_that_do_not_are_not(name: str) -> None:
    assert not secret(name, "https://example.com:8080/a@b")


ISSUED = (
    "ghp_" + "a1B2" * 9,
    "github_pat_" + "a1B2_" * 9,
    "glpat-" + "a1B2" * 5,
    "xoxb-" + "1234567890-" * 2 + "abc",
    "AKIA" + "ABCD1234" * 2,
    "eyJ" + "hbGciOi" * 2 + ".eyJ" + "zdWIiOi" * 2 + ".c2ln",
    "-----BEGIN RSA PRIVATE KEY-----",
)


@pytest.mark.parametrize("value", ISSUED)
def test_an_issued_token_is_hidden_whatever_it_is_called(value: str) -> None:
    assert secret("FOO", value)
    assert masked(f"--env=FOO={value}") == f"--env={HIDDEN}"
    assert value not in redact(f"lock hello until “{value}” is replaced")


@pytest.mark.parametrize("value", ["ghp_short", "graph_" + "a" * 30, "AKIAK", "xoxb-", "eyJson.eyJson.", "BEGIN"])
def test_what_only_begins_like_one_is_shown(value: str) -> None:
    assert not secret("FOO", value)
