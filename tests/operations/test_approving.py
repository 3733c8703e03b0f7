"""Who waits for a decision gets one, with its reason; who can give it is reminded, and sees what there is to decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.core.answers import ApprovalTable, Declined, Reminder
from bot.core.change import State
from bot.core.panels import DeclinePanel
from bot.core.policy import Group
from tests.operations.site import DEV, ELSEWHERE, FREE, GUARDED, LEAD, OPS, WISH, Site

if TYPE_CHECKING:
    from bot.core.answers import Answer


def in_thread(site: Site, kind: type) -> list[tuple[Answer, tuple[str, str | None]]]:
    return [
        (shown[-1], site.channel.places[ts]) for ts, shown in site.channel.messages.items() if type(shown[-1]) is kind
    ]


def test_a_click_on_decline_asks_why_and_the_reason_ends_it(site: Site) -> None:
    change = site.ask()
    site.click("decline", change.id)
    person, panel, ticket = site.panels.shown[-1]
    assert (person, ticket.text, ticket.channel) == (OPS, change.id, GUARDED)
    assert isinstance(panel, DeclinePanel)
    assert site.states() == [State.PENDING]

    site.decline(ticket.text, OPS, "the database is being moved")
    assert site.states() == [State.DECLINED]
    assert (site.card().reason, site.card().actor) == ("the database is being moved", OPS)
    ((said, place),) = in_thread(site, Declined)
    assert isinstance(said, Declined)
    assert (said.change.requester, place) == (DEV, (GUARDED, change.message))
    assert (site.last_row().event, site.last_row().reason) == ("decline", "the database is being moved")


def test_no_reason_is_no_decision(site: Site) -> None:
    change = site.ask()
    site.decline(change.id, OPS, " \n ")

    assert site.told(OPS) == "invalid"
    assert site.states() == [State.PENDING]


def test_the_right_to_decline_is_looked_at_when_the_reason_comes(site: Site) -> None:
    change = site.ask()
    site.click("decline", change.id)
    site.policy = replace(site.policy, groups={"approvers": Group(frozenset({LEAD.user}))})
    site.operations = site.start()
    site.decline(change.id)

    assert site.told(OPS) == "no-approver"
    assert site.last_row().event == "refused"
    assert site.states() == [State.PENDING]


@pytest.mark.parametrize("person", [DEV, LEAD])
def test_who_may_not_decide_is_not_even_asked_why(site: Site, person: object) -> None:
    change = site.ask()
    site.policy = replace(site.policy, groups={"approvers": Group(frozenset({OPS.user}))})
    site.operations = site.start()
    site.click("decline", change.id, DEV if person is DEV else LEAD)

    assert not site.panels.shown
    assert site.states() == [State.PENDING]


def test_a_decision_that_comes_too_late_for_its_modal_changes_nothing(site: Site) -> None:
    change = site.ask()
    site.click("decline", change.id, LEAD)
    site.click("approve", change.id, OPS)
    site.decline(change.id, LEAD)

    assert site.told(LEAD) == "already"
    assert len(site.knative.writes) == 1


def test_no_secret_stays_in_a_reason(site: Site) -> None:
    site.decline(site.ask().id, OPS, "PASSWORD=hunter2 is wrong")
    assert "hunter2" not in site.card().reason


def test_a_stale_card_tells_what_differs_and_is_planned_again_by_one_button(site: Site) -> None:
    change = site.ask()
    service = site.knative.service()
    site.knative.snapshots[service.key] = replace(
        site.knative.snapshots[service.key],
        service=replace(service, generation=8, template=service.template.replace("hello:v1", "hello:v9")),
    )
    site.click("approve", change.id)

    message, *differences = site.card().reason.split("\n")
    assert "in the meantime" in message
    assert differences == ["image: ghcr.io/acme/hello:v1 → ghcr.io/acme/hello:v9"]
    site.clock.sleep(timedelta(seconds=1))
    site.click("again", change.id, DEV)
    assert site.states() == [State.PENDING, State.STALE]
    assert site.change().plan.request.text == WISH


def test_people_are_reminded_once_in_the_thread_of_the_card(site: Site) -> None:
    change = site.ask()
    site.wait(timedelta(hours=3, minutes=29))
    assert not in_thread(site, Reminder)
    site.wait(timedelta(minutes=2), ticks=3)
    site.operations = site.start()  # another process has reminded them already
    site.wait(timedelta(minutes=2), ticks=3)

    ((said, place),) = in_thread(site, Reminder)
    assert isinstance(said, Reminder)
    assert said.group == site.policy.groups["approvers"]
    assert place == (GUARDED, change.message)


def test_nobody_is_reminded_of_what_is_decided_or_where_it_is_not_wanted(site: Site) -> None:
    site.click("approve", site.ask().id)
    site.wait(timedelta(hours=4), ticks=8)
    assert not in_thread(site, Reminder)

    site.operations = site.start(configuration=replace(site.configuration(), remind=None))
    site.ask("rollout hello latest=20")
    site.wait(timedelta(hours=4), ticks=8)
    assert not in_thread(site, Reminder)


def waiting(site: Site, text: str, channel: str = FREE) -> list[str]:
    """The channels of the changes that OPS is told of."""
    site.type(text, channel, OPS)
    table = site.channel.answers[-1][1]
    assert isinstance(table, ApprovalTable)
    return [change.plan.request.channel for change in table.changes]


def test_what_waits_is_told_here_or_in_all_channels_that_a_person_is_in(site: Site) -> None:
    site.ask()
    assert waiting(site, "approvals") == []
    assert waiting(site, "approvals", GUARDED) == [GUARDED]
    assert waiting(site, "approvals --all") == []
    assert waiting(site, "approvals --all", GUARDED) == [GUARDED]

    site.directory.joined = {OPS.user: frozenset({GUARDED})}
    assert waiting(site, "approvals --all", ELSEWHERE) == [GUARDED]
    site.directory.shared = {GUARDED}
    assert waiting(site, "approvals --all") == []
