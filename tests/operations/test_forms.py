"""What is chosen in modals goes the way of what is typed: rights, approvals, and the plan that the person has seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.core.answers import HelpAnswer, Problem, Rehearsed, Rights, Sent, ServiceStatus
from bot.core.change import State, Votes
from bot.core.errors import Unavailable
from bot.core.panels import DeployPanel, PickPanel, PlanPanel, Ticket, Told, Waiting
from bot.core.policy import Actor
from bot.core.ports import Addressee, PanelHandle
from tests.core import builders
from tests.core.builders import name
from tests.operations.site import DEV, FREE, GUARDED, OPS, WISH, Site

if TYPE_CHECKING:
    from pathlib import Path

THERE = Addressee(DEV, FREE, trigger="1.2")
INSIDE = Addressee(DEV, FREE, trigger="1.3", panel=PanelHandle("V1"))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_no_words_open_the_picker_and_words_do_not(site: Site) -> None:
    site.operations.submit("", THERE)
    assert site.panels.last() == PickPanel()

    site.operations.submit("status hello", THERE)
    assert len(site.panels.shown) == 1
    assert isinstance(site.channel.answers[-1][1], ServiceStatus)


def test_where_no_modal_can_be_opened_no_words_mean_help(site: Site) -> None:
    site.operations.submit("", Addressee(DEV, FREE))
    assert isinstance(site.channel.answers[-1][1], HelpAnswer)


def test_a_deploy_of_nothing_opens_its_form_at_once_and_fills_it_then(site: Site) -> None:
    site.operations.submit("deploy hello", THERE)
    first, second = (panel for _, panel, _ in site.panels.shown)

    assert first == Waiting()
    assert isinstance(second, DeployPanel)
    assert second.service == "hello"
    assert second.fields["image"] == "ghcr.io/acme/hello:v1"


def test_a_deploy_without_a_service_lets_one_be_chosen(site: Site) -> None:
    site.operations.submit("deploy", THERE)
    assert site.panels.last() == DeployPanel()
    site.operations.forms.fill("brand-new", ("a/b:1",), INSIDE)

    panel = site.panels.last()
    assert isinstance(panel, DeployPanel)
    assert (panel.service, panel.images) == ("brand-new", ("a/b:1",))
    assert "creates it" in panel.note


def test_the_cluster_being_away_is_told_in_the_form(site: Site) -> None:
    site.knative.trouble["snapshot"] = Unavailable("The cluster does not answer.")
    site.operations.submit("deploy hello", THERE)

    assert isinstance(site.channel.answers[-1][1], Problem)


def test_revisions_are_offered_for_the_service_that_was_chosen(site: Site) -> None:
    site.operations.forms.pick("rollout", "", INSIDE)
    panel = site.panels.last()
    assert isinstance(panel, PickPanel)
    assert not panel.revisions

    site.operations.forms.pick("rollout", "hello", INSIDE)
    panel = site.panels.last()
    assert isinstance(panel, PickPanel)
    assert {"latest", "previous", name(1), name(2)} <= set(panel.revisions)

    site.operations.forms.pick("rollout", "nothing", INSIDE)
    panel = site.panels.last()
    assert isinstance(panel, PickPanel)
    assert panel.trouble


def test_a_look_is_answered_in_the_modal(site: Site) -> None:
    site.operations.forms.run("can hello", INSIDE)
    assert isinstance(site.channel.answers[-1][1], Rights)


def test_a_change_is_shown_before_it_is_asked_for_and_then_made(site: Site) -> None:
    site.operations.forms.run(WISH, INSIDE)
    person, panel, ticket = site.panels.shown[-1]

    assert isinstance(panel, PlanPanel)
    assert not panel.rehearsed.votes.needed
    assert (person, ticket) == (DEV, Ticket(FREE, None, WISH, builders.snapshot().service.generation))  # type: ignore[union-attr] # it is there
    assert not site.changes()

    site.operations.forms.ask(ticket, THERE)
    assert site.shares() == {name(1): 90, name(2): 10}
    assert site.change().plan.request.text == WISH


def test_a_plan_says_whose_approval_it_will_need_and_waits_for_it(site: Site) -> None:
    site.operations.forms.run(WISH, replace(INSIDE, channel=GUARDED))
    _, panel, ticket = site.panels.shown[-1]
    assert isinstance(panel, PlanPanel)
    assert panel.rehearsed.votes == Votes(1, "approvers")

    site.operations.forms.ask(ticket, replace(THERE, channel=GUARDED))
    assert site.states() == [State.PENDING]


def test_what_was_planned_on_and_is_no_longer_so_is_not_done(site: Site) -> None:
    site.operations.forms.run(WISH, INSIDE)
    ticket = site.panels.shown[-1][2]
    site.knative.touch()
    site.act(lambda to: site.operations.forms.ask(ticket, to), THERE)

    assert site.told() == "stale"
    assert not site.changes()


def test_whoever_may_not_do_it_is_shown_no_plan_and_no_form(site: Site) -> None:
    site.directory.actors[DEV.user] = Actor(DEV, "guest", member=False, standing="a guest")
    for act in (
        lambda to: site.operations.forms.run(WISH, to),
        lambda to: site.operations.forms.fill("hello", (), to),
        lambda to: site.operations.forms.ask(Ticket(FREE, None, WISH, 7), to),
    ):
        site.act(act, INSIDE)
        assert site.told() == "refused"
        assert site.last_row().event == "refused"
    assert not site.panels.shown
    assert site.operations.forms.offered("", THERE) == ()


def test_an_undo_is_shown_before_it_is_made_too(site: Site) -> None:
    site.type(WISH)
    site.operations.forms.run("undo hello", INSIDE)
    _, panel, ticket = site.panels.shown[-1]
    assert isinstance(panel, PlanPanel)

    site.operations.forms.ask(ticket, THERE)
    assert site.shares() == {name(1): 100}


def test_a_lock_of_somebody_else_leaves_no_button_to_press(site: Site) -> None:
    site.type("lock hello looking into it", person=OPS)
    site.operations.forms.run(WISH, INSIDE)

    panel = site.panels.last()
    assert isinstance(panel, Told)
    assert isinstance(panel.answer, Rehearsed)


def test_what_changes_no_service_is_done_and_said_to_be(site: Site) -> None:
    site.operations.forms.run("digest add every 1h", INSIDE)

    assert site.panels.last() == Told(Sent("digest add every 1h"))
    assert len(site.store.digests()) == 1


def test_services_are_offered_by_a_part_of_their_name_and_new_ones_where_they_can_be_made(site: Site) -> None:
    assert site.operations.forms.offered("", THERE) == (("hello", "hello"),)
    assert site.operations.forms.offered("ELL", THERE) == (("hello", "hello"),)
    assert site.operations.forms.offered("new", THERE) == ()
    assert site.operations.forms.offered("new", THERE, new=True) == (("new", "new (new)"),)
    assert site.operations.forms.offered("hello", THERE, new=True) == (("hello", "hello"),)
    assert site.operations.forms.offered("No Name", THERE, new=True) == ()
    assert site.operations.forms.offered("hel", Addressee(DEV, "D1")) == (("shop/hello", "shop/hello"),)


def test_services_are_not_asked_for_at_every_letter(site: Site) -> None:
    site.operations.forms.offered("h", THERE)
    site.knative.trouble["services"] = Unavailable("The cluster does not answer.")
    assert site.operations.forms.offered("he", THERE)
    site.clock.sleep(timedelta(seconds=6))
    with pytest.raises(Unavailable):
        site.operations.forms.offered("hel", THERE)


def test_the_images_of_a_message_are_proposed(site: Site) -> None:
    site.operations.forms.deploy_image("pushed ghcr.io/acme/hello:v2 and a/b:3", THERE)
    assert site.panels.last() == DeployPanel(images=("ghcr.io/acme/hello:v2", "a/b:3"))

    site.act(lambda to: site.operations.forms.deploy_image("lunch?", to), THERE)
    assert site.told() == "invalid"
