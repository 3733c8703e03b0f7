"""Wherever a process is killed, the next one ends what was begun: one write, every row, a card that tells the truth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.core.change import State
from bot.core.ports import Addressee
from tests.core import builders
from tests.operations.site import DEV, FREE, GUARDED, LEAD, OPS, WISH, Site

if TYPE_CHECKING:
    from bot.operations import Operations

LONG = timedelta(minutes=1)
SPLIT = {builders.name(1): 90, builders.name(2): 10}


class Killed(BaseException):
    """What SIGKILL does: no handler of errors sees it."""


@dataclass(frozen=True)
class Point:
    """Where a process dies: at a call of a port's method, of the event `event` if it is a move."""

    port: str
    method: str
    before: bool = False
    event: str = ""

    def __str__(self) -> str:
        return f"{'before' if self.before else 'after'} {self.port}.{self.event or self.method}"


class Mortal:
    """A port whose process dies at a point."""

    def __init__(self, port: object, point: Point) -> None:
        self._port = port
        self._point = point

    def __getattr__(self, name: str) -> Any:
        method, point = getattr(self._port, name), self._point

        def dying(*arguments: Any) -> Any:
            if point.event and point.event != arguments[2]:
                return method(*arguments)
            if not point.before:
                method(*arguments)
            raise Killed(str(point))

        return dying if name == point.method else method


def doomed(site: Site, point: Point) -> Operations:
    return site.start(**{point.port: Mortal(getattr(site, point.port), point)})


ASKING = (
    Point("store", "add"),
    Point("channel", "post"),
    Point("store", "seen"),
)
WRITING = (
    Point("store", "move", before=True, event="begin"),
    Point("store", "move", event="begin"),
    Point("knative", "apply", before=True),
    Point("knative", "apply"),
    Point("store", "move", before=True, event="wrote"),
    Point("store", "move", event="wrote"),
    Point("channel", "update", before=True),
    Point("channel", "update"),
)
APPROVING = (Point("store", "move", event="approve"), *WRITING)
ENDING = (
    Point("knative", "snapshot", before=True),
    Point("store", "move", before=True, event="true"),
    Point("store", "move", event="true"),
    Point("channel", "update", before=True),
    Point("channel", "update"),
)


def settled(site: Site, messages: int) -> None:
    """All is done, once, and everybody sees it; at most `messages` tell of it."""
    assert site.states() == [State.DONE]
    assert len(site.knative.writes) == 1
    assert site.shares() == SPLIT
    assert site.card().state is State.DONE
    assert len(site.channel.cards()) <= messages
    assert [event for event in site.rows() if event in ("asked", "begin", "wrote", "true")] == [
        "asked",
        "begin",
        "wrote",
        "true",
    ]


@pytest.mark.parametrize("point", [*ASKING, *WRITING], ids=str)
def test_a_change_that_needs_nobody_survives(site: Site, point: Point) -> None:
    with pytest.raises(Killed):
        doomed(site, point).submit(WISH, Addressee(DEV, FREE))
    site.operations = site.start()
    site.wait(LONG, 60)

    settled(site, messages=2 if point == Point("channel", "post") else 1)


@pytest.mark.parametrize("point", ASKING, ids=str)
def test_a_request_survives_and_can_be_approved(site: Site, point: Point) -> None:
    with pytest.raises(Killed):
        doomed(site, point).submit(WISH, Addressee(DEV, GUARDED))
    site.operations = site.start()
    site.wait(LONG, 60)
    assert site.states() == [State.PENDING]
    assert site.card().state is State.PENDING
    assert not site.knative.writes

    site.click("approve", site.change().id)
    site.wait()

    settled(site, messages=2 if point == Point("channel", "post") else 1)


@pytest.mark.parametrize("point", APPROVING, ids=str)
def test_an_approval_survives(site: Site, point: Point) -> None:
    change = site.ask()
    with pytest.raises(Killed):
        doomed(site, point).approve(change.id, Addressee(OPS, GUARDED))
    site.operations = site.start()
    site.wait(LONG, 60)

    settled(site, messages=1)
    assert site.rows().count("approve") == 1
    assert site.change().votes.given == (OPS,)


@pytest.mark.parametrize("point", ENDING, ids=str)
def test_the_end_of_a_change_survives(site: Site, point: Point) -> None:
    site.knative.prompt = False
    site.type(WISH)
    site.knative.come_true()
    with pytest.raises(Killed):
        doomed(site, point).tick()
    site.operations = site.start()
    site.wait(LONG, 60)

    settled(site, messages=1)


@pytest.mark.parametrize("event", ["decline", "withdraw"])
def test_a_word_against_a_change_survives_and_is_shown(site: Site, event: str) -> None:
    change = site.ask()
    process = doomed(site, Point("store", "move", event=event))
    end = {
        "decline": lambda: process.decline_for(change.id, "not today", Addressee(OPS, GUARDED)),
        "withdraw": lambda: process.withdraw(change.id, Addressee(DEV, GUARDED)),
    }
    with pytest.raises(Killed):
        end[event]()
    site.operations = site.start()
    site.wait(LONG, 60)

    assert site.card().state is site.change().state
    assert site.change().state.final
    assert not site.knative.writes


STEPPED = "rollout hello latest=10,50,100 --every 10m"
STEPPING = (
    Point("store", "move", before=True, event="step"),
    Point("store", "move", event="step"),
    Point("knative", "apply", before=True),
    Point("knative", "apply"),
    Point("store", "move", before=True, event="wrote"),
    Point("store", "move", event="wrote"),
    Point("channel", "update", before=True),
    Point("channel", "update"),
)


@pytest.mark.parametrize("point", STEPPING, ids=str)
def test_a_step_of_a_rollout_is_written_once_wherever_it_dies(site: Site, point: Point) -> None:
    site.type(STEPPED)
    site.wait(9 * LONG, 9)
    site.clock.sleep(LONG)
    with pytest.raises(Killed):
        doomed(site, point).tick()
    site.operations = site.start()
    site.wait(LONG, 60)

    assert site.shares() == {builders.name(1): 50, builders.name(2): 50}
    assert len(site.knative.writes) == 2
    assert [site.rows().count(event) for event in ("step", "wrote")] == [1, 2]
    shown = site.card().plan.rollout
    assert shown is not None
    assert shown.percent == 50
    site.wait(20 * LONG, 40)
    assert site.states() == [State.DONE]
    assert len(site.channel.messages) == 1


@pytest.mark.parametrize(
    "point", [replace(point, event=point.event.replace("step", "note")) for point in STEPPING], ids=str
)
def test_a_bad_measurement_is_counted_once_wherever_it_dies(site: Site, point: Point) -> None:
    site.metrics.figures = {"5xx": 99.9, "sum(increase": 400.0}
    site.type(f"{STEPPED} --analyze success>=99")
    site.wait(2 * LONG, 8)
    site.metrics.figures["5xx"] = 66.67
    site.clock.sleep(LONG / 4)
    with pytest.raises(Killed):
        doomed(site, point).tick()
    site.operations = site.start()
    site.wait(LONG / 2, 30)

    rollout = site.change().plan.rollout
    assert rollout is not None
    assert (rollout.bad, rollout.running) == (1, True)
    assert len(site.knative.writes) == 2
    site.wait(LONG, 30)
    assert site.states() == [State.FAILED]
    assert site.shares() == {builders.name(1): 100}


@pytest.mark.parametrize("event", ["promote", "pause", "abort"])
@pytest.mark.parametrize("after", ["move", "apply"])
def test_a_persons_word_on_a_rollout_survives(site: Site, event: str, after: str) -> None:
    site.type(STEPPED)
    site.wait()
    point = Point("store", "move", event=event) if after == "move" else Point("knative", "apply")
    with pytest.raises(Killed):
        doomed(site, point).submit(f"{event} hello", Addressee(DEV, FREE))
    site.operations = site.start()
    site.wait(LONG, 60)

    assert len(site.knative.writes) == 2
    rollout = site.change().plan.rollout
    assert rollout is not None
    assert {"promote": rollout.percent == 50, "pause": rollout.paused is not None, "abort": not rollout.running}[event]
    assert site.change().state is (State.ABORTED if event == "abort" else State.ROLLING)


def test_who_dies_before_a_wish_is_stored_has_done_nothing_and_it_can_be_typed_again(site: Site) -> None:
    with pytest.raises(Killed):
        doomed(site, Point("store", "add", before=True)).submit(WISH, Addressee(DEV, FREE))
    site.operations = site.start()
    site.wait(LONG, 60)
    assert not site.changes()
    assert not site.channel.messages
    assert not site.rows()

    site.type(WISH)
    site.wait()
    settled(site, messages=1)


def test_who_dies_before_a_click_is_stored_has_not_approved_and_the_button_still_works(site: Site) -> None:
    change = site.ask()
    with pytest.raises(Killed):
        doomed(site, Point("store", "move", before=True, event="approve")).approve(change.id, Addressee(OPS, GUARDED))
    site.operations = site.start()
    site.wait(LONG, 60)
    assert site.states() == [State.PENDING]

    site.click("approve", change.id)
    site.wait()
    settled(site, messages=1)
    assert site.rows().count("approve") == 1


@pytest.mark.parametrize(
    "point",
    [
        Point("store", "move", event="approve"),
        Point("channel", "update", before=True),
        Point("channel", "update"),
        Point("channel", "answer", before=True),
    ],
    ids=str,
)
def test_the_first_of_two_approvals_survives_and_is_shown(careful: Site, point: Point) -> None:
    change = careful.ask()
    with pytest.raises(Killed):
        doomed(careful, point).approve(change.id, Addressee(OPS, GUARDED))
    careful.operations = careful.start()
    careful.wait(LONG, 60)
    assert careful.states() == [State.PENDING]
    assert careful.card().votes.given == (OPS,)

    careful.click("approve", change.id)
    assert careful.told(OPS) == "twice"
    careful.click("approve", change.id, LEAD)
    careful.wait()
    settled(careful, messages=1)


@pytest.mark.parametrize(
    "point",
    [
        Point("store", "move", before=True, event="moved"),
        Point("store", "move", event="moved"),
        Point("channel", "update", before=True),
    ],
    ids=str,
)
def test_a_change_that_was_overtaken_ends_as_stale_wherever_it_dies(site: Site, point: Point) -> None:
    change = site.ask()
    site.knative.touch()
    with pytest.raises(Killed):
        doomed(site, point).approve(change.id, Addressee(OPS, GUARDED))
    site.operations = site.start()
    site.wait(LONG, 60)
    site.click("approve", change.id)

    assert site.states() == [State.STALE]
    assert site.card().state is State.STALE
    assert site.rows().count("moved") == 1
    assert not site.knative.writes


@pytest.mark.parametrize("before", [True, False])
def test_a_change_whose_time_is_over_ends_so_wherever_it_dies(site: Site, before: bool) -> None:
    site.ask()
    site.clock.sleep(timedelta(hours=5))
    with pytest.raises(Killed):
        doomed(site, Point("store", "move", before=before, event="expire")).tick()
    site.operations = site.start()
    site.wait(LONG, 60)

    assert site.states() == [State.EXPIRED]
    assert site.card().state is State.EXPIRED
    assert site.rows().count("expire") == 1
    assert not site.knative.writes
