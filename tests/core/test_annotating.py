"""A Revision's annotations are another object's: a plan of its own, bound to what it decides about."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.core import annotating
from bot.core.attributes import annotation
from bot.core.errors import NoChange, NotFound, Stale
from bot.core.model import Object, ObjectKind, Stored
from bot.core.staleness import conditional
from bot.core.template import Change, canonical
from tests.core import builders

if TYPE_CHECKING:
    from bot.core.plan import Plan

ABOUT = Object(ObjectKind.REVISION, "hello-00001", "shop")


def stored(**annotations: str) -> Stored:
    return Stored("uid-r", 1, "5", canonical(annotations), annotations=annotations)


def plan(found: Stored | None, **wished: str | None) -> Plan:
    given = tuple(annotation(name, value) for name, value in wished.items())
    return annotating.revision(builders.KEY, ABOUT, found, given, builders.REQUEST)


def test_a_revision_is_found_by_any_reference() -> None:
    assert annotating.subject("previous", builders.snapshot()) == ABOUT


def test_only_what_differs_is_planned_with_secrets_hidden() -> None:
    made = plan(stored(owner="me", same="x"), owner="you", same="x", api_token="hunter2", gone=None)
    assert json.loads(made.after.document) == {"owner": "you", "api_token": "hunter2"}
    assert made.changes == (
        Change("annotation owner", "me", "you"),
        Change("annotation api_token", None, "••••"),
    )
    assert not made.new_revision


def test_what_is_so_already_or_gone_is_said() -> None:
    with pytest.raises(NoChange, match="hello-00001 is already so"):
        plan(stored(owner="me"), owner="me", other=None)
    with pytest.raises(NotFound):
        plan(None, owner="me")


def test_an_annotation_that_somebody_else_has_changed_makes_it_stale_and_others_do_not() -> None:
    made = plan(stored(owner="me"), owner="you")
    conditional(made, stored(owner="me", other="new"))
    with pytest.raises(Stale):
        conditional(made, stored(owner="them"))


def test_what_keeps_a_revision_from_being_collected_is_told() -> None:
    name = "serving.knative.dev/no-gc"
    assert plan(stored(), **{name: "true"}).notes == ("Knative never collects hello-00001 then.",)
    assert plan(stored(**{name: "true"}), **{name: None}).notes == (
        "Knative may collect hello-00001 then, once it is idle.",
    )
