"""A lock keeps everybody else's changes away: when they are asked for, at the click, and before they are written."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.answers import Locked, LockNag, LockTaken, Rights, ServiceStatus, Unlocked
from bot.core.change import State, vote
from bot.core.errors import Unavailable
from bot.core.policy import Effect, Policy, Rule
from bot.operations.changes import ANSWERED_WITHIN
from tests.core import builders
from tests.operations.site import DEV, ELSEWHERE, FREE, GUARDED, LEAD, OPS, WISH, Site


def said(site: Site, kind: type) -> list[object]:
    return [answer for _, answer in site.channel.answers if isinstance(answer, kind)]


def posted(site: Site, kind: type) -> list[str]:
    """The channels in which such a message was posted."""
    return [site.channel.places[ts][0] for ts, shown in site.channel.messages.items() if isinstance(shown[-1], kind)]


def test_nobody_but_the_owner_of_a_lock_changes_the_service(site: Site) -> None:
    site.type("lock hello migrating the database", FREE, OPS)
    lock = site.store.lock(builders.KEY)
    assert lock
    assert (lock.owner, lock.reason, lock.until) == (OPS, "migrating the database", None)

    site.type(WISH)
    assert site.told() == "held"
    assert not site.changes()

    site.type(WISH, FREE, OPS)
    assert len(site.knative.writes) == 1
    assert site.rows()[0] == "lock"


def test_an_undo_is_a_change_like_any_other(site: Site) -> None:
    site.type(WISH)
    site.wait()
    site.type("lock hello", FREE, OPS)
    site.click("undo", site.change().id, DEV, FREE)

    assert site.told() == "held"
    assert len(site.knative.writes) == 1


def test_a_lock_holds_back_what_waits_for_approval_and_the_card_says_so(site: Site) -> None:
    change = site.ask()
    site.type("lock hello", FREE, LEAD)
    site.wait()
    assert site.channel.cards()[-1].holds.lock

    site.click("approve", change.id)
    assert site.told(OPS) == "held"
    assert site.states() == [State.PENDING]
    assert not site.change().votes.given

    site.type("unlock hello", FREE, LEAD)
    site.wait()
    assert site.channel.cards()[-1].holds.lock is None
    site.click("approve", change.id)
    assert len(site.knative.writes) == 1


def test_what_is_approved_when_the_lock_comes_is_not_written_and_can_be_asked_for_again(site: Site) -> None:
    change = site.ask()
    soon = site.clock.now() + ANSWERED_WITHIN
    assert site.store.move(change, replace(vote(change, OPS), deadline=soon), "approve")  # and the process was killed
    site.type("lock hello", FREE, OPS)
    site.wait(timedelta(seconds=10))

    assert site.states() == [State.REFUSED]
    assert "locked by" in site.card().reason
    assert not site.knative.writes

    site.type("unlock hello", FREE, OPS)
    site.clock.sleep(timedelta(seconds=1))
    site.click("again", change.id, DEV)
    assert site.states() == [State.PENDING, State.REFUSED]


def test_a_write_that_the_cluster_has_not_taken_yet_is_not_repeated_under_a_lock(site: Site) -> None:
    site.knative.trouble["apply"] = Unavailable("The cluster does not answer.")
    site.type(WISH)
    assert site.states() == [State.APPLYING]
    site.type("lock hello", FREE, OPS)
    site.knative.trouble.clear()
    site.wait(timedelta(seconds=20), ticks=2)

    assert site.states() == [State.REFUSED]
    assert not site.knative.writes


def test_a_write_whose_answer_was_lost_is_still_followed_under_a_lock(site: Site) -> None:
    site.knative.trouble["answer"] = Unavailable("The cluster does not answer.")
    site.type(WISH)
    site.type("lock hello", FREE, OPS)
    site.knative.trouble.clear()
    site.wait(timedelta(seconds=20), ticks=2)

    assert site.states() == [State.DONE]
    assert len(site.knative.writes) == 1


def test_a_second_lock_offers_to_take_the_first_over_and_its_owner_is_told_where_it_was_locked(site: Site) -> None:
    site.type("lock hello mine", ELSEWHERE, OPS)
    site.type("lock hello", FREE, DEV)
    (offer,) = said(site, LockTaken)
    assert isinstance(offer, LockTaken)
    assert offer.lock.owner == OPS

    site.click("steal", offer.lock.id, DEV, FREE)
    lock = site.store.lock(builders.KEY)
    assert lock
    assert (lock.owner, lock.reason) == (DEV, "mine")
    taken = said(site, Locked)[-1]
    assert isinstance(taken, Locked)
    assert taken.former == offer.lock
    assert posted(site, Locked) == [ELSEWHERE]
    assert site.rows() == ["lock", "steal"]


def test_a_button_steals_the_lock_that_it_was_about_and_no_later_one(site: Site) -> None:
    site.type("lock hello", FREE, OPS)
    first = site.store.lock(builders.KEY)
    assert first
    site.type("lock hello --steal", FREE, LEAD)
    site.click("steal", first.id, DEV, FREE)

    assert site.told() == "unknown-lock"
    lock = site.store.lock(builders.KEY)
    assert lock
    assert lock.owner == LEAD


def test_only_the_owner_unlocks(site: Site) -> None:
    site.type("lock hello", ELSEWHERE, OPS)
    lock = site.store.lock(builders.KEY)
    assert lock
    site.type("unlock hello")
    assert site.told() == "not-yours"
    site.click("unlock", lock.id, DEV, FREE)
    assert site.told() == "not-yours"
    assert site.last_row().event == "refused"

    site.click("unlock", lock.id, OPS, FREE)
    assert site.store.lock(builders.KEY) is None
    assert posted(site, Unlocked) == [ELSEWHERE]
    site.type("unlock hello", FREE, OPS)
    assert site.told(OPS) == "unknown-lock"


def test_a_lock_ends_by_its_own_time(site: Site) -> None:
    change = site.ask()
    site.type("lock hello --for 2h", FREE, LEAD)
    site.wait(timedelta(hours=2))

    assert site.store.locks() == []
    assert (site.last_row().event, site.last_row().actor_user) == ("unlock", None)
    assert site.channel.cards()[-1].holds.lock is None
    site.click("approve", change.id)
    assert len(site.knative.writes) == 1


def test_a_forgotten_lock_is_asked_about_once_a_working_day(site: Site) -> None:
    site.clock.sleep(timedelta(hours=-8))  # Tuesday, four in the morning
    site.type("lock hello", ELSEWHERE, OPS)
    site.wait(timedelta(hours=9), ticks=9)
    assert posted(site, LockNag) == [ELSEWHERE]
    site.operations = site.start()  # another process has asked already
    site.wait(timedelta(hours=10), ticks=10)
    assert posted(site, LockNag) == [ELSEWHERE]
    site.wait(timedelta(days=1), ticks=24)
    assert posted(site, LockNag) == [ELSEWHERE] * 2


def test_who_may_not_lock_is_refused_and_an_approval_is_no_answer(site: Site) -> None:
    everything = Effect(approvals=1, group="approvers")
    site.policy = Policy((Rule("ask for all", everything),), site.policy.groups)
    site.operations = site.start()
    site.type("lock hello")

    assert site.told() == "refused"
    assert site.last_row().event == "refused"
    assert site.store.lock(builders.KEY) is None


def test_status_and_can_say_what_holds_changes_back(site: Site) -> None:
    site.type("lock hello", FREE, OPS)
    site.type("status hello")
    site.type("can hello", GUARDED)
    site.type("can hello", FREE, OPS)

    (status,) = said(site, ServiceStatus)
    assert isinstance(status, ServiceStatus)
    assert status.holds.lock
    others, own = said(site, Rights)
    assert isinstance(others, Rights)
    assert isinstance(own, Rights)
    assert dict(others.rights)["rollout"] == "not now, else with 1 approval from approvers"
    assert dict(own.rights)["rollout"] == dict(own.rights)["unlock"] == "yes"
    assert "install" not in dict(own.rights), "it is about no Service"


@pytest.mark.parametrize("reason", ["PASSWORD=hunter2", "API_TOKEN=abc and more"])
def test_no_secret_stays_in_a_lock(site: Site, reason: str) -> None:
    site.type(f"lock hello {reason}")

    lock = site.store.lock(builders.KEY)
    assert lock
    assert "hunter2" not in lock.reason
    assert "abc" not in lock.reason
