"""Rights are checked at the wish, again at the click and again at the write; whatever is refused is on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.core.change import Person, State
from bot.core.errors import Unavailable
from bot.core.policy import Actor, Effect, Group, Policy, Rule
from tests.operations.site import DEV, ELSEWHERE, FREE, GUARDED, GUEST, LEAD, OPS, WISH, Site

if TYPE_CHECKING:
    from collections.abc import Callable

STRANGER = Person("T2", OPS.user)
BUTTONS = ("approve", "decline", "withdraw", "again", "undo")


def refused(site: Site, code: str, person: Person, rows: int) -> None:
    """The click was answered so, is on record, and has changed nothing."""
    assert site.told(person) == code
    last = site.last_row()
    assert (last.event, last.actor_user) == ("refused", person.user)
    assert len(site.rows()) == rows + 1
    assert not site.knative.writes


def test_nobody_approves_their_own_request(site: Site) -> None:
    change, rows = site.ask(), len(site.rows())
    site.click("approve", change.id, DEV)

    refused(site, "own-request", DEV, rows)
    assert site.states() == [State.PENDING]


def test_a_guest_is_no_approver(site: Site) -> None:
    site.directory.actors[GUEST.user] = Actor(GUEST, "guest", member=False, standing="a guest")
    change, rows = site.ask(), len(site.rows())
    for button in ("approve", "decline"):
        site.click(button, change.id, GUEST)
        refused(site, "no-approver", GUEST, rows)
        rows += 1
    assert site.states() == [State.PENDING]


def test_a_guest_may_not_even_ask(site: Site) -> None:
    site.directory.actors[GUEST.user] = Actor(GUEST, "guest", member=False, standing="a guest")
    site.type(WISH, FREE, GUEST)

    refused(site, "refused", GUEST, 0)
    assert not site.changes()


def test_the_same_person_counts_once(careful: Site) -> None:
    change = careful.ask()
    careful.click("approve", change.id)
    rows = len(careful.rows())
    careful.click("approve", change.id)

    refused(careful, "twice", OPS, rows)
    assert careful.change().votes.given == (OPS,)


def test_who_is_no_approver_any_more_cannot_approve(site: Site) -> None:
    change, rows = site.ask(), len(site.rows())
    site.policy = replace(site.policy, groups={"approvers": Group(frozenset({LEAD.user}))})
    site.operations = site.start()
    site.click("approve", change.id)

    refused(site, "no-approver", OPS, rows)


def test_who_may_not_ask_any_more_gets_nothing_written(site: Site) -> None:
    change = site.ask()
    site.directory.actors[DEV.user] = Actor(DEV, "dev", member=False, standing="a deactivated person")
    site.click("approve", change.id)

    assert site.states() == [State.REFUSED]
    assert not site.knative.writes
    assert "deactivated" in site.card().reason
    assert site.last_row().event == "refuse"


@pytest.mark.parametrize("effect", [Effect(approvals=2, group="approvers"), Effect(approvals=1, group="security")])
def test_rules_that_ask_for_more_by_now_are_kept_at_the_write(site: Site, effect: Effect) -> None:
    change = site.ask()
    rules = (Rule("stricter", effect, channels=(GUARDED,), verbs=("change",)),)
    site.policy = Policy(rules, site.policy.groups)
    site.operations = site.start()
    site.click("approve", change.id)

    assert site.states() == [State.REFUSED]
    assert not site.knative.writes
    assert site.last_row().event == "refuse"


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (lambda site, identity: site.decline(identity), State.DECLINED),
        (lambda site, identity: site.click("withdraw", identity, DEV), State.WITHDRAWN),
    ],
    ids=["declined", "withdrawn"],
)
def test_what_has_ended_cannot_be_approved(site: Site, end: Callable[[Site, str], None], state: State) -> None:
    change = site.ask()
    end(site, change.id)
    rows = len(site.rows())
    site.click("approve", change.id)

    refused(site, "already", OPS, rows)
    assert site.states() == [state]
    assert site.card().state is state


def test_what_has_expired_cannot_be_approved(site: Site) -> None:
    change = site.ask()
    site.clock.sleep(timedelta(hours=4))
    rows = len(site.rows())
    site.click("approve", change.id)

    refused(site, "expired", OPS, rows + 1)
    assert site.rows()[-2] == "expire"
    assert site.states() == [State.EXPIRED]
    assert site.card().state is State.EXPIRED


@pytest.mark.parametrize("button", BUTTONS)
def test_an_id_that_nobody_gave_out_is_unknown(site: Site, button: str) -> None:
    site.ask()
    rows = len(site.rows())
    site.click(button, "0" * 32)

    refused(site, "unknown-change", OPS, rows)


@pytest.mark.parametrize("button", BUTTONS)
def test_a_button_works_only_where_it_was_posted(site: Site, button: str) -> None:
    change, rows = site.ask(), len(site.rows())
    site.click(button, change.id, OPS, ELSEWHERE)

    refused(site, "unknown-change", OPS, rows)
    assert site.states() == [State.PENDING]


def test_the_same_user_id_in_another_workspace_is_somebody_else(site: Site) -> None:
    change, rows = site.ask(), len(site.rows())
    site.click("approve", change.id, STRANGER)

    refused(site, "unknown-change", STRANGER, rows)


def test_only_the_requester_withdraws(site: Site) -> None:
    change, rows = site.ask(), len(site.rows())
    site.click("withdraw", change.id, OPS)

    refused(site, "refused", OPS, rows)
    assert site.states() == [State.PENDING]


def test_only_what_is_stale_is_planned_again(site: Site) -> None:
    change, rows = site.ask(), len(site.rows())
    site.click("again", change.id, DEV)

    refused(site, "already", DEV, rows)
    assert len(site.changes()) == 1


def test_what_is_planned_again_is_the_wish_of_the_person_who_clicked(site: Site) -> None:
    change = site.ask()
    site.knative.touch()
    site.click("approve", change.id)
    assert site.states() == [State.STALE]
    assert not site.knative.writes
    site.clock.sleep(timedelta(seconds=1))
    site.click("again", change.id, LEAD)

    assert site.states() == [State.PENDING, State.STALE]
    assert site.change().requester == LEAD
    assert site.change().plan.request.text == WISH


def test_in_a_shared_channel_nobody_may_do_anything_whom_no_rule_names(site: Site) -> None:
    change = site.ask()
    site.directory.shared = {FREE, GUARDED}
    rows = len(site.rows())
    for text in (WISH, "status hello", "lock hello", "approvals", "can hello"):
        site.type(text)
        refused(site, "refused", DEV, rows)
        rows += 1
    # OPS is named by the group that approves, LEAD by nothing any more
    site.policy = replace(site.policy, groups={"approvers": Group(frozenset({OPS.user}))})
    site.operations = site.start()
    site.click("approve", change.id, LEAD)
    refused(site, "no-approver", LEAD, rows)


def test_a_channel_that_is_shared_after_the_request_stops_the_write(site: Site) -> None:
    change = site.ask()
    site.directory.shared = {GUARDED}
    site.click("approve", change.id)

    assert site.states() == [State.REFUSED]
    assert "shared" in site.card().reason
    assert not site.knative.writes


def test_people_whom_a_rule_names_act_in_shared_channels_too(site: Site) -> None:
    site.directory.shared = {FREE}
    site.policy = replace(site.policy, rules=(Rule("named", Effect(), (DEV.user,)),))
    site.operations = site.start()
    site.type(WISH)

    assert len(site.knative.writes) == 1


def test_when_slack_does_not_say_who_a_person_is_they_may_do_nothing(site: Site) -> None:
    change = site.ask()
    site.directory.trouble["actor"] = Unavailable("Slack does not answer.")
    site.click("approve", change.id)
    site.type(WISH)

    assert site.told(OPS) == site.told(DEV) == "unavailable"
    assert site.states() == [State.PENDING]
    assert not site.knative.writes


@pytest.mark.parametrize("line", ["status hello", "services", "watch hello", "lock hello", "freeze", "approvals"])
def test_what_becomes_no_plan_is_refused_where_approvals_of_it_are_asked_for(site: Site, line: str) -> None:
    site.policy = Policy((Rule("everything", Effect(approvals=1)),), {})
    site.operations = site.start()
    site.type(line)

    assert site.told() == "refused"
    assert "cannot wait for them" in site.last_row().reason
    assert not site.store.watches.all()
    assert not site.store.locks()
