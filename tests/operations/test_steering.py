"""Rollouts in steps over hours of fake time: they go up, wait, hold, go back, are moved by people, and end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.core.answers import Steered
from bot.core.change import State
from bot.core.errors import Refused, Unavailable
from bot.core.model import Pod, Truth
from bot.core.rollout import annotation
from tests.core import builders
from tests.operations.fakes import NOON
from tests.operations.site import DEV, ELSEWHERE, FREE, GUARDED, LEAD, OPS, Site

if TYPE_CHECKING:
    from bot.core.rollout.state import Rollout

ONE, TWO = builders.name(1), builders.name(2)
MINUTE = timedelta(minutes=1)
TIMED = "rollout hello latest=10,50,100 --every 10m"
CHECKED = f"{TIMED} --analyze success>=99"
BASE = {ONE: 100}
FIGURES = {"5xx": 99.9, "sum(increase": 400.0}
"""The share of success is asked for by a query that holds the other one's words too: it is looked for first."""


def noted(site: Site) -> Rollout | None:
    return annotation.running(site.knative.service())


def held(site: Site) -> str:
    """Why the newest card says that it is on hold."""
    progress = site.channel.cards()[-1].progress
    return progress.reason if progress else ""


def steps(site: Site) -> str:
    """What the newest card says of how far the traffic is."""
    progress = site.channel.cards()[-1].progress
    return " ".join(step.text for step in progress.steps) if progress else ""


def pressed(site: Site, button: str) -> str:
    del button
    change = site.change()
    return f"{change.id}@{change.version}"


def test_it_goes_up_by_its_steps_and_ends_with_nothing_left_on_the_service(site: Site) -> None:
    site.type(TIMED)
    site.wait(MINUTE, 6)
    assert site.shares() == {ONE: 90, TWO: 10}
    assert noted(site) is not None
    site.wait(10 * MINUTE, 10)
    assert site.shares() == {TWO: 50, ONE: 50}
    site.wait(10 * MINUTE, 10)
    assert site.shares() == {TWO: 100}
    assert site.states() == [State.ROLLING]
    site.wait(10 * MINUTE, 10)

    assert site.states() == [State.DONE]
    assert annotation.ROLLOUT not in site.knative.service().annotations
    assert [row for row in site.rows() if row in ("asked", "begin", "step", "wrote", "true")] == [
        *("asked", "begin", "wrote"),
        *("step", "wrote", "step", "wrote", "step", "wrote", "true"),
    ]
    assert len(site.channel.messages) == 1


def test_each_write_names_the_plan_before_it_and_the_request_that_was_approved(site: Site) -> None:
    site.type(TIMED)
    first = site.change().plan
    site.wait(10 * MINUTE, 10)
    second = site.change().plan

    assert second.base is not None
    assert second.base.plan == first.id
    assert second.request == first.request
    assert site.knative.writes == [first.id, second.id]


def test_undo_at_the_end_gives_back_what_was_before_the_first_step(site: Site) -> None:
    site.type(TIMED)
    site.wait(31 * MINUTE, 31)
    assert site.states() == [State.DONE]
    site.type("undo hello")
    site.wait()

    assert site.shares() == BASE


def test_without_a_time_each_step_waits_for_a_click(site: Site) -> None:
    site.type("rollout hello latest=10,50,100")
    site.wait(5 * timedelta(hours=1), 5)
    assert site.shares() == {ONE: 90, TWO: 10}
    site.type("promote hello")
    site.wait()
    assert site.shares() == {TWO: 50, ONE: 50}
    assert isinstance(site.channel.answers[-1][1], Steered)
    site.type("promote hello")
    site.wait()

    assert site.states() == [State.DONE]


def test_ten_clicks_on_one_card_take_one_step(site: Site) -> None:
    site.type("rollout hello latest=10,20,30,100")
    site.wait()
    button = pressed(site, "promote")
    for _ in range(10):
        site.steer(button, "promote")

    assert site.shares()[TWO] == 20
    assert site.told(OPS) == "already"


def test_what_comes_true_within_a_breath_of_an_edit_is_shown_a_breath_later(site: Site) -> None:
    site.knative.prompt = False
    site.type(TIMED)
    site.operations.follow(builders.KEY)
    assert "moving traffic" in steps(site)
    site.clock.sleep(timedelta(milliseconds=200))
    site.knative.come_true()
    site.operations.follow(builders.KEY)
    assert "moving traffic" in steps(site)
    site.wait(timedelta(seconds=1))

    assert "traffic is as wished" in steps(site)


def test_paused_it_stays_and_resumed_its_step_begins_anew(site: Site) -> None:
    site.type(TIMED)
    site.wait(5 * MINUTE, 5)
    site.type("pause hello")
    site.wait(timedelta(hours=3), 10)
    assert site.shares()[TWO] == 10
    rollout = noted(site)
    assert rollout is not None
    assert rollout.paused is not None
    assert rollout.paused.by == f"slack:T1/{DEV.user}"
    site.type("pause hello")
    assert site.told() == "no-change"
    site.type("resume hello")
    site.wait(9 * MINUTE, 9)
    assert site.shares()[TWO] == 10
    site.wait(2 * MINUTE, 2)

    assert site.shares()[TWO] == 50


def test_aborted_it_gives_back_exactly_what_was_there(site: Site) -> None:
    before = site.knative.service().traffic
    site.type(TIMED)
    site.wait(11 * MINUTE, 11)
    site.steer(pressed(site, "abort"), "abort")
    site.wait()

    assert set(site.knative.service().traffic) == set(before)
    assert site.states() == [State.ABORTED]
    assert annotation.ROLLOUT not in site.knative.service().annotations
    site.wait(timedelta(hours=1), 10)
    assert site.shares() == BASE
    site.type("undo hello")
    assert site.told() == "invalid"


def test_a_gate_waits_for_a_person_in_a_timed_rollout(site: Site) -> None:
    site.type(f"{TIMED} --pause-at 50")
    site.wait(timedelta(hours=2), 120)
    assert site.shares()[TWO] == 50
    site.type("promote hello")
    site.wait()

    assert site.shares() == {TWO: 100}


def test_good_figures_let_it_go_on(site: Site) -> None:
    site.metrics.figures = dict(FIGURES)
    site.type(CHECKED)
    site.wait(31 * MINUTE, 62)

    assert site.states() == [State.DONE]


def test_a_bad_figure_gives_the_traffic_back_once_and_says_why(site: Site) -> None:
    site.metrics.figures = dict(FIGURES)
    site.type(CHECKED)
    site.wait(3 * MINUTE, 6)
    site.metrics.figures["5xx"] = 66.67
    site.wait(timedelta(hours=1), 60)

    assert site.shares() == BASE
    assert site.states() == [State.FAILED]
    assert "success 66.67%, wanted ≥ 99% (400 requests in" in site.change().reason
    assert "2 bad measurements in a row" in site.change().reason
    assert (site.rows().count("note"), site.rows().count("back")) == (1, 1)
    assert len(site.knative.writes) == 3


def test_what_fails_at_a_hundred_percent_still_goes_back(site: Site) -> None:
    site.metrics.figures = dict(FIGURES)
    site.type(CHECKED)
    site.wait(22 * MINUTE, 44)
    assert site.shares() == {TWO: 100}
    assert {target.tag for target in site.knative.service().traffic} == {None, "knobot-warm"}
    site.metrics.figures["5xx"] = 66.67
    site.wait(5 * MINUTE, 20)

    assert site.shares() == BASE
    assert site.states() == [State.FAILED]
    assert {target.tag for target in site.knative.service().traffic} == {None}


def test_at_a_hundred_percent_a_person_may_end_it_sooner(site: Site) -> None:
    site.type(TIMED)
    site.type("promote hello --full")
    site.wait()
    assert site.shares() == {TWO: 100}
    assert site.states() == [State.ROLLING]
    site.steer(pressed(site, "promote"), "promote")
    site.wait()

    assert site.states() == [State.DONE]
    assert annotation.ROLLOUT not in site.knative.service().annotations


def test_one_bad_figure_among_good_ones_gives_nothing_back(site: Site) -> None:
    site.metrics.figures = dict(FIGURES)
    site.type(CHECKED)
    site.wait(3 * MINUTE, 6)
    site.metrics.figures["5xx"] = 66.67
    site.wait(MINUTE / 2, 4)
    assert "66.67%, wanted ≥ 99%" in held(site)
    assert "1 of 2 bad measurements" in held(site)
    rollout = noted(site)
    assert rollout is not None
    assert rollout.bad == 1
    site.metrics.figures["5xx"] = 99.9
    site.wait(30 * MINUTE, 60)

    assert site.states() == [State.DONE]
    assert site.rows().count("back") == 0


def test_several_processes_count_one_measurement_once(site: Site) -> None:
    site.metrics.figures = dict(FIGURES)
    site.type(CHECKED)
    site.wait(3 * MINUTE, 6)
    site.metrics.figures["5xx"] = 66.67
    others = [site.start() for _ in range(3)]
    site.wait(MINUTE / 4, 1)
    for other in others:
        other.tick()
        other.follow(builders.KEY)

    assert site.shares()[TWO] == 10
    assert site.rows().count("note") == 1


def test_too_few_requests_hold_it_and_it_says_so(site: Site) -> None:
    site.metrics.figures = {"5xx": 100.0, "sum(increase": 3.0}
    site.type(CHECKED)
    site.wait(timedelta(hours=1), 60)
    assert site.shares()[TWO] == 10
    assert "3 requests in 1h, and 20 are needed to judge" in held(site)
    site.type("promote hello")
    assert site.told() == "invalid"
    site.metrics.figures["sum(increase"] = 30.0
    site.wait(MINUTE, 4)

    assert site.shares()[TWO] == 50


def test_a_person_may_skip_what_cannot_be_judged(site: Site) -> None:
    site.metrics.figures = {"5xx": 100.0, "sum(increase": 0.0}
    site.type(CHECKED)
    site.wait(timedelta(hours=1), 60)
    site.steer(pressed(site, "skip"), "skip")
    site.wait()

    assert site.shares()[TWO] == 50


def test_while_prometheus_is_away_nothing_goes_on(site: Site) -> None:
    site.metrics.figures = dict(FIGURES)
    site.type(CHECKED)
    site.metrics.trouble["query"] = Unavailable("Prometheus of main does not answer.")
    site.wait(15 * MINUTE, 60)
    assert site.shares()[TWO] == 10
    assert held(site) == "Prometheus of main does not answer"
    site.metrics.trouble.clear()
    site.wait(MINUTE, 4)

    assert site.shares()[TWO] == 50


def test_when_it_stays_away_a_person_decides(site: Site) -> None:
    site.metrics.figures = dict(FIGURES)
    site.type(CHECKED)
    site.metrics.trouble["query"] = Unavailable("Prometheus of main does not answer.")
    site.wait(timedelta(hours=3), 720)
    rollout = noted(site)
    assert rollout is not None
    assert rollout.paused is not None
    assert rollout.paused.why == "Prometheus of main does not answer"
    assert site.rows().count("pause") == 1
    site.metrics.trouble.clear()
    site.wait(timedelta(hours=1), 60)
    assert site.shares()[TWO] == 10
    site.steer(pressed(site, "skip"), "skip")
    site.wait()

    assert site.shares()[TWO] == 50


def test_a_check_that_cannot_judge_is_refused_before_anything_begins(site: Site) -> None:
    site.type(f"{TIMED} --analyze nonsense<3")
    assert site.told() == "not-found"
    site.metrics.trouble["query"] = Unavailable("Prometheus of main does not answer.")
    site.type(CHECKED)
    assert site.told() == "unavailable"

    assert not site.changes()


def test_a_revision_whose_pods_crash_goes_back(site: Site) -> None:
    site.type(TIMED)
    site.knative.starting = (
        Pod("hello-00002-x", TWO, "Running", ready=False, restarts=5, created=NOON, reason="CrashLoopBackOff"),
    )
    site.wait(2 * MINUTE, 4)

    assert site.shares() == BASE
    assert "CrashLoopBackOff" in site.change().reason


def test_a_revision_that_is_not_ready_any_more_goes_back_even_while_paused(site: Site) -> None:
    site.type(TIMED)
    site.type("pause hello")
    broken = builders.revision(2, Truth.FALSE, "ExitCode1", "it ended")
    at = site.knative.snapshots[builders.KEY]
    site.knative.snapshots[builders.KEY] = replace(at, revisions=(broken, at.revisions[1]))
    site.wait(2 * MINUTE, 4)

    assert site.shares() == BASE
    assert "ExitCode1" in site.change().reason


def test_traffic_that_does_not_arrive_goes_back(site: Site) -> None:
    site.knative.prompt = False
    site.type(TIMED)
    site.wait(12 * MINUTE, 12)

    assert site.change().state is State.ROLLING
    site.knative.come_true()
    site.wait(MINUTE, 2)
    assert site.shares() == BASE
    assert site.states() == [State.FAILED]


@pytest.mark.parametrize("by", ["kubectl", "knobot"])
def test_whoever_else_moves_the_traffic_stops_it_and_is_named(site: Site, by: str) -> None:
    site.type(TIMED)
    site.wait(MINUTE, 2)
    if by == "knobot":
        site.type("rollout hello latest=30")
    else:
        site.knative.shift({ONE: 70, TWO: 30})
    site.wait(timedelta(hours=1), 60)

    assert site.shares() == {ONE: 70, TWO: 30}
    assert annotation.ROLLOUT not in site.knative.service().annotations
    stopped = site.changes()[-1]
    assert stopped.state is State.SUPERSEDED
    assert ("somebody through Knobot" if by == "knobot" else "kubectl-user") in stopped.reason
    assert "70% hello-00001" in stopped.reason


def test_an_annotation_that_somebody_else_has_written_is_not_followed(site: Site) -> None:
    site.type(TIMED)
    service = site.knative.service()
    forged = {
        **service.annotations,
        annotation.ROLLOUT: service.annotations[annotation.ROLLOUT].replace("[10,50", "[10,99"),
    }
    at = site.knative.snapshots[builders.KEY]
    site.knative.snapshots[builders.KEY] = replace(at, service=replace(service, annotations=forged))
    site.wait(timedelta(hours=1), 60)

    assert site.shares()[TWO] == 10
    assert site.states() == [State.SUPERSEDED]
    assert annotation.ROLLOUT not in site.knative.service().annotations


def test_a_tag_and_a_deploy_without_traffic_in_between_do_not_stop_it(site: Site) -> None:
    site.type(TIMED)
    site.type("tag hello latest candidate")
    site.wait(11 * MINUTE, 22)

    assert site.shares()[TWO] == 50
    assert {target.tag for target in site.knative.service().traffic} == {None, "candidate"}
    site.type("abort hello")
    site.wait()
    assert site.shares() == BASE
    assert {target.tag for target in site.knative.service().traffic} == {None, "candidate"}


def test_an_approval_covers_all_steps(site: Site) -> None:
    site.type(TIMED, GUARDED)
    site.click("approve", site.change().id)
    site.wait(31 * MINUTE, 62)

    assert site.states() == [State.DONE]
    assert site.rows().count("approve") == 1


def test_faster_than_approved_it_goes_only_by_somebody_who_could_have_approved(site: Site) -> None:
    site.type(TIMED, GUARDED)
    site.click("approve", site.change().id)
    site.wait()
    site.type("promote hello --full", GUARDED, DEV)
    assert site.told() == "no-approver"
    site.type("promote hello --full", GUARDED, LEAD)
    site.wait()

    assert site.shares() == {TWO: 100}


def test_a_right_that_was_lost_holds_the_next_step(site: Site) -> None:
    site.type(TIMED, GUARDED)
    site.click("approve", site.change().id)
    site.directory.actors[DEV.user] = builders.guest(DEV)
    site.wait(timedelta(hours=1), 60)

    assert site.shares()[TWO] == 10
    assert "no rule allows it" in held(site)
    del site.directory.actors[DEV.user]
    site.wait(MINUTE, 4)
    assert site.shares()[TWO] == 50


def test_steps_are_taken_in_the_hours_of_weekdays_only(site: Site) -> None:
    assert NOON.strftime("%A %H:%M") == "Tuesday 12:00"
    site.type(f"{TIMED} --every 3h --weekdays 9-17 --timezone UTC".replace("--every 10m ", ""))
    site.wait(timedelta(hours=3, minutes=1), 10)
    assert site.shares()[TWO] == 50
    site.wait(timedelta(hours=17), 17)
    assert site.shares()[TWO] == 50
    site.wait(timedelta(hours=1), 10)

    assert site.shares() == {TWO: 100}


def test_a_restart_and_a_second_process_go_on_with_it_and_write_once(site: Site) -> None:
    site.type(TIMED)
    second = site.start()
    for _ in range(31):
        site.operations = site.start()
        site.wait(MINUTE)
        second.tick()

    assert site.states() == [State.DONE]
    assert len(site.knative.writes) == len(set(site.knative.writes)) == 4


def test_without_a_rollout_the_verbs_say_so_or_end_a_split(site: Site) -> None:
    for verb in ("pause", "resume"):
        site.type(f"{verb} hello")
        assert site.told() == "not-found"
    site.type("promote hello")
    assert site.told() == "invalid"
    site.type("rollout hello latest=10")
    site.wait()
    site.type("promote hello")
    site.wait()
    assert site.shares() == {TWO: 100}
    site.type("undo hello")
    site.wait()
    site.type("abort hello")
    site.wait()

    assert site.shares() == BASE


def test_a_button_in_another_channel_is_of_no_change_there(site: Site) -> None:
    site.type(TIMED)
    site.steer(pressed(site, "promote"), "promote", channel=ELSEWHERE)
    assert site.told(OPS) == "unknown-change"
    assert FREE in {change.plan.request.channel for change in site.changes()}


def test_what_has_gone_back_can_be_started_again_by_a_click(site: Site) -> None:
    site.type(TIMED)
    site.click("again", site.change().id, DEV, FREE)
    assert site.told() == "already"
    site.type("abort hello")
    site.wait()
    site.click("again", site.change().id, DEV, FREE)
    site.wait()

    assert site.states() == [State.ROLLING, State.ABORTED]
    assert site.shares() == {ONE: 90, TWO: 10}


def test_a_lock_holds_the_way_up_and_never_the_way_back(site: Site) -> None:
    site.type(TIMED)
    site.type("lock hello a migration runs", person=OPS)
    site.wait(timedelta(hours=1), 60)
    assert site.shares()[TWO] == 10
    assert "locked" in held(site)
    site.type("promote hello")
    assert site.told() == "held"
    site.type("promote hello", person=OPS)
    site.wait()
    assert site.shares()[TWO] == 50
    site.type("abort hello")
    site.wait()

    assert site.shares() == BASE


def test_a_step_that_the_cluster_refuses_ends_it_and_leaves_the_traffic(site: Site) -> None:
    site.type(TIMED)
    site.knative.trouble["apply"] = Refused("Knobot may not patch services.")
    site.wait(11 * MINUTE, 11)

    assert site.shares()[TWO] == 10
    assert site.states() == [State.FAILED]
    assert "may not patch" in site.change().reason


def test_a_cluster_that_does_not_answer_for_hours_is_waited_for(site: Site) -> None:
    site.type(TIMED)
    site.knative.trouble["apply"] = Unavailable("The cluster does not answer.")
    site.wait(timedelta(hours=2), 120)
    assert site.shares()[TWO] == 10
    site.knative.trouble.clear()
    site.wait(4 * MINUTE, 20)

    assert site.shares()[TWO] == 50


def test_somebody_who_moves_the_traffic_while_a_step_is_written_stops_it(site: Site) -> None:
    site.type(TIMED)
    site.knative.trouble["apply"] = Unavailable("The cluster does not answer.")
    site.wait(11 * MINUTE, 11)
    site.knative.trouble.clear()
    site.knative.shift({ONE: 70, TWO: 30})
    site.wait(5 * MINUTE, 20)

    assert site.shares() == {ONE: 70, TWO: 30}
    assert site.states() == [State.SUPERSEDED]
    assert annotation.ROLLOUT not in site.knative.service().annotations
