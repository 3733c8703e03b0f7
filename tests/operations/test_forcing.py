"""What another tool decides about is changed by those who may force it, and their right is looked at at each step."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.change import State
from bot.core.policy import Effect, Group, Policy, Rule
from tests.core import builders
from tests.operations.site import DEV, FREE, GUARDED, LEAD, OPS, SECOND, Site

FORCED = "rollout hello latest=10 --force"


@pytest.fixture
def managed(site: Site) -> Site:
    """A site where Argo CD manages hello, and only LEAD may go over its head."""
    at = site.knative.snapshots[builders.KEY]
    assert at.service is not None
    marked = replace(at.service, annotations={"argocd.argoproj.io/tracking-id": "shop"})
    site.knative.snapshots[builders.KEY] = replace(at, service=marked)
    allow(site, LEAD.user)
    return site


def allow(site: Site, *people: str) -> None:
    rules = (
        Rule("few may force", Effect(), people=people or ("nobody",), verbs=("force",)),
        Rule("careful", Effect(approvals=1, group="ops"), channels=(GUARDED,), verbs=("change",)),
        Rule("open", Effect(), verbs=("change", "look")),
    )
    site.policy = Policy(rules, {"ops": Group(frozenset({OPS.user})), "nobody": Group()})
    site.operations = site.start()


def test_without_force_it_is_refused_and_with_it_for_those_who_may_not(managed: Site) -> None:
    managed.type("rollout hello latest=10")
    assert managed.told() == "owned"
    managed.type(FORCED)
    assert managed.told() == "refused"
    assert managed.last_row().event == "refused"
    assert not managed.changes()


def test_whoever_may_force_it_does_and_the_plan_says_so(managed: Site) -> None:
    managed.type(FORCED, FREE, LEAD)
    managed.wait(SECOND)
    assert managed.states() == [State.DONE]
    assert "Forced: Argo CD manages hello and may put its own wish over this." in managed.change().plan.notes


def test_force_does_not_save_an_approval(managed: Site) -> None:
    managed.type(FORCED, GUARDED, LEAD)
    assert managed.states() == [State.PENDING]
    managed.click("approve", managed.change().id)
    managed.wait(SECOND)
    assert managed.states() == [State.DONE]


def test_a_right_that_is_lost_while_a_change_waits_is_missing_at_the_write(managed: Site) -> None:
    managed.type(FORCED, GUARDED, LEAD)
    allow(managed)
    managed.click("approve", managed.change().id)
    assert managed.states() == [State.REFUSED]
    assert not managed.knative.writes


def test_force_where_nobody_else_decides_needs_no_right(site: Site) -> None:
    allow(site)
    site.type(FORCED, FREE, DEV)
    site.wait(SECOND)
    assert site.states() == [State.DONE]
