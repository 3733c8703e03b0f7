"""Those who look are answered by what is known from watching; whoever changes something never is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.blocks import render
from bot.core.answers import Aged, DigestPost, ServiceStatus, ServiceTable
from bot.core.commands import Fresh
from bot.core.errors import ParseError, Unavailable
from bot.core.language.parse import parse
from tests.core import builders
from tests.operations.fakes import FakeKnative
from tests.operations.site import FREE

if TYPE_CHECKING:
    from tests.operations.site import Site

AWAY = Unavailable("It does not answer.")
KNOWN = builders.snapshot(builders.target(builders.name(1), 100))


@pytest.fixture
def watched(site: Site) -> Site:
    """Hello as the watch knows it; the cluster has moved on by a generation."""
    site.knative.known = FakeKnative({builders.KEY: KNOWN})
    assert KNOWN.service
    now = replace(KNOWN.service, generation=KNOWN.service.generation + 7)
    site.knative.snapshots[builders.KEY] = replace(KNOWN, service=now)
    return site


def seen(site: Site) -> int:
    """The generation that the last answer shows, whatever its age."""
    answer = site.channel.answers[-1][1]
    shown = answer.answer if isinstance(answer, Aged) else answer
    assert KNOWN.service
    if isinstance(shown, ServiceTable):
        return shown.services[0].generation - KNOWN.service.generation
    assert isinstance(shown, ServiceStatus), shown
    assert shown.snapshot.service
    return shown.snapshot.service.generation - KNOWN.service.generation


@pytest.mark.parametrize("look", ["status hello", "services", "services -A"])
def test_a_look_is_answered_by_the_watch_and_a_fresh_one_by_the_cluster(watched: Site, look: str) -> None:
    watched.knative.current = True
    watched.type(look)
    assert seen(watched) == 0
    watched.type(f"{look} --fresh")
    assert seen(watched) == 7


@pytest.mark.parametrize("look", ["status hello", "services"])
def test_an_old_answer_says_so(watched: Site, look: str) -> None:
    watched.knative.trouble = {"snapshot": AWAY, "services": AWAY}
    watched.type(look)
    assert seen(watched) == 0
    answer = watched.channel.answers[-1][1]
    assert isinstance(answer, Aged)
    message = render(answer)
    assert "The cluster does not answer. This is how it was 5m ago." in message.text.splitlines()[0]
    assert "5m ago" in message.blocks[0]["elements"][0]["text"]
    assert render(answer.answer).text in message.text


def test_a_fresh_look_at_a_cluster_that_does_not_answer_is_told_so(watched: Site) -> None:
    watched.knative.trouble = {"snapshot": AWAY}
    watched.type("status hello --fresh")
    assert watched.told() == AWAY.code


def test_a_change_is_planned_on_the_cluster_however_recent_the_watch_is(watched: Site) -> None:
    watched.knative.current = True
    watched.type("rollout hello latest=10")
    base = watched.change().plan.base
    assert base
    assert KNOWN.service
    assert base.generation == KNOWN.service.generation + 7


def test_a_digest_on_a_schedule_waits_for_a_cluster_that_does_not_answer(watched: Site) -> None:
    watched.type('digest add "every 1h"')
    watched.knative.trouble = {"services": AWAY}
    watched.wait(timedelta(hours=1))
    assert not any(isinstance(said[-1], DigestPost) for said in watched.channel.messages.values())
    watched.knative.trouble = {}
    watched.wait(timedelta(minutes=2))
    assert any(isinstance(said[-1], DigestPost) for said in watched.channel.messages.values())


def test_a_previewed_digest_of_a_cluster_that_does_not_answer_says_how_old_it_is(watched: Site) -> None:
    watched.knative.trouble = {"services": AWAY}
    watched.type("digest preview", FREE)
    answer = watched.channel.answers[-1][1]
    assert isinstance(answer, Aged)
    assert isinstance(answer.answer, DigestPost)
    watched.type("digest preview --fresh", FREE)
    assert watched.told() == AWAY.code


@pytest.mark.parametrize(
    "line",
    ["services", "status hello", "revisions", "routes", "url hello", "diff hello 1 2", "pods hello", "digest now"],
)
def test_every_look_may_be_fresh(line: str) -> None:
    found = parse(f"{line} --fresh")
    assert isinstance(found, Fresh)
    assert found == Fresh(parse(line))  # type: ignore[arg-type] # a look, or the line above had failed
    assert found.verb == found.command.verb


@pytest.mark.parametrize("line", ["rollout hello latest=10 --fresh", "logs hello -f --fresh", "digest list x --fresh"])
def test_what_does_not_look_takes_no_such_flag(line: str) -> None:
    with pytest.raises(ParseError):
        parse(line)


def test_logs_of_a_service_that_no_controller_has_looked_at_are_nobodys(site: Site) -> None:
    """A new Service has neither Revisions nor a status until Knative's controllers have seen it."""
    assert KNOWN.service
    unseen = replace(KNOWN.service, routed=(), latest_created=None, latest_ready=None, conditions=())
    site.knative.snapshots[builders.KEY] = replace(KNOWN, service=unseen, revisions=())
    site.type("logs hello")
    assert (site.told(), site.hint()) == ("not-found", "`status` tells why.")
