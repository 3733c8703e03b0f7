"""The card of a rollout in steps at each point of its life, whole, as its plain text tells it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from textwrap import dedent
from typing import Any

from bot.blocks import Message, render
from bot.core import making
from bot.core.answers import ChangeCard, ServiceStatus, ServiceTable, Steered
from bot.core.change import Change, State, Votes
from bot.core.model import TrafficTarget
from bot.core.plan import PLAN
from bot.core.progress import Mark, Progress, Step
from bot.core.rollout import annotation, stepping, writing
from bot.core.rollout.judging import Evidence
from bot.core.rollout.state import KNOBOT, Outcome, Pause
from tests.blocks.examples import APPROVER, KEY, NOW, change, plan, service, snapshot
from tests.blocks.slack_rules import check

BEFORE = snapshot(service(TrafficTarget(100, "hello-00003")))
LINE = "rollout hello latest=10,50,100 --every 10m --analyze success>=99% --pause-at 50"
ASKED = plan(LINE, BEFORE)
BEGUN = making.begun(ASKED, NOW)
SPLIT = (("hello-00003", 90), ("hello-00004", 10))


def told(answer: ChangeCard | Steered | ServiceStatus | ServiceTable) -> str:
    message = render(answer)
    check(message)
    return message.text


def buttons(message: Message) -> list[dict[str, Any]]:
    return [element for block in message.blocks if block["type"] == "actions" for element in block["elements"]]


def lines(text: str) -> str:
    return dedent(text).strip()


def going(**fields: Any) -> Change:
    """The rollout after its first step was written, which needed one approval."""
    rollout = replace(writing.running(BEGUN), **fields)
    votes = Votes(1, "approvers", (APPROVER,))
    return change(replace(BEGUN, rollout=rollout), State.ROLLING, generation=8, votes=votes)


def test_what_is_agreed_on_stands_on_the_card_before_anybody_clicks() -> None:
    assert told(ChangeCard(change(ASKED))) == lines("""
        <@U1DEV> asks: `rollout hello latest=10,50,100 --every 10m --analyze success&gt;=99% --pause-at 50`
        *shop/hello* will be changed:
        Steps: 10% → 50% → 100% for hello-00004, every 10m; at 50% somebody has to promote it
        At 100% it is watched for another 10m, and done after that.
        Checked from 20 requests on: success ≥ 99%; 2 bad measurements in a row give the traffic back
        ```
        hello-00003 █████████░ 90% ← 100%
        hello-00004 █░░░░░░░░░ 10% ← 0%
        ```
        :pushpin: pinned: new deploys get no traffic until `follow hello`.
        A failed check, or `abort`, gives the traffic back: 100% hello-00003.
        hello-00004 has no pods now: it is woken first, for a minute at most.
        image digest `sha256:0123456789ab`
        It needs 1 approval from approvers, until 2026-11-24 16:00 UTC.
        cluster kind
    """)


def test_on_its_way_it_says_where_it_is_what_comes_next_and_how_the_revision_does() -> None:
    progress = Progress(
        (Step(Mark.DONE, "traffic is as wished"), Step(Mark.DONE, "success 99.8%, wanted ≥ 99%")), routed=SPLIT
    )
    message = render(ChangeCard(going(), progress))
    check(message)

    assert message.text == lines("""
        :hourglass_flowing_sand: *shop/hello*: step 1 of 3, 10% hello-00004
        *10%* → 50% → 100%
        Next step: 50% at 2026-11-24 12:10 UTC.
        ```
        hello-00003 █████████░ 90% ← 100%
        hello-00004 █░░░░░░░░░ 10% ← 0%
        ```
        :white_check_mark: traffic is as wished
        :white_check_mark: success 99.8%, wanted ≥ 99%
        Back leads to 100% hello-00003.
        Checked from 20 requests on: success ≥ 99%; 2 bad measurements in a row give the traffic back
        asked by <@U1DEV>
        approved by <@U2OPS>
        cluster kind
    """)
    assert [button["text"]["text"] for button in buttons(message)] == ["Promote", "Pause", "Abort"]
    assert {button["value"] for button in buttons(message)} == {"c0ffee@3"}


def test_on_hold_it_says_why_first_and_offers_to_skip() -> None:
    message = render(ChangeCard(going(), Progress((), reason="3 requests in 10m, and 20 are needed to judge")))
    check(message)

    first = (
        ":warning: *shop/hello*: step 1 of 3, 10% hello-00004, on hold: 3 requests in 10m, and 20 are needed to judge"
    )
    assert message.text.splitlines()[0] == first
    assert "Next step: 50%, not before 2026-11-24 12:10 UTC." in message.text
    assert [button["text"]["text"] for button in buttons(message)] == ["Promote", "Pause", "Skip checks", "Abort"]


def test_paused_it_says_by_whom_and_offers_to_go_on() -> None:
    message = render(ChangeCard(going(paused=Pause("slack:T1/U2OPS", NOW + timedelta(minutes=3)))))
    check(message)

    assert "step 1 of 3, 10% hello-00004, paused by <@U2OPS>" in message.text.splitlines()[0]
    assert "Paused by <@U2OPS> since 2026-11-24 12:03 UTC: Resume lets it go on." in message.text
    assert [button["text"]["text"] for button in buttons(message)] == ["Promote", "Resume", "Abort"]


def test_what_could_not_be_judged_for_too_long_is_for_a_person_to_decide() -> None:
    held = Pause(KNOBOT, NOW + timedelta(minutes=20), "Prometheus of kind does not answer")
    message = render(ChangeCard(going(paused=held)))
    check(message)

    first = (
        ":double_vertical_bar: *shop/hello*: step 1 of 3, 10% hello-00004, "
        "paused by Knobot: Prometheus of kind does not answer"
    )
    assert message.text.splitlines()[0] == first
    ways = "Resume waits once more, Skip checks goes on, Abort goes back."
    assert f"Paused by Knobot since 2026-11-24 12:20 UTC: {ways}" in message.text
    assert [button["text"]["text"] for button in buttons(message)] == ["Promote", "Resume", "Skip checks", "Abort"]


def test_while_a_step_is_written_there_is_nothing_to_click() -> None:
    message = render(ChangeCard(replace(going(), state=State.APPLYING, reason="The cluster does not answer.")))
    check(message)

    assert "The cluster does not answer." in message.text
    assert not buttons(message)


def test_at_a_hundred_percent_it_says_until_when_it_is_watched_and_offers_to_end_it() -> None:
    message = render(ChangeCard(going(index=2), Progress((), routed=(("hello-00004", 100),))))
    check(message)

    assert message.text.splitlines()[:3] == [
        ":hourglass_flowing_sand: *shop/hello*: step 3 of 3, 100% hello-00004",
        "10% → 50% → *100%*",
        "It is done at 2026-11-24 12:10 UTC; until then it still goes back by itself if it fails.",
    ]
    assert [button["text"]["text"] for button in buttons(message)] == ["Finish", "Pause", "Abort"]


def test_done_it_says_so_beside_what_was_before_its_first_step() -> None:
    done = replace(going(index=2, outcome=Outcome.FINISHED), state=State.DONE)
    first, _, *bars = told(ChangeCard(done, Progress((), routed=(("hello-00004", 100),)))).splitlines()[:4]

    assert first == ":white_check_mark: *shop/hello*: the rollout is done, 100% hello-00004"
    assert bars == ["hello-00004 ██████████ 100% ← 0%", "hello-00003 ░░░░░░░░░░   0% ← 100%"]


def test_taken_back_it_says_why_with_the_figure_and_where_the_traffic_is() -> None:
    why = "success 66.7%, wanted ≥ 99% (143 requests in 4m)"
    ended = replace(going(outcome=Outcome.FAILED, reason=why), state=State.FAILED, reason=why)
    message = render(ChangeCard(ended, Progress((), routed=(("hello-00003", 100),))))
    check(message)

    assert message.text.splitlines()[0] == f":x: *shop/hello*: {why}. The traffic is back: 100% hello-00003"
    assert [button["text"]["text"] for button in buttons(message)] == ["Start again"]


def test_while_its_last_write_comes_true_it_says_what_that_is_for() -> None:
    back = "The traffic goes back: 100% hello-00003"
    for outcome, first in (
        (Outcome.FAILED, f":x: *shop/hello*: it broke. {back}"),
        (Outcome.ABORTED, f":leftwards_arrow_with_hook: *shop/hello*: <@U2OPS> aborted at 10%. {back}"),
        (Outcome.STOPPED, ":fast_forward: it broke"),
        (Outcome.FINISHED, ":hourglass_flowing_sand: *shop/hello*: the rollout ends at 10% hello-00004"),
    ):
        for state in (State.APPLYING, State.ROLLING):
            there = replace(going(outcome=outcome, reason="it broke"), state=state, actor=APPROVER)
            assert told(ChangeCard(there)).splitlines()[0] == first


def test_aborted_it_says_by_whom_and_where() -> None:
    ended = replace(going(outcome=Outcome.ABORTED), state=State.ABORTED, actor=APPROVER)
    text = told(ChangeCard(ended, Progress((), routed=(("hello-00003", 100),))))
    first = text.splitlines()[0]

    assert text.count("100% hello-00003") == 1
    assert first == (
        ":leftwards_arrow_with_hook: *shop/hello*: <@U2OPS> aborted at 10%. The traffic is back: 100% hello-00003"
    )


def test_whoever_typed_is_told_what_comes_next() -> None:
    assert told(Steered(going(index=1), "promote")) == (
        "*shop/hello* goes to step 2 of 3, 50%. The next step waits for somebody to promote it."
    )
    assert told(Steered(going(outcome=Outcome.FINISHED, index=2), "promote")) == (
        "*shop/hello* ends its rollout at 100%; its card tells when it is so."
    )
    assert told(Steered(going(outcome=Outcome.ABORTED), "abort")) == (
        "*shop/hello* goes back; its card tells when it is so."
    )


def test_whoever_looks_at_the_service_sees_the_rollout() -> None:
    rolling = service(
        TrafficTarget(90, "hello-00003"),
        TrafficTarget(10, "hello-00004"),
        annotations={PLAN: BEGUN.id, annotation.ROLLOUT: annotation.write(writing.running(BEGUN))},
    )
    whole = told(ServiceStatus(snapshot(rolling), (), NOW))
    listed = told(ServiceTable("shop", (rolling,), NOW + timedelta(minutes=3)))

    assert "Rolling out in steps: step 1 of 3, 10% hello-00004. Next step: 50% at 2026-11-24 12:10 UTC." in whole
    assert "step 1 of 3, 10% hello-00004, next in 7m" in listed


def test_what_a_rollout_says_of_itself_is_what_was_seen() -> None:
    noted = annotation.write(writing.running(BEGUN))
    here = replace(BEFORE, service=service(*BEGUN.after.traffic, annotations={annotation.ROLLOUT: noted}))
    away = Evidence(trouble="Prometheus of kind does not answer")
    early = stepping.standing(BEGUN, here, away, NOW, NOW)

    assert here.key == KEY
    assert early.reason == ""  # before its time nothing is held up
    assert [step.text for step in early.steps] == ["traffic is as wished", "success: wanted ≥ 99%", away.trouble]
    late = stepping.standing(BEGUN, here, away, NOW + timedelta(minutes=10), NOW)
    assert [step.text for step in late.steps] == ["traffic is as wished", "success: wanted ≥ 99%"]
    assert late.reason == away.trouble


def test_a_status_meanwhile_has_no_buttons_that_would_end_it() -> None:
    splits = (TrafficTarget(90, revision="hello-00003"), TrafficTarget(10, revision="hello-00004"))
    plain = snapshot(service(*splits))
    noted = {annotation.ROLLOUT: annotation.write(writing.running(BEGUN))}
    underway = snapshot(service(*splits, annotations=noted))
    assert buttons(render(ServiceStatus(plain, (), NOW)))
    assert not buttons(render(ServiceStatus(underway, (), NOW)))
