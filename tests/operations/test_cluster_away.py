"""A cluster that does not answer: the change is tried for a while, then given up with no more said than is known."""

from __future__ import annotations

from datetime import timedelta

from bot.core.change import State
from bot.core.errors import Invalid, Refused, Stale, Unavailable
from bot.operations.changes import ANSWERED_WITHIN
from tests.core import builders
from tests.operations.site import DEV, SECOND, WISH, Site

AWAY = Unavailable("The cluster main does not answer.", "Try again in a moment.")
LOST = Unavailable("It is not known whether shop/hello was changed.", code="unknown")
MINUTE = timedelta(minutes=1)


def test_the_card_says_so_and_the_next_ticks_write_it_once(site: Site) -> None:
    site.knative.trouble["apply"] = AWAY
    site.type(WISH)
    assert site.change().state is State.APPLYING
    assert "does not answer" in site.card().reason

    site.wait(MINUTE, 60)
    assert not site.knative.writes
    site.knative.trouble.clear()
    site.wait(10 * SECOND, 10)

    assert site.states() == [State.DONE]
    assert len(site.knative.writes) == 1
    assert site.card().state is State.DONE


def test_a_cluster_that_is_away_does_not_have_the_card_edited_in_vain(site: Site) -> None:
    site.knative.trouble["apply"] = AWAY
    site.type(WISH)
    site.wait(MINUTE, 60)

    (said,) = site.channel.messages.values()
    assert len(said) == 2


def test_it_is_given_up_when_the_time_is_over_and_the_cluster_says_that_nothing_was_written(site: Site) -> None:
    site.knative.trouble["apply"] = AWAY
    site.type(WISH)
    site.wait(ANSWERED_WITHIN + SECOND, 30)

    assert site.states() == [State.REFUSED]
    assert "nothing was written" in site.card().reason
    site.knative.trouble.clear()
    site.wait(MINUTE, 10)
    assert not site.knative.writes


def test_while_nobody_can_know_nobody_is_told_that_nothing_was_written(site: Site) -> None:
    site.knative.trouble |= {"apply": AWAY, "applied": AWAY}
    site.type(WISH)
    site.knative.trouble["snapshot"] = AWAY
    site.wait(2 * ANSWERED_WITHIN, 30)

    assert site.states() == [State.APPLYING]
    assert "nothing was written" not in site.card().reason.lower()
    site.knative.trouble.clear()
    site.wait()
    assert site.states() == [State.REFUSED]
    assert "nothing was written" in site.card().reason
    assert not site.knative.writes


def test_a_write_whose_answer_was_lost_is_recognised(site: Site) -> None:
    site.knative.trouble["answer"] = LOST
    site.type(WISH)
    assert site.change().state is State.APPLYING
    site.knative.trouble.clear()
    site.wait(10 * SECOND, 10)

    assert site.states() == [State.DONE]
    assert len(site.knative.writes) == 1


def test_a_lost_write_is_recognised_even_after_the_time_is_over(site: Site) -> None:
    site.knative.trouble["answer"] = LOST
    site.type(WISH)
    site.knative.trouble |= {"apply": AWAY, "applied": AWAY}
    site.wait(2 * ANSWERED_WITHIN, 30)
    site.knative.trouble.clear()
    site.wait(2 * SECOND, 2)

    assert site.states() == [State.DONE]
    assert len(site.knative.writes) == 1


def test_somebody_elses_change_while_the_cluster_was_away_makes_it_stale(site: Site) -> None:
    site.knative.trouble["apply"] = AWAY
    site.type(WISH)
    site.knative.touch("night-shift")
    site.wait(2 * ANSWERED_WITHIN, 1)

    assert site.states() == [State.STALE]
    assert "night-shift" in site.card().reason
    assert not site.knative.writes


def test_what_the_cluster_refuses_is_shown_in_its_own_words(site: Site) -> None:
    for number, error in enumerate((Invalid("the webhook says no"), Refused("RBAC says no"), Stale("it moved"))):
        site.knative.trouble["apply"] = error
        site.type(f"rollout hello latest={number + 10}")
        assert site.change().state in (State.REFUSED, State.STALE)
        assert error.message in site.card().reason


def test_a_cluster_that_is_away_from_the_start_leaves_nothing_behind(site: Site) -> None:
    site.knative.trouble["snapshot"] = AWAY
    site.type(WISH)

    assert site.told(DEV) == "unavailable"
    assert not site.changes()
    assert not site.channel.messages


def test_a_cluster_that_is_away_while_the_change_rolls_out_is_waited_for(site: Site) -> None:
    site.knative.prompt = False
    site.type(WISH)
    site.knative.trouble["snapshot"] = AWAY
    site.wait(timedelta(hours=1), 10)
    assert site.states() == [State.ROLLING]
    site.knative.trouble.clear()
    site.knative.come_true()
    site.wait()

    assert site.states() == [State.DONE]
    assert site.shares() == {builders.name(1): 90, builders.name(2): 10}
