"""A close look at one Service, with a cluster in memory."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.answers import Comparison, EventTable, RevisionStatus, ServiceStatus
from bot.core.model import Event
from tests.core import builders
from tests.operations.fakes import NOON
from tests.operations.site import Site

if TYPE_CHECKING:
    from pathlib import Path

    from bot.core.model import Revision

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


def test_status_knows_the_last_change_that_knobot_wrote(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.type("rollout hello hello-00001=50 hello-00002=50")
    site.type("status hello")
    answer = site.channel.answers[-1][1]
    assert isinstance(answer, ServiceStatus)
    assert answer.last is not None
    assert answer.last.plan.request.text == "rollout hello hello-00001=50 hello-00002=50"


def compared(site: Site, old: Revision, new: Revision) -> list[tuple[str, str | None, str | None]]:
    site.knative.snapshots[builders.KEY] = builders.snapshot(revisions=(new, old))
    site.type("diff hello previous latest")
    answer = site.channel.answers[-1][1]
    assert isinstance(answer, Comparison), answer
    return [(each.what, each.before, each.after) for each in answer.differences]


def test_a_difference_may_be_in_the_scale_and_in_labels_but_not_in_what_knative_notes(tmp_path: Path) -> None:
    spec = json.dumps({"containers": [{"image": "ghcr.io/acme/hello:v1"}]})
    noted = {"serving.knative.dev/routingStateModified": "x", "autoscaling.knative.dev/min-scale": "1"}
    old = builders.revision(1, spec=spec, image="same", digest="sha256:1", annotations=noted, labels={"team": "a"})
    new = builders.revision(2, spec=spec, image="same", digest="sha256:1", labels={"team": "b"})
    assert compared(Site(tmp_path), old, new) == [("min-scale", "1", None), ("label team", "a", "b")]


def test_one_name_of_an_image_that_led_to_two_images_is_a_difference(tmp_path: Path) -> None:
    old, new = (builders.revision(number, image="same", digest=f"sha256:{number}") for number in (1, 2))
    assert compared(Site(tmp_path), old, new) == [("image digest", "sha256:1", "sha256:2")]


def test_one_revision_is_shown_with_its_settings_and_its_fate(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.type("revision hello latest")
    answer = site.channel.answers[-1][1]
    assert isinstance(answer, RevisionStatus)
    assert (answer.revision.name, answer.collected) == ("hello-00002", None)
