"""Deleting: it says what will be lost, waits for who asked, and takes away exactly what was shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.change import State
from bot.core.model import Object, ObjectKind, Stored
from bot.core.policy import Effect, Policy, Rule
from tests.core import builders
from tests.operations.site import DEV, FREE, GUARDED, LEAD, OPS, Site

OLD = Object(ObjectKind.REVISION, builders.name(1), "shop")


def _standing(site: Site) -> Site:
    """The older of two Revisions has neither traffic nor tag."""
    site.knative.snapshots[builders.KEY] = builders.snapshot(builders.target(builders.name(2), 100))
    site.knative.objects[OLD] = Stored("uid-old", 1, "7", "{}")
    return site


def test_a_deletion_waits_for_the_person_who_asked_and_says_what_will_be_lost(site: Site) -> None:
    site.type("delete hello")
    assert site.states() == [State.PENDING]
    assert any("Revision" in loss for loss in site.card().plan.loses)
    assert not site.knative.writes

    site.click("confirm", site.change().id, DEV, FREE)
    site.wait()

    assert site.states() == [State.DONE]
    assert builders.KEY not in site.knative.snapshots
    assert len(site.knative.writes) == 1
    assert site.rows() == ["asked", "confirm", "begin", "wrote", "true"]


@pytest.mark.parametrize("button", ["confirm", "approve"])
def test_nobody_else_can_say_yes_to_a_deletion(site: Site, button: str) -> None:
    site.type("delete hello")
    site.click(button, site.change().id, OPS, FREE)

    assert site.told(OPS) in {"not-yours", "no-approver"}
    assert site.states() == [State.PENDING]
    assert not site.knative.writes


def test_a_deletion_that_nobody_confirms_expires(site: Site) -> None:
    site.type("delete hello")
    site.clock.sleep(site.change().deadline - site.clock.now())
    site.operations.tick()

    assert site.states() == [State.EXPIRED]
    site.click("confirm", site.change().id, DEV, FREE)
    assert site.told() == "already"
    assert not site.knative.writes


def test_a_deletion_of_what_has_changed_meanwhile_is_stale(site: Site) -> None:
    site.type("delete hello")
    site.knative.touch()
    site.click("confirm", site.change().id, DEV, FREE)

    assert site.states() == [State.STALE]
    assert not site.knative.writes


def test_whoever_may_no_longer_delete_cannot_confirm(site: Site) -> None:
    site.type("delete hello")
    rules = (Rule("no more", Effect(allow=False), verbs=("delete",)), Rule("open", Effect()))
    site.operations = site.start(configuration=replace(site.configuration(), policy=Policy(rules, {})))
    site.click("confirm", site.change().id, DEV, FREE)

    assert site.told() == "refused"
    assert not site.knative.writes


def test_where_approvals_are_needed_the_approvers_confirm(site: Site) -> None:
    site.type("delete hello", GUARDED)
    identity = site.change().id
    site.click("confirm", identity, DEV, GUARDED)
    assert site.told() == "no-approver"

    site.click("approve", identity, LEAD, GUARDED)

    assert builders.KEY not in site.knative.snapshots


def test_a_revision_without_traffic_is_deleted_alone(site: Site) -> None:
    _standing(site).type("delete hello --revision 1")
    site.click("confirm", site.change().id, DEV, FREE)
    site.wait()

    assert site.states() == [State.DONE]
    assert OLD not in site.knative.objects
    assert builders.KEY in site.knative.snapshots


def test_a_revision_that_was_given_traffic_meanwhile_stays(site: Site) -> None:
    _standing(site).type("delete hello --revision 1")
    site.knative.objects[OLD] = replace(site.knative.objects[OLD], resource_version="8")
    site.click("confirm", site.change().id, DEV, FREE)

    assert site.states() == [State.STALE]
    assert OLD in site.knative.objects


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("delete hello --revision 2", "invalid"),
        ("delete hello --revision current", "invalid"),
        ("delete hello --revision 9", "not-found"),
        ("delete nothing", "not-found"),
    ],
)
def test_what_serves_and_what_is_not_there_is_not_deleted(site: Site, line: str, why: str) -> None:
    _standing(site).type(line)

    assert site.told() == why
    assert not site.changes()


def test_a_deletion_cannot_be_undone(site: Site) -> None:
    site.type("delete hello")
    site.click("confirm", site.change().id, DEV, FREE)
    site.wait()
    site.type("undo hello")

    assert site.told() == "invalid"
    assert "`deploy hello ghcr.io/acme/hello:v1` makes it anew" in site.hint()
