"""Slack that does not answer: nothing is lost, nothing is written unseen, and what was missed is shown later."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.answers import Fault, Problem
from bot.core.change import State
from bot.core.errors import Refused, Unavailable
from bot.core.ports import Addressee
from tests.operations.site import DEV, FREE, GUARDED, SECOND, WISH, Site

DOWN = Unavailable("Slack did not answer.", "Try again in a moment.")
OUTSIDE = Refused("Knobot cannot speak in this channel.", "Invite it.", code="not_in_channel")
MINUTE = timedelta(minutes=1)


def test_what_cannot_be_posted_is_not_written_until_it_can(site: Site) -> None:
    site.channel.trouble["post"] = DOWN
    site.type(WISH)
    site.wait(30 * SECOND, 30)
    assert site.states() == [State.APPROVED]
    assert not site.knative.writes

    site.channel.trouble.clear()
    site.wait(MINUTE, 60)
    assert site.states() == [State.DONE]
    assert len(site.knative.writes) == len(site.channel.messages) == 1
    assert site.card().state is State.DONE


def test_what_cannot_be_posted_for_long_is_given_up_and_shown_as_that(site: Site) -> None:
    site.channel.trouble["post"] = DOWN
    site.type(WISH)
    site.wait(10 * MINUTE, 60)
    assert site.states() == [State.REFUSED]
    site.channel.trouble.clear()
    site.wait(MINUTE, 60)

    assert site.card().state is State.REFUSED
    assert not site.knative.writes


def test_a_request_that_cannot_be_posted_is_posted_later_and_expires_all_the_same(site: Site) -> None:
    site.channel.trouble["post"] = DOWN
    site.type(WISH, GUARDED)
    site.type("rollout hello latest=20", GUARDED)
    site.wait(timedelta(hours=5), 10)

    assert site.states() == [State.EXPIRED] * 2
    site.channel.trouble.clear()
    site.wait(MINUTE, 60)
    assert [card.change.state for card in site.channel.cards()] == [State.EXPIRED] * 2


def test_an_edit_that_fails_is_made_later(site: Site) -> None:
    change = site.ask()
    site.channel.trouble["update"] = DOWN
    site.click("approve", change.id)
    site.wait(MINUTE, 60)
    assert site.states() == [State.DONE]
    assert site.card().state is State.PENDING

    site.channel.trouble.clear()
    site.wait(MINUTE, 60)
    assert site.card().state is State.DONE
    assert len(site.knative.writes) == len(site.channel.messages) == 1


def test_where_knobot_may_not_speak_nothing_is_written_and_the_person_is_told(site: Site) -> None:
    site.channel.trouble["post"] = OUTSIDE
    for channel, state in ((FREE, State.REFUSED), (GUARDED, State.WITHDRAWN)):
        site.clock.sleep(SECOND)
        site.type(WISH, channel)
        assert site.change().state is state
        assert site.told(DEV) == "not_in_channel"
    site.wait(timedelta(hours=1), 60)

    assert not site.knative.writes


def test_a_card_that_was_deleted_does_not_stop_its_change(site: Site) -> None:
    change = site.ask()
    site.channel.deleted.update(site.channel.messages)
    site.click("approve", change.id)
    site.wait(MINUTE, 60)

    assert site.states() == [State.DONE]
    assert len(site.channel.messages) == 1


@pytest.mark.parametrize("error", [DOWN, ValueError("a fault")])
def test_reporting_raises_nothing_when_slack_is_down(site: Site, error: Exception) -> None:
    site.channel.trouble["answer"] = DOWN

    site.operations.report(error, Addressee(DEV, FREE))


def test_an_error_of_a_person_is_shown_to_them_as_it_is(site: Site) -> None:
    site.operations.report(OUTSIDE, Addressee(DEV, FREE))

    assert site.channel.answers == [(DEV, Problem(OUTSIDE))]


def test_a_fault_has_a_reference_that_the_log_knows(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.operations.report(ValueError("hunter2"), Addressee(DEV, FREE))

    ((_, answer),) = site.channel.answers
    assert isinstance(answer, Fault)
    assert answer.reference in caplog.text
    assert "hunter2" in caplog.text
