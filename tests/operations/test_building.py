"""A build that is asked for is followed like any change, and what it makes is deployed as a change of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core import building
from bot.core.change import State
from bot.core.commands import Deploy
from bot.core.errors import Invalid
from bot.core.language.parse import parse
from bot.core.model import Condition, Object, ObjectKind, Stored, Truth
from tests.operations.site import GUARDED, SECOND, Site

LINE = "deploy hello --build hello-build --env TARGET=blue --no-traffic"
MADE = "ghcr.io/acme/hello@sha256:abc"
BUILD = Object(ObjectKind.BUILD, "hello-build", "shop")


@pytest.fixture
def building_site(site: Site) -> Site:
    site.knative.objects[BUILD] = Stored("uid-b", 1, "1", "{}")
    return site


def run(site: Site, ready: Truth, reason: str = "", made: str | None = None) -> None:
    """Let the one run of the build be so."""
    (about,) = (each for each in site.knative.objects if each.kind is ObjectKind.BUILD_RUN)
    state = (Condition("Ready", ready, reason, "in one of the steps" if reason == "Failed" else ""),)
    stored = site.knative.objects[about]
    site.knative.objects[about] = replace(stored, observed_generation=1, conditions=state, made=made)


def ask(site: Site) -> None:
    site.type(LINE)
    run(site, Truth.UNKNOWN, "Running")
    site.wait()


def test_what_a_build_has_made_is_deployed_with_everything_else_that_was_asked_for(building_site: Site) -> None:
    ask(building_site)
    assert building_site.states() == [State.ROLLING]
    progress = building_site.channel.cards()[-1].progress
    assert progress is not None
    assert "(Running)" in progress.steps[-1].text

    run(building_site, Truth.TRUE, "Succeeded", MADE)
    building_site.wait(SECOND * 2, 2)

    built, deployed = sorted(building_site.changes(), key=lambda change: change.plan.about is None)
    assert (built.state, deployed.state) == (State.DONE, State.DONE)
    assert deployed.plan.request.text == f"deploy hello --image {MADE} --env TARGET=blue --no-traffic"
    assert f'"image":"{MADE}"' in deployed.plan.after.template
    assert deployed.requester == built.requester


def test_a_build_that_fails_says_why_and_deploys_nothing(building_site: Site) -> None:
    ask(building_site)
    run(building_site, Truth.FALSE, "Failed")
    building_site.wait(SECOND * 2, 2)
    assert building_site.states() == [State.FAILED]
    assert building_site.card().reason == "Failed: in one of the steps"


def test_in_a_guarded_channel_the_image_needs_approval_of_its_own(building_site: Site) -> None:
    building_site.type(LINE, GUARDED)
    building_site.click("approve", building_site.change().id)
    run(building_site, Truth.TRUE, "Succeeded", MADE)
    building_site.wait()
    assert sorted(state.value for state in building_site.states()) == ["done", "pending"]


def test_who_asked_is_told_when_nobody_knows_what_was_made(building_site: Site) -> None:
    ask(building_site)
    run(building_site, Truth.TRUE, "Succeeded")
    building_site.wait()
    assert building_site.states() == [State.DONE]
    assert building_site.told() == "invalid"


def test_a_build_has_an_hour_and_not_the_time_of_a_deploy(building_site: Site) -> None:
    ask(building_site)
    building_site.wait(SECOND * 1800)
    assert building_site.states() == [State.ROLLING]
    building_site.wait(SECOND * 2000)
    assert building_site.states() == [State.FAILED]


def test_a_build_that_is_not_there_is_not_found(site: Site) -> None:
    site.type(LINE)
    assert site.told() == "not-found"
    assert site.changes() == []


def test_a_secret_that_nobody_would_know_any_more_is_refused_before_the_build(building_site: Site) -> None:
    building_site.type(f"{LINE} --env PASSWORD=hunter2")
    assert building_site.told() == "invalid"
    assert building_site.changes() == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("deploy hello --build b --env A=1", f"deploy hello --image {MADE} --env A=1"),
        ("deploy hello --env A=1 --build=b", f"deploy hello --env A=1 --image {MADE}"),
        ('deploy hello --env A="x --build y" --build b', f'deploy hello --env A="x --build y" --image {MADE}'),
    ],
)
def test_the_image_takes_the_place_of_the_build_in_the_line(typed: str, meant: str) -> None:
    line = building.line(typed, Stored("u", 1, "1", "{}", made=MADE))
    command = parse(line)
    assert line == meant
    assert isinstance(command, Deploy)
    assert (command.edit.image, command.build) == (MADE, None)


def test_a_line_without_a_build_has_no_place_for_the_image() -> None:
    with pytest.raises(Invalid, match="means something else"):
        building.line("deploy hello", Stored("u", 1, "1", "{}", made=MADE))
