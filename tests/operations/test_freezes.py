"""While a freeze holds no change is made, unless somebody who may says why; that is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core import freezing
from bot.core.answers import FreezeBegun, FreezeEnded, Rights
from bot.core.change import State, vote
from bot.core.freezing import Freeze, Window
from bot.core.policy import Effect, Group, Policy, Rule
from bot.operations.changes import ANSWERED_WITHIN
from tests.operations.site import DEV, ELSEWHERE, FREE, GUARDED, LEAD, OPS, WISH, Site

WEEKEND = Window("weekend", (freezing.parse("fri 16:00 - mon 08:00"),), "Europe/Berlin", "nobody is here")
SATURDAY = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


@pytest.fixture
def closed(site: Site) -> Site:
    """On a Saturday, when those of the group approvers may override what the calendar freezes."""
    site.clock.time = SATURDAY
    site.policy = replace(site.policy, windows=(replace(WEEKEND, override=("approvers",)),), override=("approvers",))
    site.operations = site.start()
    return site


def freezes(site: Site) -> list[Freeze]:
    return list(site.store.freezes())


def test_the_calendar_freezes_for_everybody_until_its_end(closed: Site) -> None:
    for person in (DEV, OPS):
        closed.type(WISH, FREE, person)
        assert closed.told(person) == "held"
    assert not closed.changes()

    closed.clock.time = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
    closed.type(WISH)
    assert len(closed.knative.writes) == 1


def test_who_may_overrides_with_a_reason_that_is_kept_in_plan_and_audit(closed: Site) -> None:
    closed.type(f"{WISH} --override 'the shop is down'", FREE, DEV)
    assert closed.told() == "held"

    closed.type(f"{WISH} --override 'the shop is down'", FREE, OPS)
    assert len(closed.knative.writes) == 1
    plan = closed.change().plan
    assert plan.override == "the shop is down"
    assert "“weekend”" in plan.notes[0]
    assert "the shop is down" in plan.notes[0]
    asked = next(entry for entry in closed.store.audit.export() if entry.event == "asked")
    assert "overrides a freeze: the shop is down" in asked.summary
    assert "--override" in asked.text


def test_an_override_takes_no_approval_away(closed: Site) -> None:
    closed.type(f"{WISH} --override down", GUARDED, OPS)
    assert closed.states() == [State.PENDING]
    closed.click("approve", closed.change().id, OPS)
    assert closed.told(OPS) == "own-request"
    closed.click("approve", closed.change().id, LEAD)
    assert len(closed.knative.writes) == 1


def test_what_was_overridden_is_looked_at_again_at_the_write(closed: Site) -> None:
    closed.type(f"{WISH} --override down", GUARDED, OPS)
    change = closed.change()
    closed.policy = replace(closed.policy, windows=(replace(WEEKEND, override=("directors",)),))
    closed.operations = closed.start()
    closed.click("approve", change.id, LEAD)

    assert closed.told(LEAD) == "held"
    assert not closed.knative.writes


def test_a_freeze_that_begins_meanwhile_holds_what_is_approved(site: Site) -> None:
    change = site.ask()
    soon = site.clock.now() + ANSWERED_WITHIN
    assert site.store.move(change, replace(vote(change, OPS), deadline=soon), "approve")  # and the process was killed
    site.type("freeze the shop is down", FREE, LEAD)
    site.wait(timedelta(seconds=10))

    assert site.states() == [State.REFUSED]
    assert "the shop is down" in site.card().reason
    assert not site.knative.writes


def test_a_waiting_card_says_when_a_freeze_begins_and_ends(site: Site) -> None:
    site.policy = replace(site.policy, windows=(Window("noon", (freezing.parse("daily 13:00 - 14:00"),), "UTC"),))
    site.operations = site.start()
    site.ask()
    shown = []
    for _ in range(3):
        site.wait()
        shown.append([freeze.window for freeze in site.channel.cards()[-1].holds.freezes])
        site.clock.sleep(timedelta(hours=1))

    assert shown == [[], ["noon"], []]


def test_freeze_and_thaw_by_hand(site: Site) -> None:
    site.type("freeze the shop is down --for 2h", FREE, OPS)
    (freeze,) = freezes(site)
    assert (freeze.namespace, freeze.reason, freeze.person) == ("shop", "the shop is down", OPS)
    assert freeze.until == site.clock.now() + timedelta(hours=2)
    site.type(WISH, FREE, OPS)
    assert site.told(OPS) == "held"

    site.type("thaw", ELSEWHERE, LEAD)
    assert not freezes(site)
    assert [type(answer) for _, answer in site.channel.answers if not hasattr(answer, "error")] == [
        FreezeBegun,
        FreezeEnded,
    ]
    assert [site.channel.places[ts][0] for ts in site.channel.messages] == [FREE]
    site.type(WISH, FREE, OPS)
    assert len(site.knative.writes) == 1
    assert site.rows()[:2] == ["freeze", "thaw"]


@pytest.mark.parametrize(
    ("line", "namespace", "reason"),
    [
        ("freeze", "shop", ""),
        ("freeze shop", "shop", ""),
        ("freeze shop is down", "shop", "is down"),
        ("freeze 'shop is down'", "shop", "shop is down"),
        ("freeze incident 42", "shop", "incident 42"),
        ("freeze --namespace prod incident 42", "prod", "incident 42"),
        ("freeze TOKEN=abc", "shop", "TOKEN=••••"),
    ],
)
def test_the_first_word_is_a_namespace_only_if_it_is_one_that_a_channel_stands_for(
    site: Site, line: str, namespace: str, reason: str
) -> None:
    site.type(line)
    (freeze,) = freezes(site)
    assert (freeze.namespace, freeze.reason) == (namespace, reason)


def test_a_freeze_ends_by_its_own_time_and_its_channel_is_told(site: Site) -> None:
    site.type("freeze --until 'tomorrow 09:00'", ELSEWHERE)
    site.wait(timedelta(hours=20))
    assert freezes(site)
    site.wait(timedelta(hours=1))

    assert not freezes(site)
    assert (site.last_row().event, site.last_row().actor_user) == ("thaw", None)
    assert [site.channel.places[ts][0] for ts in site.channel.messages] == [ELSEWHERE]


def test_a_time_behind_its_day_needs_no_quotes(site: Site) -> None:
    site.type("freeze --until thu 09:00 the shop is down")
    (freeze,) = freezes(site)
    assert freeze.until == datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
    assert freeze.reason == "the shop is down"


def test_the_calendar_is_not_thawed_by_hand(closed: Site) -> None:
    closed.type("thaw", FREE, OPS)
    assert closed.told(OPS) == "unknown-freeze"


def test_who_may_not_freeze_does_not(site: Site) -> None:
    leads = Rule("leads", Effect(), ("leads",), verbs=("guard",))
    site.policy = Policy((leads, Rule("look", Effect(), verbs=("look",))), {"leads": Group(frozenset({LEAD.user}))})
    site.operations = site.start()
    site.type("freeze")
    assert site.told() == "refused"
    site.type("freeze", FREE, LEAD)
    site.type("thaw")
    assert site.told() == "refused"
    assert len(freezes(site)) == 1


def test_can_tells_who_may_override(closed: Site) -> None:
    closed.type("can hello", FREE, DEV)
    closed.type("can hello", FREE, OPS)

    dev, ops = (answer for _, answer in closed.channel.answers if isinstance(answer, Rights))
    assert dict(dev.rights)["rollout"] == "not now, else yes"
    assert dict(ops.rights)["rollout"] == "with --override now, else yes"
    assert dict(dev.rights)["lock"] == "yes"
    assert dev.holds.freezes
