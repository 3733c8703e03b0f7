"""The card of a change at each point of its life, whole, as its plain text tells it."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent
from typing import Any

import pytest

from bot.blocks import Message, render
from bot.core.answers import ChangeCard
from bot.core.change import Event, State, Votes
from bot.core.model import ServiceKey, Snapshot, TrafficTarget
from bot.core.pad import Nudge
from bot.core.progress import Mark, Progress, Step
from tests.blocks.examples import APPROVER, KEY, change, plan, revision, service, snapshot
from tests.blocks.slack_rules import check

SPLIT = plan("rollout hello previous=10")
DEPLOY = plan("deploy hello ghcr.io/acme/hello:v5 --env TARGET=Rev2 --traffic 10 --tag blue")
DARK = plan("deploy hello --env TARGET=blue --no-traffic")
STEPS = (Step(Mark.DONE, "hello-00005 is Ready"), Step(Mark.DONE, "traffic is as wished"))
ASLEEP = snapshot(service(), revision(4), replace(revision(3), replicas=0, desired_replicas=0), revision(2))
APPROVED = Votes(1, "approvers", (APPROVER,))


def told(card: ChangeCard) -> str:
    """Return the text of a card that keeps Slack's rules."""
    message = render(card)
    check(message)
    return message.text


def buttons(message: Message) -> list[dict[str, Any]]:
    return [element for block in message.blocks if block["type"] == "actions" for element in block["elements"]]


def lines(text: str) -> str:
    return dedent(text).strip()


def test_a_pending_card_says_who_asks_for_what_and_who_must_approve() -> None:
    assert told(ChangeCard(change(DEPLOY))) == lines("""
        <@U1DEV> asks: `deploy hello ghcr.io/acme/hello:v5 --env TARGET=Rev2 --traffic 10 --tag blue`
        *shop/hello* will be changed:
        image: `ghcr.io/acme/hello:v4` → `ghcr.io/acme/hello:v5`
        env TARGET: `Rev1` → `Rev2`
        tag `blue`: `new Revision`
        ```
        hello-00004  █████████░ 90% ← 100%
        new Revision █░░░░░░░░░ 10% ← 0%   ⤴
        ```
        ⤴ follows latest
        It needs 1 approval from approvers, until 2026-11-24 16:00 UTC.
        cluster kind
    """)


def test_a_rolling_card_names_the_new_revision_and_how_far_it_is() -> None:
    progress = Progress(
        (Step(Mark.WORKING, "hello-00005 is starting (Deploying)"), Step(Mark.WAITING, "then its traffic")),
        "hello-00005",
        logs=("listening on 8080", "waiting for the database"),
    )
    assert told(ChangeCard(change(DEPLOY, State.ROLLING, votes=APPROVED), progress)) == lines("""
        :hourglass_flowing_sand: *shop/hello*: `deploy hello ghcr.io/acme/hello:v5 --env TARGET=Rev2 --traffic 10 --tag blue` is rolling out
        :hourglass_flowing_sand: hello-00005 is starting (Deploying)
        :white_circle: then its traffic
        ```
        Last log lines:
        listening on 8080
        waiting for the database
        ```
        image: `ghcr.io/acme/hello:v4` → `ghcr.io/acme/hello:v5`
        env TARGET: `Rev1` → `Rev2`
        tag `blue`: `hello-00005`
        ```
        hello-00004 █████████░ 90% ← 100%
        hello-00005 █░░░░░░░░░ 10% ← 0%   ⤴
        ```
        ⤴ follows latest
        asked by <@U1DEV>
        approved by <@U2OPS>
        gives up at 2026-11-24 16:00 UTC
        cluster kind
    """)  # noqa: E501 # one line of the message, as it is


def test_a_card_that_came_true_says_first_what_is_so_now() -> None:
    progress = Progress(STEPS, "hello-00005", Event.TRUE, routed=(("hello-00004", 90), ("hello-00005", 10)))
    assert told(ChangeCard(change(DEPLOY, State.DONE, votes=APPROVED), progress)) == lines("""
        :white_check_mark: *shop/hello*: 90% hello-00004, 10% hello-00005
        ```
        hello-00004 █████████░ 90% ← 100%
        hello-00005 █░░░░░░░░░ 10% ← 0%   ⤴
        ```
        :white_check_mark: hello-00005 is Ready
        :white_check_mark: traffic is as wished
        image: `ghcr.io/acme/hello:v4` → `ghcr.io/acme/hello:v5`
        env TARGET: `Rev1` → `Rev2`
        tag `blue`: `hello-00005`
        ⤴ follows latest
        asked by <@U1DEV>: `deploy hello ghcr.io/acme/hello:v5 --env TARGET=Rev2 --traffic 10 --tag blue`
        approved by <@U2OPS>
        cluster kind
    """)


def test_a_deploy_without_traffic_says_that_there_is_none() -> None:
    progress = Progress(STEPS, "hello-00005", Event.TRUE, routed=(("hello-00004", 100),))
    text = told(ChangeCard(change(DARK, State.DONE), progress))
    assert text.startswith(
        ":white_check_mark: *shop/hello*: hello-00005 is Ready and gets no traffic; 100% hello-00004\n"
    )
    assert "hello-00005 ░░░░░░░░░░   0%" in text


def test_a_failed_card_says_why_what_serves_and_what_to_do() -> None:
    reason = 'hello-00005 failed: ExitCode3: Container failed with: "boom"'
    progress = Progress((Step(Mark.FAILED, reason),), "hello-00005", Event.FAILED, reason, ("boom: no database",))
    assert told(ChangeCard(change(DARK, State.FAILED, reason=reason), progress)) == lines("""
        :x: *shop/hello*: hello-00005 failed: ExitCode3: Container failed with: "boom"
        Traffic stayed where it was: 100% hello-00004
        ```
        hello-00004 ██████████ 100%
        ```
        The container starts and stops again: its last log lines tell why. Fix it and deploy again.
        ```
        Last log lines:
        boom: no database
        ```
        What was wished:
        env TARGET: `Rev1` → `blue`
        asked by <@U1DEV>: `deploy hello --env TARGET=blue --no-traffic`
        cluster kind
    """)


def test_a_failed_creation_says_that_nothing_serves() -> None:
    card = ChangeCard(change(_creation(), State.FAILED, reason="fresh-00001 failed: ImagePullBackOff"))
    assert "Nothing serves yet." in told(card)
    assert not buttons(render(card))


def _creation() -> Any:
    nothing = Snapshot(ServiceKey("kind", "shop", "fresh"), None)
    return plan("deploy fresh ghcr.io/acme/fresh:v1", nothing)


def test_a_creation_says_that_it_creates() -> None:
    planned = _creation()
    assert "*shop/fresh* will be created:\nimage: `ghcr.io/acme/fresh:v1`" in told(ChangeCard(change(planned)))
    done = Progress((), "fresh-00001", Event.TRUE, routed=(("fresh-00001", 100),))
    card = ChangeCard(change(planned, State.DONE), done)
    assert told(card).startswith(":white_check_mark: *shop/fresh* is created: 100% fresh-00001\n")
    assert not buttons(render(card))


def test_a_rollback_says_that_it_pins() -> None:
    text = told(ChangeCard(change(plan("rollback hello"), State.DONE)))
    assert text.startswith(":white_check_mark: *shop/hello*: 100% hello-00003\n")
    assert ":pushpin: pinned: new deploys get no traffic until `follow hello`." in text


def test_what_was_to_be_woken_is_said_no_more_once_it_is_done() -> None:
    waking = plan("rollback hello previous", ASLEEP)
    assert waking.warms
    for state, so in ((State.PENDING, True), (State.WARMING, True), (State.ROLLING, False), (State.DONE, False)):
        assert ("has no pods now" in told(ChangeCard(change(waking, state)))) == so


def test_a_moved_tag_is_what_is_so_now() -> None:
    tagged = service(TrafficTarget(100, latest=True), TrafficTarget(0, "hello-00002", tag="candidate"))
    text = told(ChangeCard(change(plan("tag hello previous candidate", snapshot(tagged)), State.DONE)))
    assert text.startswith(":white_check_mark: *shop/hello*: `candidate` leads to hello-00003\n")
    assert "tag `candidate`: `hello-00002` → `hello-00003`" in text
    text = told(ChangeCard(change(plan("untag hello candidate", snapshot(tagged)), State.DONE)))
    assert text.startswith(":white_check_mark: *shop/hello*: the tag `candidate` is gone\n")


ENDS = {
    State.SUPERSEDED: ":fast_forward: admin was here.",
    State.STALE: ":warning: This request is stale: admin was here.",
    State.REFUSED: ":no_entry: Refused: admin was here.",
    State.DECLINED: ":no_entry: <@U2OPS> declined `rollout hello previous=10`: admin was here.",
    State.EXPIRED: ":alarm_clock: Nobody approved `rollout hello previous=10` in time",
    State.WITHDRAWN: ":leftwards_arrow_with_hook: <@U2OPS> withdrew `rollout hello previous=10`: admin was here.",
}


@pytest.mark.parametrize(("state", "headline"), ENDS.items(), ids=lambda value: getattr(value, "value", ""))
def test_a_card_that_ended_says_how_and_keeps_what_it_was_about(state: State, headline: str) -> None:
    text = told(ChangeCard(change(SPLIT, state, actor=APPROVER, reason="admin was here.")))
    assert text.split("\n")[0] == headline
    assert "rollout hello previous=10" in text
    assert "<@U1DEV>" in text
    assert "hello-00003 █░░░░░░░░░ 10% ← 0%" in text
    assert ("Nothing was written" in text) == (state is not State.SUPERSEDED)


BUTTONS = {
    State.PENDING: [("approve", "primary"), ("decline", "danger"), ("withdraw", None)],
    State.DONE: [("undo", None), ("pad-less", None), ("pad-even", None)],
    State.FAILED: [("undo", None)],
    State.STALE: [("again", None)],
    State.REFUSED: [("again", None)],
    State.EXPIRED: [("again", None)],
}


@pytest.mark.parametrize("state", State, ids=lambda state: state.value)
def test_buttons_are_there_only_while_they_can_do_something(state: State) -> None:
    progress = Progress((), nudges=(Nudge.LESS, Nudge.EVEN))
    found = buttons(render(ChangeCard(change(SPLIT, state), progress)))
    assert [(button["action_id"], button.get("style")) for button in found] == BUTTONS.get(state, [])
    for button in found:
        assert button["value"] == ("kind/shop/hello@0" if button["action_id"].startswith("pad") else "c0ffee")


@pytest.mark.parametrize(
    "planned",
    [
        replace(SPLIT, verb="undo"),
        replace(SPLIT, request=replace(SPLIT.request, text="deploy hello --env API_TOKEN=••••")),
    ],
    ids=["undo", "hidden secret"],
)
def test_what_cannot_be_planned_from_its_words_is_not_offered_again(planned: Any) -> None:
    assert not buttons(render(ChangeCard(change(planned, State.STALE))))


def test_each_move_of_a_change_makes_a_new_block_of_buttons() -> None:
    first, second = (render(ChangeCard(change(SPLIT, version=version))) for version in (3, 4))
    assert first.blocks[-1]["block_id"] == "change-c0ffee-3"
    assert second.blocks[-1]["block_id"] == "change-c0ffee-4"


def test_the_reader_sees_the_deadline_in_their_own_time_zone() -> None:
    shown = "\n".join(block["text"]["text"] for block in render(ChangeCard(change(SPLIT))).blocks if "text" in block)
    assert "<!date^1795536000^{date_short_pretty} {time}|2026-11-24 16:00 UTC>" in shown


def test_votes_so_far_are_told() -> None:
    text = told(ChangeCard(change(SPLIT, votes=Votes(2, None, (APPROVER,)))))
    assert "needs 1 more approval from somebody who may do it themselves (given by <@U2OPS>)" in text
    assert KEY.name in text


def test_a_stale_card_tells_what_differs_line_by_line_before_what_was_asked_for() -> None:
    reason = "shop/hello was changed in the meantime by jane.\ntraffic: 100% a → 100% b\nimage: v1 → v9"
    lines = told(ChangeCard(change(SPLIT, State.STALE, reason=reason))).split("\n")

    assert lines[0] == ":warning: This request is stale: shop/hello was changed in the meantime by jane."
    assert lines[1:4] == [
        "What is different since it was planned:",
        "• traffic: 100% a → 100% b",
        "• image: v1 → v9",
    ]
    assert "What was asked for:" in lines[4]


def test_a_card_leads_to_a_preview_and_names_the_image() -> None:
    planned = replace(SPLIT, preview="http://candidate-hello.shop.example.com")
    text = told(ChangeCard(change(planned, State.PENDING)))

    assert "Preview: <http://candidate-hello.shop.example.com>" in text
    assert "image digest `" in text
