"""Work side by side: what hangs holds nothing but its own lane, and no lane is wider than it should be."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.core.model import ServiceKey, Snapshot
from bot.operations.isolating import WIDTH, Lanes
from tests.core import builders
from tests.operations.fakes import FakeMetrics
from tests.operations.test_kill_points import Killed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.operations.site import Site

SOON = 5.0
OTHER = ServiceKey("main", "shop", "other")


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What is shut until a test opens it, or ends."""
    made = threading.Event()
    yield made
    made.set()


def test_what_hangs_in_one_lane_keeps_neither_its_caller_nor_another_lane(gate: threading.Event) -> None:
    lanes, done = Lanes(), threading.Event()
    began = time.monotonic()

    def hang() -> None:
        gate.wait(SOON)

    lanes.work([("away", f"change {number}", hang) for number in range(WIDTH + 1)])
    lanes.work([("here", "another change", done.set)])

    assert done.is_set()
    assert time.monotonic() - began < SOON


def test_what_still_runs_is_not_begun_again_and_is_once_it_is_done(gate: threading.Event) -> None:
    lanes, begun = Lanes(), []

    def work() -> None:
        begun.append(1)
        gate.wait(SOON)

    for _ in range(3):
        lanes.work([("main", "a change", work)])
    assert len(begun) == 1
    gate.set()
    until = time.monotonic() + SOON
    while len(begun) < 2 and time.monotonic() < until:
        lanes.work([("main", "a change", work)])

    assert len(begun) == 2


def test_a_lane_does_several_things_at_once_and_not_all_of_them() -> None:
    lanes, lock, at_once, most = Lanes(), threading.Lock(), [0], [0]

    def work() -> None:
        with lock:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
        time.sleep(0.01)
        with lock:
            at_once[0] -= 1

    lanes.work([("main", f"change {number}", work) for number in range(5 * WIDTH)])

    assert 1 < most[0] <= WIDTH


def test_a_process_that_is_killed_in_a_lane_is_killed() -> None:
    def die() -> None:
        raise Killed

    with pytest.raises(Killed):
        Lanes().work([("main", "a change", die)])


class Slow(FakeMetrics):
    """A Prometheus that does not answer about the Revisions of hello until `gate` opens."""

    gate = threading.Event()

    def query(self, cluster: str, query: str) -> float | None:
        if builders.name(2) in query:
            self.gate.wait(SOON)
        return super().query(cluster, query)


def test_a_rollout_whose_figures_hang_holds_no_other(site: Site, gate: threading.Event) -> None:
    at = site.knative.snapshots[builders.KEY]
    assert at.service is not None
    two, one = (replace(each, name=each.name.replace("hello", "other"), service="other") for each in at.revisions)
    wished = (builders.target(one.name, 100),)
    service = builders.service(*wished, key=OTHER, latest_created=two.name, latest_ready=two.name)
    site.knative.snapshots[OTHER] = Snapshot(OTHER, service, (two, one))
    site.type("rollout hello latest=10,100 --every 1m --analyze success>=99")
    site.type("rollout other latest=10,100 --every 1m")
    metrics = Slow({"sum(increase": 400.0})
    metrics.gate = gate
    site.operations = site.start(metrics=metrics)
    site.wait(timedelta(minutes=3), 3)

    assert site.knative.service(OTHER).shares == {two.name: 100}
    assert site.shares() == {builders.name(1): 90, builders.name(2): 10}
