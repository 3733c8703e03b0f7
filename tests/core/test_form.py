"""The form of a deploy makes the line that one would have typed for what was changed in it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import form
from bot.core.commands import Deploy
from bot.core.language.parse import parse, redact
from bot.core.template import AUTOSCALING, HIDDEN, edit
from tests.core.builders import environment, service

IMAGE = "ghcr.io/acme/hello:v1"


def running(*env: dict[str, Any], **spec: Any) -> dict[str, str]:
    """What the form shows of a Service."""
    return form.filled(
        service(template=json.dumps({"spec": {"containers": [{"image": IMAGE, "env": [*env]}], **spec}}))
    )


def deployed(line: str) -> str:
    """The template that a line makes."""
    command = parse(line)
    assert isinstance(command, Deploy)
    return edit(None, command.edit)


def variable(name: str, value: str) -> dict[str, str]:
    return {"name": name, "value": value}


def test_the_form_shows_what_runs() -> None:
    words = "--env TARGET=blue --min-scale 1 --max-scale 3 --concurrency 5 --port 8080 --cpu 500m --memory 256Mi"
    document = deployed(f"deploy hello {IMAGE} {words}")

    assert form.filled(service(template=document)) == {
        "image": IMAGE,
        "env": "TARGET=blue",
        "min-scale": "1",
        "max-scale": "3",
        "concurrency": "5",
        "port": "8080",
        "cpu": "500m",
        "memory": "256Mi",
    }


def test_no_secret_is_in_the_form_and_what_comes_from_elsewhere_is_named() -> None:
    source = {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}
    lines = variable("API_TOKEN", "hunter2"), source, variable("MANY", "a\nb"), variable("TARGET", "blue")
    document = json.dumps({"spec": {"containers": [{"image": IMAGE, "env": [*lines]}]}})

    assert form.filled(service(template=document))["env"] == f"API_TOKEN={HIDDEN}\nTARGET=blue"
    assert form.kept(service(template=document)) == ("PASSWORD (secret db/password)", "MANY (a\nb)")


def test_only_what_was_changed_is_in_the_line() -> None:
    before = running(variable("TARGET", "blue"), variable("API_TOKEN", "hunter2"), variable("OLD", "x"))
    after = {**before, "env": f"TARGET=red green\nAPI_TOKEN={HIDDEN}\nNEW=1", "port": "9090", "traffic": "10"}

    assert form.line("shop/hello", before, after) == (
        'deploy shop/hello --env "TARGET=red green" --env NEW=1 --env OLD- --port 9090 --traffic 10'
    )
    assert form.mistakes("shop/hello", before, after) == {}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"min-scale": ""}, f"--annotation {AUTOSCALING}min-scale-"),
        ({"concurrency": ""}, "--concurrency 0"),
        ({"image": " ghcr.io/acme/hello:v2 "}, "--image ghcr.io/acme/hello:v2"),
        ({"tag": "candidate", "image": "b"}, "--image b --tag candidate"),
    ],
    ids=str,
)
def test_a_field_that_is_emptied_or_filled_has_its_words(fields: dict[str, str], words: str) -> None:
    before = {"image": IMAGE, "min-scale": "1", "concurrency": "5"}
    assert form.line("hello", before, {**before, **fields}) == f"deploy hello {words}"
    assert not form.mistakes("hello", before, {**before, **fields})


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, "image"),
        ({"image": ""}, "image"),
        ({"image": "::::"}, "image"),
        ({"port": "99999"}, "port"),
        ({"port": ""}, "port"),
        ({"cpu": "lots"}, "cpu"),
        ({"memory": ""}, "memory"),
        ({"min-scale": "few"}, "min-scale"),
        ({"min-scale": "5", "max-scale": "2"}, "max-scale"),
        ({"tag": "No Tag"}, "tag"),
        ({"env": "nonsense"}, "env"),
        ({"env": f"API_TOKEN={HIDDEN}x"}, "env"),
        ({"env": 'A="'}, ""),
    ],
    ids=str,
)
def test_each_mistake_is_told_at_its_field(fields: dict[str, str], wrong: str) -> None:
    before = {"image": IMAGE, "port": "8080", "memory": "256Mi", "env": f"API_TOKEN={HIDDEN}"}
    assert set(form.mistakes("hello", before, {**before, **fields})) == ({wrong} if wrong else set())


def test_several_mistakes_are_told_at_once() -> None:
    assert set(form.mistakes("hello", {}, {"image": "::", "port": "x", "env": "?=1"})) == {"image", "port", "env"}


NAMES = st.from_regex(r"[A-Z][A-Z_]{0,8}", fullmatch=True)
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="`<>&"), max_size=30)


@given(st.dictionaries(NAMES, VALUES, min_size=1, max_size=5))
def test_what_is_typed_into_the_form_is_what_is_deployed(variables: dict[str, str]) -> None:
    lines = "\n".join(f"{name}={value}" for name, value in variables.items())
    document = deployed(form.line("hello", {}, {"image": IMAGE, "env": lines}))

    assert environment(document) == {name: value.rstrip() for name, value in variables.items()}


@given(NAMES, VALUES)
def test_a_secret_that_is_typed_into_the_form_is_hidden_where_the_line_is_shown(name: str, value: str) -> None:
    secret = f"do-not-tell{value}do-not-tell"
    assert "do-not-tell" not in redact(form.line("hello", {}, {"env": f"{name}_TOKEN={secret}"}))
