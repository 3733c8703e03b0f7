"""With impersonation every write is made as the person who asked, and they learn beforehand what they may not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.acting import Acting
from bot.core.change import State
from bot.core.policy import Actor, Group, Policy
from tests.operations.site import DEV, FREE, GUARDED, LEAD, WISH, Site

PERSON = Acting("slack:U1DEV", ("team-shop",))


@pytest.fixture
def acting(site: Site) -> Site:
    """A site whose cluster is impersonated on, and where DEV is in a group that is mapped to one of Kubernetes'."""
    mapped = Group(frozenset({DEV.user}), kubernetes=frozenset({"team-shop"}))
    policy = Policy(site.policy.rules, {**site.policy.groups, "shop": mapped})
    told = replace(site.configuration(), policy=policy, impersonating=frozenset({"main"}))
    site.operations = site.start(configuration=told)
    return site


def test_a_change_is_written_as_the_person_who_asked(acting: Site) -> None:
    acting.type(WISH)

    assert acting.states()[0] in {State.DONE, State.ROLLING}
    assert set(acting.knative.acted) == {PERSON}


def test_an_approved_change_is_still_the_requester_s(acting: Site) -> None:
    acting.ask()
    acting.click("approve", acting.change().id, LEAD, GUARDED)

    assert set(acting.knative.acted) == {PERSON}


def test_a_dry_run_is_tried_as_the_person_who_asks(acting: Site) -> None:
    acting.type(f"{WISH} --dry-run")

    assert acting.knative.acted == [PERSON]


def test_what_the_cluster_does_not_let_a_person_do_is_said_before_anybody_is_asked(acting: Site) -> None:
    acting.knative.forbidden = {PERSON.user}
    acting.type(WISH, GUARDED)

    assert acting.told() == "rbac"
    assert not acting.changes()
    assert acting.rows() == ["refused"]


def test_groups_are_those_of_the_moment_of_the_write(acting: Site) -> None:
    acting.ask()
    acting.directory.actors[DEV.user] = Actor(DEV, member=False, standing="a guest")
    acting.click("approve", acting.change().id, LEAD, GUARDED)

    assert all(who is None or who.user == PERSON.user for who in acting.knative.acted)


def test_without_impersonation_knobot_is_itself(site: Site) -> None:
    site.knative.forbidden = {PERSON.user}
    site.type(WISH, FREE)

    assert set(site.knative.acted) == {None}
