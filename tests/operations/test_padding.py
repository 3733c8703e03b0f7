"""The traffic pad goes the way of every change: rights, approval, and the state that the person saw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.core.change import State
from bot.core.pad import Nudge, Seen
from bot.core.policy import Actor
from bot.core.ports import Addressee
from tests.core import builders
from tests.core.builders import name
from tests.operations.site import DEV, FREE, GUARDED, Site

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def press(site: Site, nudge: Nudge = Nudge.MORE, generation: int | None = None, channel: str = FREE) -> None:
    seen = Seen(builders.KEY, site.knative.service().generation if generation is None else generation)
    site.act(lambda to: site.operations.press(nudge, seen, to), Addressee(DEV, channel))


def test_a_press_moves_the_traffic_at_once_where_nobody_is_asked(site: Site) -> None:
    press(site)
    assert site.shares() == {name(1): 95, name(2): 5}
    site.wait()
    press(site)
    assert site.shares() == {name(1): 90, name(2): 10}
    assert site.change().plan.request.text == f"rollout hello {name(2)}=10 {name(1)}=90"


def test_a_press_asks_for_approval_where_others_are_asked(site: Site) -> None:
    press(site, channel=GUARDED)
    assert site.states() == [State.PENDING]
    assert site.shares() == {name(1): 100}


def test_a_second_press_on_the_same_message_does_nothing(site: Site) -> None:
    generation = site.knative.service().generation
    press(site, generation=generation)
    press(site, generation=generation)

    assert site.told() == "stale"
    assert site.shares() == {name(1): 95, name(2): 5}
    assert len(site.changes()) == 1


def test_what_waits_for_approval_is_not_asked_for_twice(site: Site) -> None:
    press(site, channel=GUARDED)
    press(site, channel=GUARDED)

    assert site.told() == "already"
    assert site.states() == [State.PENDING]


def test_a_press_after_somebody_elses_change_does_nothing(site: Site) -> None:
    generation = site.knative.service().generation
    site.knative.touch()
    press(site, generation=generation)

    assert site.told() == "stale"
    assert not site.changes()


def test_a_press_by_somebody_who_may_not_is_refused_and_on_record(site: Site) -> None:
    site.directory.actors[DEV.user] = Actor(DEV, "guest", member=False, standing="a guest")
    press(site)

    assert site.told() == "refused"
    assert not site.changes()
    assert site.last_row().event == "refused"
    assert "more on the traffic pad" in site.last_row().text
