"""A close look at one Service, with a cluster in memory."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.answers import EventTable
from bot.core.model import Event
from tests.operations.fakes import NOON
from tests.operations.site import Site

if TYPE_CHECKING:
    from pathlib import Path

MINUTE = timedelta(minutes=1)


def event(ago: int, name: str = "hello", *, warning: bool = False) -> Event:
    return Event("Pod", name, f"Minute{ago}", "", NOON - ago * MINUTE, NOON - ago * MINUTE, warning)


def reasons(site: Site, line: str) -> list[str]:
    site.type(line)
    answer = site.channel.answers[-1][1]
    assert isinstance(answer, EventTable), answer
    return [each.reason for each in answer.events]


def test_events_are_cut_to_the_newest_and_warnings_are_the_last_to_go(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.clock.time = NOON
    site.knative.happened = (event(1), event(2), event(3), event(50, warning=True))
    assert reasons(site, "events hello --lines 2") == ["Minute1", "Minute50"]
    assert reasons(site, "events hello --warnings") == ["Minute50"]
    assert reasons(site, "events hello --since 2m") == ["Minute1", "Minute2"]


def test_events_of_one_revision_are_those_of_its_pods_too(tmp_path: Path) -> None:
    site = Site(tmp_path)
    pod, other = event(1, "hello-00001-deployment-abc"), event(2, "hello-00002-deployment-abc")
    site.knative.happened = (pod, other, event(3, "hello-00001"), event(4))
    assert reasons(site, "events hello previous") == ["Minute1", "Minute3"]
