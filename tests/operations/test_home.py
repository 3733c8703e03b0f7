"""The home tab shows a person what waits for them, what runs in their channels, and what they did last."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.core.errors import NotFound, Unavailable
from bot.core.policy import Actor
from bot.core.ports import Addressee
from tests.operations.site import DEV, ELSEWHERE, FREE, GUARDED, GUEST, LEAD, OPS, WISH, Site

if TYPE_CHECKING:
    from pathlib import Path

    from bot.core.home import HomeTab


@pytest.fixture
def site(tmp_path: Path) -> Site:
    found = Site(tmp_path)
    found.directory.joined = {DEV.user: frozenset({FREE, "C9OTHER"}), OPS.user: frozenset({FREE, GUARDED, ELSEWHERE})}
    return found


def tab(site: Site) -> HomeTab:
    return site.panels.homes[-1][1]


def test_a_person_sees_the_services_of_their_own_channels(site: Site) -> None:
    site.operations.homes.open(DEV)
    assert [(place.channel, place.namespace) for place in tab(site).places] == [(FREE, "shop")]
    assert [service.key.name for service in tab(site).places[0].services] == ["hello"]

    site.operations.homes.open(LEAD)
    assert not tab(site).places


def test_who_may_not_look_sees_nothing(site: Site) -> None:
    site.directory.joined[GUEST.user] = frozenset({FREE})
    site.directory.actors[GUEST.user] = Actor(GUEST, "guest", member=False, standing="a guest")
    site.operations.homes.open(GUEST)
    assert not tab(site).places


def test_a_cluster_that_does_not_answer_leaves_the_rest_of_the_tab(site: Site) -> None:
    change = site.ask()
    site.knative.trouble["services"] = Unavailable("The cluster does not answer.")
    site.operations.homes.open(OPS)

    assert [place.trouble for place in tab(site).places] == ["The cluster does not answer."] * 3
    assert [waiting.id for waiting in tab(site).waiting] == [change.id]


def test_changes_wait_for_those_who_may_decide_on_them(site: Site) -> None:
    change = site.ask()
    for person, waits in ((OPS, [change.id]), (DEV, []), (GUEST, [])):
        site.operations.homes.open(person)
        assert [waiting.id for waiting in tab(site).waiting] == waits


def test_a_person_sees_what_they_did_last(site: Site) -> None:
    site.type(WISH)
    site.wait()
    site.type("undo hello")
    site.type("tag hello 1 old", person=OPS)
    site.operations.homes.open(DEV)

    assert [change.plan.verb for change in tab(site).recent] == ["undo", "rollout"]


def test_a_tab_is_published_anew_when_its_changes_move_and_only_then(site: Site) -> None:
    site.operations.homes.open(OPS)
    site.wait(ticks=3)
    assert len(site.panels.homes) == 1

    change = site.ask()
    site.wait()
    assert [waiting.id for waiting in tab(site).waiting] == [change.id]
    site.click("withdraw", change.id, DEV)
    site.wait()
    assert not tab(site).waiting
    assert len(site.panels.homes) == 3


def test_a_tab_that_nobody_has_looked_at_for_long_is_left_alone(site: Site) -> None:
    site.operations.homes.open(OPS)
    site.clock.sleep(timedelta(minutes=61))
    site.ask()
    site.wait()
    assert len(site.panels.homes) == 1


def test_a_change_is_decided_on_from_the_tab_as_from_its_card(site: Site) -> None:
    change = site.ask()
    to = site.operations.homes.placed(change.id, Addressee(OPS, ""))
    site.act(lambda placed: site.operations.approve(change.id, placed), to)
    assert site.shares()

    with pytest.raises(NotFound):
        site.operations.homes.placed("made up", Addressee(OPS, ""))


def test_from_the_tab_one_acts_in_ones_own_channels_only(site: Site) -> None:
    assert site.operations.homes.at(FREE, Addressee(DEV, "")).channel == FREE
    for channel in (GUARDED, "C9OTHER", ""):
        with pytest.raises(NotFound):
            site.operations.homes.at(channel, Addressee(DEV, ""))
