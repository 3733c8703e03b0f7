"""What has no pods is woken before it gets traffic; whoever is killed in between, it is one change and one shift."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.core import warming
from bot.core.change import State
from bot.core.errors import Invalid, Unavailable
from bot.core.ports import Addressee
from bot.core.rollout import annotation
from tests.core import builders
from tests.operations.site import DEV, FREE, GUARDED, SECOND, Site
from tests.operations.test_kill_points import LONG, Killed, Point, doomed

if TYPE_CHECKING:
    from bot.core.change import Change
    from bot.operations import Operations

ONE, TWO = builders.name(1), builders.name(2)
BACK = "rollback hello"


@pytest.fixture
def asleep(site: Site) -> Site:
    """A site where Revision 2 has all traffic and Revision 1 no pods."""
    found = (builders.revision(2, replicas=1), builders.revision(1, replicas=0))
    site.knative.snapshots[builders.KEY] = builders.snapshot(builders.target("@latest", 100), revisions=found)
    return site


def steps(site: Site) -> list[str]:
    progress = site.channel.cards()[-1].progress
    assert progress is not None
    return [step.text for step in progress.steps]


def back(site: Site, writes: int = 2) -> None:
    """Revision 1 has everything, and nothing is left of the way there."""
    assert site.states() == [State.DONE]
    assert site.shares() == {ONE: 100}
    assert [target.tag for target in site.knative.service().traffic if target.tag] == []
    assert len(site.knative.writes) == writes
    assert site.knative.writes[-1] == site.change().plan.id
    assert site.card().state is State.DONE


def test_pods_are_woken_through_an_address_that_is_there_for_it_alone(asleep: Site) -> None:
    asleep.knative.wakes = False
    asleep.type(BACK)
    assert asleep.states() == [State.WARMING]
    assert asleep.shares() == {TWO: 100}
    assert steps(asleep) == [f"warming {ONE} (0 of 1 pod)", "then its traffic"]

    asleep.wait(SECOND * 5, 5)
    assert set(asleep.knative.woken) == {"knobot-warm"}
    assert asleep.states() == [State.WARMING]
    asleep.knative.pods_of(ONE, 1)
    asleep.wait(SECOND * 2, 2)

    back(asleep)
    assert asleep.rows().count("warm") == 1


def test_a_tag_that_is_there_already_is_knocked_at_without_another_write(asleep: Site) -> None:
    at = asleep.knative.snapshots[builders.KEY]
    tagged = builders.target(ONE, 0, "old")
    assert at.service is not None
    wished = (*at.service.traffic, tagged)
    asleep.knative.snapshots[builders.KEY] = replace(at, service=replace(at.service, traffic=wished))
    asleep.knative.come_true()
    asleep.type(BACK)
    asleep.wait(SECOND * 2, 2)

    assert asleep.knative.woken == ["old"]
    assert asleep.states() == [State.DONE]
    assert len(asleep.knative.writes) == 1


def test_nobody_waits_longer_than_a_minute_and_the_card_says_so(asleep: Site) -> None:
    asleep.knative.wakes = False
    asleep.type(BACK)
    asleep.wait(warming.AWAKE_WITHIN + SECOND, 61)

    back(asleep)
    assert asleep.change().reason == f"{ONE} did not wake within 1m."


def test_whoever_says_now_does_not_wait(asleep: Site) -> None:
    asleep.type(f"{BACK} --now")
    assert asleep.shares() == {ONE: 100}
    assert len(asleep.knative.writes) == 1
    assert not asleep.knative.woken


def test_a_change_by_somebody_else_while_waking_ends_it_and_leaves_no_address(asleep: Site) -> None:
    asleep.knative.wakes = False
    asleep.type(BACK)
    asleep.knative.touch("jane")
    asleep.wait()

    assert asleep.states() == [State.STALE]
    assert "by jane" in asleep.change().reason
    assert [target.tag for target in asleep.knative.service().traffic if target.tag] == []
    assert asleep.shares() == {TWO: 100}


def test_an_address_that_cannot_be_had_keeps_nobody_from_rolling_back(asleep: Site) -> None:
    asleep.knative.trouble["opening"] = Invalid("The webhook says no.")
    asleep.type(BACK)
    asleep.wait()

    assert asleep.shares() == {ONE: 100}
    assert "Nothing was woken first: The webhook says no." in asleep.change().reason


def test_a_cluster_that_is_away_is_asked_again(asleep: Site) -> None:
    asleep.knative.trouble["apply"] = Unavailable("It does not answer.")
    asleep.type(BACK)
    assert asleep.states() == [State.WARMING]
    asleep.wait(SECOND * 10, 10)
    asleep.knative.trouble.clear()
    asleep.wait(SECOND * 10, 10)

    back(asleep)


def test_an_approved_plan_is_the_one_that_is_written(asleep: Site) -> None:
    change: Change = asleep.ask(BACK)
    asleep.click("approve", change.id)
    asleep.wait(SECOND * 10, 10)

    back(asleep)
    assert asleep.change().plan == change.plan


STEPPED = "rollout hello 1=10,50,100 --every 10m"
TENTH = {TWO: 90, ONE: 10}


def test_the_first_step_of_a_rollout_wakes_who_gets_its_first_traffic(asleep: Site) -> None:
    asleep.knative.wakes = False
    asleep.type(STEPPED)
    assert asleep.states() == [State.WARMING]
    assert asleep.shares() == {TWO: 100}
    asleep.wait(SECOND * 40, 40)
    asleep.knative.pods_of(ONE, 1)
    asleep.wait(SECOND * 2, 2)

    assert asleep.shares() == TENTH
    assert [target.tag for target in asleep.knative.service().traffic if target.tag] == []
    rollout = annotation.running(asleep.knative.service())
    assert rollout is not None
    assert rollout.since is not None
    assert asleep.clock.now() - rollout.since < SECOND * 5  # its time begins with its traffic, not with the waking


def test_a_rollout_that_is_approved_wakes_after_that(asleep: Site) -> None:
    change = asleep.ask(STEPPED)
    assert f"{ONE} has no pods now: it is woken first, for a minute at most." in change.plan.notes
    asleep.click("approve", change.id)
    asleep.wait(SECOND * 10, 10)

    assert asleep.knative.woken == ["knobot-warm"]
    assert asleep.shares() == TENTH


POINTS = (
    Point("store", "move", event="warm"),
    Point("store", "move", before=True, event="warm"),
    Point("knative", "apply", before=True),
    Point("knative", "apply"),
    Point("channel", "update"),
    Point("knative", "wake", before=True),
    Point("knative", "wake"),
    Point("store", "move", before=True, event="begin"),
    Point("store", "move", event="begin"),
    Point("store", "move", before=True, event="wrote"),
    Point("store", "move", event="wrote"),
)


def doing(site: Site, process: Operations, line: str = BACK) -> None:
    process.submit(line, Addressee(DEV, FREE))
    for _ in range(5):
        site.clock.sleep(SECOND)
        process.tick()


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_waking_survives_wherever_the_process_is_killed(asleep: Site, point: Point) -> None:
    process = doomed(asleep, point)
    with pytest.raises(Killed):
        doing(asleep, process)
    asleep.operations = asleep.start()
    asleep.wait(LONG, 60)

    back(asleep)
    assert [event for event in asleep.rows() if event in ("asked", "warm", "begin", "wrote", "true")] == [
        "asked",
        "warm",
        "begin",
        "wrote",
        "true",
    ]


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_a_rollout_that_wakes_survives_wherever_the_process_is_killed(asleep: Site, point: Point) -> None:
    with pytest.raises(Killed):
        doing(asleep, doomed(asleep, point), STEPPED)
    asleep.operations = asleep.start()
    asleep.wait(LONG, 60)

    assert asleep.states() == [State.ROLLING]
    assert asleep.shares() == TENTH
    assert [target.tag for target in asleep.knative.service().traffic if target.tag] == []
    assert len(asleep.knative.writes) == 2


def test_two_processes_wake_and_write_once(asleep: Site) -> None:
    other = asleep.start()
    asleep.knative.wakes = False
    asleep.type(BACK, GUARDED)
    asleep.click("approve", asleep.change().id)
    for _ in range(3):
        asleep.clock.sleep(SECOND)
        other.tick()
        asleep.operations.tick()
    asleep.knative.pods_of(ONE, 1)
    other.tick()
    asleep.operations.tick()
    other.tick()

    back(asleep)
