"""Rollouts in steps: the state and its laws, and every decision that can be made about it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.core import checks, making, references, timezone, traffic
from bot.core.errors import Invalid, NoChange, Refused, Stale
from bot.core.model import Condition, Pod, Snapshot, TrafficTarget, Truth
from bot.core.plan import PLAN, Plan
from bot.core.rollout import annotation, steering, stepping, weekdays, writing
from bot.core.rollout.judging import Evidence
from bot.core.rollout.state import KNOBOT, Outcome, Pause, Rollout
from bot.core.rollout.stepping import Advance, Ask, Back, Decision, Finish, Hold, Note, Wait
from bot.core.rollout.weekdays import Weekdays
from bot.core.rollout.writing import Stopped
from tests.core import builders
from tests.core.builders import NOW, name, target

MINUTE = timedelta(minutes=1)
LATER = NOW + timedelta(days=1)
NAMES = st.sampled_from([name(number) for number in (1, 3, 4, 5)])
PLACES = st.one_of(NAMES, st.just(references.FOLLOW))


@st.composite
def splits(draw: st.DrawFn) -> tuple[TrafficTarget, ...]:
    """Targets of a Service in which Revision 2 has nothing, some of them tagged."""
    places = draw(st.lists(PLACES, min_size=1, max_size=4, unique=True))
    weights = draw(st.lists(st.integers(1, 9), min_size=len(places), max_size=len(places)))
    shares = traffic.spread(100, dict(zip(places, weights, strict=True)))
    targets = [
        target(where, percent, draw(st.sampled_from([None, f"t{at}"])))
        for at, (where, percent) in enumerate(shares.items())
    ]
    bare = draw(st.sampled_from([(), (target(name(2), 0, "candidate"),)]))
    return (*(each for each in targets if each.percent or each.tag), *bare)


STEPS = st.lists(st.integers(1, 100), min_size=2, max_size=6, unique=True).map(lambda found: tuple(sorted(found)))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 # gets its zone
WINDOWS = st.builds(
    lambda first, last, zone: Weekdays(min(first, last), max(first, last) + 1, zone),
    st.integers(0, 1438),
    st.integers(0, 1438),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]),
)


@st.composite
def rollouts(draw: st.DrawFn) -> Rollout:
    """A rollout of Revision 2 that is somewhere on its way."""
    base = draw(splits())
    steps = draw(STEPS)
    bad = draw(st.integers(0, 1))
    return Rollout(
        revision=name(2),
        steps=steps,
        rest=tuple(sorted(traffic.percents(base).items())),
        base=base,
        by="slack:T1/U1",
        follow=draw(st.booleans()),
        every=draw(st.none() | st.integers(1, 10**6).map(lambda seconds: timedelta(seconds=seconds))),
        weekdays=draw(st.none() | WINDOWS),
        gates=draw(st.sampled_from([(), steps[:1]])),
        checks=draw(st.sampled_from([(), (checks.parse("success>=99%"), checks.parse("p95<500ms"))])),
        least=draw(st.integers(0, 100)),
        plan="0" * 32,
        index=draw(st.integers(0, len(steps) - 1)),
        started=draw(MOMENTS),
        since=draw(MOMENTS),
        paused=draw(st.none() | st.builds(Pause, st.just("slack:T1/U2"), MOMENTS, st.sampled_from(["", "away"]))),
        failures=draw(st.integers(2, 9)),
        bad=bad,
        measured=NOW if bad else None,
    )


@given(rollouts())
def test_what_is_written_on_the_service_is_read_as_it_was(rollout: Rollout) -> None:
    assert annotation.read(annotation.write(rollout)) == rollout


@given(rollouts(), st.text('{}[]":,0123456789abchelotrue-', max_size=6), st.integers(0, 10_000), st.integers(0, 12))
def test_whatever_else_stands_there_is_no_rollout_or_says_exactly_what_it_says(
    rollout: Rollout, noise: str, place: int, cut: int
) -> None:
    text = annotation.write(rollout)
    place %= len(text)
    found = annotation.read(text[:place] + noise + text[place + cut :])
    assert found is None or (sum(found.shares.values()) == 100 and annotation.read(annotation.write(found)) == found)


@pytest.mark.parametrize(
    "text",
    ["", "{}", "null", "[]", "1", '"x"', "{" * 5000, '{"version":1}', "x" * 20_000, "[" * 15_000],
)
def test_what_is_broken_is_no_rollout(text: str) -> None:
    assert annotation.read(text) is None


@given(rollouts(), splits())
def test_every_step_sums_to_a_hundred_and_keeps_every_tag(rollout: Rollout, present: tuple[TrafficTarget, ...]) -> None:
    for leads in (name(2), name(1), None):
        found = rollout.targets(present, leads)
        assert sum(each.percent for each in found) == 100
        assert traffic.tags(found) == traffic.tags(present)
        assert sum(each.percent for each in found if each.revision == name(2) or each.latest) >= rollout.percent


@given(rollouts())
def test_the_revision_only_goes_up(rollout: Rollout) -> None:
    climb = [rollout.at(index, NOW).shares[rollout.revision] for index in range(len(rollout.steps))]
    assert climb == list(rollout.steps)
    assert all(low < high for low, high in itertools.pairwise(climb))


@given(rollouts())
def test_the_way_back_leads_to_the_very_targets_of_before(rollout: Rollout) -> None:
    assert rollout.back(rollout.targets(rollout.base, None)) == rollout.base


@given(rollouts(), st.sampled_from(["fresh", "t0"]))
def test_a_tag_that_was_set_meanwhile_survives_the_way_back(rollout: Rollout, tag: str) -> None:
    present = traffic.tag(rollout.targets(rollout.base, None), name(2), tag)
    found = rollout.back(present)
    assert traffic.tags(found) == traffic.tags(present)
    assert traffic.percents(found) == traffic.percents(rollout.base)


@given(WINDOWS, MOMENTS)
def test_a_window_opens_on_a_weekday_within_its_hours_and_not_before(hours: Weekdays, at: datetime) -> None:
    found = hours.opens(at)
    local = found.astimezone(timezone.zone(hours.timezone))
    assert found >= at
    assert local.weekday() < 5
    assert found - at <= timedelta(days=4)
    assert hours.opens(found) == found


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-24T08:00", "2026-11-24T08:00"),  # Tuesday, 9:00 in Berlin
        ("2026-11-24T07:59", "2026-11-24T08:00"),
        ("2026-11-24T15:59", "2026-11-24T15:59"),
        ("2026-11-24T16:00", "2026-11-25T08:00"),
        ("2026-11-27T17:00", "2026-11-30T08:00"),  # Friday evening
        ("2026-03-28T12:00", "2026-03-30T07:00"),  # over the night in which summer begins
    ],
)
def test_a_window_is_told_in_its_own_zone(at: str, opens: str) -> None:
    hours = weekdays.parse("9-17", "Europe/Berlin")
    assert hours.opens(datetime.fromisoformat(f"{at}+00:00")) == datetime.fromisoformat(f"{opens}+00:00")


@pytest.mark.parametrize("text", ["", "9", "17-9", "9-25", "9:60-17", "9-9", "nine-five"])
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        weekdays.parse(text, "UTC")


# ------------------------------------------------------------------ decisions

TIMED = "rollout hello latest=10,50,100 --every 10m"
NOTHING = Evidence()
CHECK = checks.parse("success>=99%")


def begun(line: str = TIMED, on: Snapshot | None = None) -> tuple[Plan, Snapshot]:
    """A rollout whose first step was written at NOW and has arrived."""
    at = on or builders.snapshot(target(name(1), 100))
    plan = making.begun(builders.make(line, at), NOW)
    return plan, written(plan, at)


def written(plan: Plan, on: Snapshot) -> Snapshot:
    """The snapshot once `plan` has come true; who wrote it is noted as Knative and Knobot do."""
    after = builders.applied(plan, on)
    assert after.service is not None
    gone = {key for key, value in plan.annotations if value is None}
    noted = {key: value for key, value in after.service.annotations.items() if key not in gone}
    return replace(after, service=replace(after.service, annotations={**noted, PLAN: plan.id}))


def decide(plan: Plan, on: Snapshot, after: timedelta, evidence: Evidence = NOTHING) -> Decision:
    return stepping.step(plan, on, evidence, NOW + after, LATER)[0]


def changed(on: Snapshot, **fields: object) -> Snapshot:
    assert on.service is not None
    return replace(on, service=replace(on.service, **fields))  # type: ignore[arg-type] # fields by name


def figures(success: float | None, requests: float | None = 100, trouble: str = "") -> Evidence:
    return Evidence(requests=requests, figures=((CHECK, success),), trouble=trouble)


def test_the_first_step_shares_the_rest_and_notes_all_that_was_agreed_on() -> None:
    at = builders.snapshot(target(name(1), 100, "old"))
    plan = builders.make("rollout hello latest=10,50,100 --every 10m --pause-at 50 --analyze success>=99", at)
    rollout = plan.rollout

    assert builders.shares(plan) == {name(1): 90, name(2): 10}
    assert builders.tags(plan) == {"old": name(1)}
    assert rollout is not None
    assert rollout.base == (target(name(1), 100, "old"),)
    assert (rollout.steps, rollout.gates, rollout.least) == ((10, 50, 100), (50,), 20)
    assert rollout.by == "slack:T1/U1"
    assert dict(plan.annotations)[annotation.ROLLOUT] == annotation.write(rollout)


def test_a_revision_that_has_more_already_begins_anew_and_the_way_back_leads_from_it() -> None:
    plan = builders.make(TIMED, builders.snapshot(target("@latest", 100)))

    assert builders.shares(plan) == {name(1): 90, name(2): 10}
    assert plan.rollout is not None
    assert traffic.percents(plan.rollout.base) == {name(1): 100}
    assert any("has 100% now" in note for note in plan.notes)


def test_what_is_called_stable_itself_goes_up_against_the_one_before_it() -> None:
    plan = builders.make(TIMED, builders.snapshot(target("@latest", 100), annotations={references.STABLE: name(2)}))

    assert builders.shares(plan) == {name(1): 90, name(2): 10}


def test_nobody_to_carry_the_rest_is_refused() -> None:
    with pytest.raises(Invalid):
        builders.make(TIMED, builders.snapshot(revisions=(builders.revision(2),)))


def test_when_it_is_written_it_knows_when_it_began_and_what_was_approved() -> None:
    approved = builders.make(TIMED, builders.snapshot(target(name(1), 100)))
    plan = making.begun(approved, NOW)

    assert plan.id != approved.id
    assert plan.rollout is not None
    assert (plan.rollout.plan, plan.rollout.since) == (approved.id, NOW)
    assert (plan.after, plan.base) == (approved.after, approved.base)
    assert making.begun(approved, NOW) == plan


def test_it_waits_for_its_time_and_then_goes_on_until_it_ends() -> None:
    plan, at = begun()
    decision, again = stepping.step(plan, at, Evidence(), NOW + MINUTE, LATER)
    assert (decision, again) == (Wait(), NOW + 2 * MINUTE)
    decision, again = stepping.step(plan, at, Evidence(), NOW + 9.5 * MINUTE, LATER)
    assert (decision, again) == (Wait(), NOW + 10 * MINUTE)

    advance = decide(plan, at, 10 * MINUTE)
    assert isinstance(advance, Advance)
    assert builders.shares(advance.plan) == {name(1): 50, name(2): 50}
    at = written(advance.plan, at)
    assert decide(advance.plan, at, 19 * MINUTE) == Wait()
    whole = decide(advance.plan, at, 20 * MINUTE)
    assert isinstance(whole, Advance)
    assert builders.shares(whole.plan) == {name(2): 100}
    at = written(whole.plan, at)
    assert decide(whole.plan, at, 29 * MINUTE) == Wait()  # it is watched at 100%, too
    finish = decide(whole.plan, at, 30 * MINUTE)
    assert isinstance(finish, Finish)
    assert builders.shares(finish.plan) == {name(2): 100}
    assert dict(finish.plan.annotations)[annotation.ROLLOUT] is None
    last = written(finish.plan, at).service
    assert last is not None
    assert annotation.ROLLOUT not in last.annotations
    assert last.annotations[references.STABLE] == name(1)


def last(plan: Plan, on: Snapshot, evidence: Evidence = NOTHING) -> tuple[Plan, Snapshot]:
    """A rollout whose last step was written ten minutes after it began."""
    whole = steering.promote(plan, on, evidence, NOW + 10 * MINUTE, full=True)
    return whole, written(whole, on)


def test_what_fails_at_the_end_still_goes_back_and_finds_the_pods_of_before() -> None:
    plan, at = last(*judged(failures=1), figures(99.9))
    assert builders.tags(plan) == {"knobot-warm": name(1)}  # what no target names has no pods
    assert writing.running(plan).last
    back = decide(plan, at, 15 * MINUTE, figures(50.0))

    assert isinstance(back, Back)
    assert set(back.plan.after.traffic) == {target(name(1), 100)}


def test_at_the_end_nothing_is_left_of_what_kept_the_way_back_open() -> None:
    plan, at = last(*judged(), figures(99.9))
    paused = steering.pause(plan, at, "slack:T1/U2", NOW + 11 * MINUTE)
    assert builders.tags(paused) == {"knobot-warm": name(1)}
    at = written(paused, at)
    done = steering.promote(paused, at, figures(99.9), NOW + 12 * MINUTE)

    assert writing.running(done).outcome is Outcome.FINISHED
    assert set(done.after.traffic) == {target(name(2), 100)}
    assert dict(done.annotations) == {annotation.ROLLOUT: None}


def test_a_last_step_below_a_hundred_is_watched_too() -> None:
    plan, at = last(*begun("rollout hello latest=10,50 --every 10m"))
    assert builders.tags(plan) == {}
    assert decide(plan, at, 19 * MINUTE) == Wait()
    assert isinstance(decide(plan, at, 20 * MINUTE), Finish)


def test_without_a_time_a_check_at_the_end_is_watched_until_a_person_says_so() -> None:
    plan, at = begun("rollout hello latest=10,100 --analyze success>=99")
    plan, at = last(*noted(plan, at, checks=(CHECK,)), figures(99.9))
    assert decide(plan, at, timedelta(days=1), figures(99.9)) == Wait()
    done = steering.promote(plan, at, figures(99.9), NOW + timedelta(days=1))

    assert writing.running(done).outcome is Outcome.FINISHED


@pytest.mark.parametrize(("leads", "place"), [(2, "@latest"), (3, name(2))])
def test_the_end_follows_latest_only_if_that_is_what_went_up(leads: int, place: str) -> None:
    plan, at = begun("rollout hello @latest=10,100 --every 10m")
    plan, at = last(plan, at)
    at = changed(at, latest_ready=name(leads))
    assert builders.shares(plan) == {name(2): 100}
    finish = decide(plan, at, 20 * MINUTE)

    assert isinstance(finish, Finish)
    assert builders.shares(finish.plan) == {place: 100}


@pytest.mark.parametrize(
    ("evidence", "decision"),
    [
        (figures(99.5), Advance),
        (figures(99.0), Advance),
        (figures(98.9), Note),
        (figures(98.9, requests=3), Hold),
        (figures(None), Hold),
        (figures(None, requests=None), Hold),
        (figures(100.0, trouble="away"), Hold),
        (replace(figures(100.0), barrier="locked"), Hold),
        (replace(figures(50.0), barrier="locked"), Note),
    ],
)
def test_what_is_judged_decides_when_it_is_time(evidence: Evidence, decision: type[Decision]) -> None:
    plan, at = judged()

    assert isinstance(decide(plan, at, 10 * MINUTE, evidence), decision)
    before = decide(plan, at, MINUTE, evidence)
    assert isinstance(before, Note if decision is Note else Wait)


def judged(failures: int = 2) -> tuple[Plan, Snapshot]:
    """A rollout with a check, as it is completed where it is asked for."""
    plan, at = begun(f"{TIMED} --analyze success>=99 --failures {failures}")
    return noted(plan, at, checks=(CHECK,))


def noted(plan: Plan, on: Snapshot, **fields: object) -> tuple[Plan, Snapshot]:
    rollout = replace(writing.running(plan), **fields)  # type: ignore[arg-type] # fields by name
    assert on.service is not None
    annotations = {**on.service.annotations, annotation.ROLLOUT: annotation.write(rollout)}
    return replace(plan, rollout=rollout), changed(on, annotations=annotations)


def bad(plan: Plan) -> int:
    return writing.running(plan).bad


def test_bad_measurements_in_a_row_go_back_and_one_alone_is_noted_on_the_service() -> None:
    plan, at = judged()
    first = decide(plan, at, MINUTE, figures(50.0))
    assert isinstance(first, Note)
    assert not first.plan.moves_traffic
    assert '"bad":1' in dict(first.plan.annotations)[annotation.ROLLOUT]  # type: ignore[operator]
    plan, at = first.plan, written(first.plan, at)

    soon = decide(plan, at, 1.5 * MINUTE, figures(50.0))
    assert isinstance(soon, Hold)  # the same requests are no second measurement
    assert "1 of 2 bad measurements" in soon.why
    back = decide(plan, at, 2 * MINUTE, figures(50.0))
    assert isinstance(back, Back)
    assert back.why == "success 50%, wanted ≥ 99% (100 requests in 1m), 2 bad measurements in a row"
    assert set(back.plan.after.traffic) == {target(name(1), 100)}


def test_a_good_measurement_forgets_the_bad_one_before_it() -> None:
    plan, at = judged()
    for minute in (1, 3, 5):
        for success, count in ((50.0, 1), (99.9, 0)):
            decision = decide(plan, at, (minute + (count == 0)) * MINUTE, figures(success))
            assert isinstance(decision, Note)
            assert bad(decision.plan) == count
            plan, at = decision.plan, written(decision.plan, at)

    assert isinstance(decide(plan, at, 10 * MINUTE, figures(99.9)), Advance)


def test_what_cannot_be_measured_in_between_is_neither_good_nor_bad() -> None:
    plan, at = judged()
    first = decide(plan, at, MINUTE, figures(50.0))
    assert isinstance(first, Note)
    plan, at = first.plan, written(first.plan, at)
    for evidence in (figures(None), figures(50.0, trouble="away"), figures(50.0, requests=3)):
        assert decide(plan, at, 3 * MINUTE, evidence) == Wait()

    assert isinstance(decide(plan, at, 4 * MINUTE, figures(50.0)), Back)


def test_where_one_failure_is_enough_it_goes_back_at_once() -> None:
    plan, at = judged(failures=1)
    found = decide(plan, at, MINUTE, figures(98.9))

    assert isinstance(found, Back)
    assert found.why == "success 98.9%, wanted ≥ 99% (100 requests in 1m)"


def test_a_new_step_begins_without_the_failures_of_the_one_before() -> None:
    plan, at = noted(*judged(), bad=1, measured=NOW)
    following = steering.promote(plan, at, figures(50.0), NOW + 5 * MINUTE, skip=True)

    assert bad(following) == 0
    assert writing.running(following).measured is None


def test_the_time_of_a_step_begins_when_its_traffic_has_come() -> None:
    plan, at = begun()
    came = (Condition("RoutesReady", Truth.TRUE, since=NOW + 8 * MINUTE),)
    late = changed(at, conditions=came)
    assert decide(plan, late, 7 * MINUTE) == Wait()  # a clock ahead of this one
    found = decide(plan, late, 9 * MINUTE)
    assert isinstance(found, Note)
    assert writing.running(found.plan).since == NOW + 8 * MINUTE
    plan, late = found.plan, changed(written(found.plan, late), conditions=came)
    assert decide(plan, late, 17 * MINUTE) == Wait()
    assert isinstance(decide(plan, late, 18 * MINUTE), Advance)


def test_a_step_that_a_wrong_clock_began_in_the_future_does_not_wait_for_it() -> None:
    plan, at = noted(*begun(), since=NOW + timedelta(days=300))
    found = decide(plan, at, MINUTE)
    assert isinstance(found, Note)
    assert writing.running(found.plan).since == NOW + MINUTE


def test_a_clock_that_jumps_ahead_skips_no_step() -> None:
    plan, at = begun("rollout hello latest=10,20,30,100 --every 10m")
    found = decide(plan, at, timedelta(days=1))
    assert isinstance(found, Advance)
    assert writing.running(found.plan).percent == 20
    assert decide(found.plan, written(found.plan, at), timedelta(days=1, minutes=9)) == Wait()


def test_a_clock_that_was_set_back_does_not_keep_bad_measurements_from_being_counted() -> None:
    plan, at = noted(*judged(), bad=1, measured=NOW + timedelta(days=300))
    assert isinstance(decide(plan, at, MINUTE, figures(50.0)), Back)


@pytest.mark.parametrize("evidence", [figures(None), figures(9.0, trouble="away"), figures(9.0, requests=None)])
def test_a_step_that_waits_too_long_for_figures_is_handed_to_a_person(evidence: Evidence) -> None:
    plan, at = judged()
    assert isinstance(decide(plan, at, 19 * MINUTE, evidence), Hold)
    found = decide(plan, at, 20 * MINUTE, evidence)
    assert isinstance(found, Ask)
    assert not found.plan.moves_traffic
    plan, at = found.plan, written(found.plan, at)
    held = writing.running(plan).paused
    assert held is not None
    assert (held.by, held.why) == (KNOBOT, found.why)

    assert decide(plan, at, timedelta(days=1), figures(99.9)) == Wait()
    resumed = steering.resume(plan, at, NOW + timedelta(hours=2))
    assert isinstance(decide(resumed, written(resumed, at), timedelta(hours=2.5), figures(99.9)), Advance)


def test_too_few_requests_are_waited_for_without_an_end() -> None:
    plan, at = judged()
    assert isinstance(decide(plan, at, timedelta(days=3), figures(None, requests=3)), Hold)


def crashing() -> Evidence:
    return Evidence((Pod("p", name(2), "Running", ready=False, restarts=4, created=NOW, reason="CrashLoopBackOff"),))


def unready(on: Snapshot, ready: Truth) -> Snapshot:
    return replace(on, revisions=(builders.revision(2, ready, "Why", "so"), *on.revisions[1:]))


def test_what_does_not_pass_by_waiting_goes_back_at_once_and_calls_the_base_good() -> None:
    plan, at = begun()
    route = (Condition("RoutesReady", Truth.FALSE, "RevisionMissing", "gone"),)
    for on, evidence in (
        (at, crashing()),
        (unready(at, Truth.FALSE), Evidence()),
        (replace(at, revisions=at.revisions[1:]), Evidence()),
        (changed(at, conditions=route), Evidence()),
    ):
        found = decide(plan, on, MINUTE, evidence)
        assert isinstance(found, Back), found
        assert writing.running(found.plan).outcome is Outcome.FAILED
        assert dict(found.plan.annotations) == {references.STABLE: name(1), annotation.ROLLOUT: None}


def test_a_revision_that_is_not_ready_yet_is_waited_for() -> None:
    plan, at = begun()
    assert isinstance(decide(plan, unready(at, Truth.UNKNOWN), 10 * MINUTE), Hold)


def test_what_cannot_be_given_back_is_held() -> None:
    plan, at = begun()
    found = decide(plan, replace(at, revisions=(builders.revision(2, Truth.FALSE),)), MINUTE)
    assert isinstance(found, Hold)
    assert "no longer exists" in found.why


def test_traffic_that_is_late_goes_back_unless_knative_takes_its_time() -> None:
    plan, at = begun()
    moving = changed(at, routed=(target(name(1), 100),))
    assert stepping.step(plan, moving, Evidence(), NOW + MINUTE, NOW + 2 * MINUTE)[0] == Wait()
    assert isinstance(stepping.step(plan, moving, Evidence(), NOW + 2 * MINUTE, NOW + 2 * MINUTE)[0], Back)
    gradual = (Condition("RoutesReady", Truth.UNKNOWN, "RolloutInProgress"),)
    moving = changed(moving, conditions=gradual)
    assert stepping.step(plan, moving, Evidence(), LATER, LATER)[0] == Wait()


def test_it_stops_when_somebody_else_has_moved_what_it_is_about() -> None:
    plan, at = begun()
    assert at.service is not None
    kubectl = {**at.service.annotations, "serving.knative.dev/lastModifier": "kubectl-user"}
    bare = {key: value for key, value in kubectl.items() if key != annotation.ROLLOUT}
    for on, why, clears in (
        (changed(at, traffic=(target(name(1), 100),), annotations=kubectl), "kubectl-user changed the traffic", True),
        (changed(at, traffic=(target(name(1), 100),), annotations=bare), "it is now 100% hello-00001", False),
        (changed(at, annotations=bare), "took the rollout off", False),
        (changed(at, annotations={**kubectl, annotation.ROLLOUT: "{}"}), "what is noted", True),
        (replace(at, service=None), "was deleted", False),
        (changed(at, uid="another"), "was deleted", False),
        (changed(at, deleting=True), "was deleted", False),
    ):
        found = decide(plan, on, 10 * MINUTE, crashing())
        assert isinstance(found, Stopped), found
        assert why in found.why
        assert (found.plan is not None) is clears
        if found.plan:
            assert not found.plan.moves_traffic
            assert dict(found.plan.annotations)[annotation.ROLLOUT] is None


def test_a_person_holds_it_and_lets_it_go_on() -> None:
    plan, at = begun()
    paused = steering.pause(plan, at, "slack:T1/U2", NOW + MINUTE)
    at = written(paused, at)
    assert decide(paused, at, 60 * MINUTE) == Wait()
    with pytest.raises(NoChange):
        steering.pause(paused, at, "slack:T1/U2", NOW)
    resumed = steering.resume(paused, at, NOW + 60 * MINUTE)
    at = written(resumed, at)
    assert decide(resumed, at, 69 * MINUTE) == Wait()
    assert isinstance(decide(resumed, at, 70 * MINUTE), Advance)
    with pytest.raises(NoChange):
        steering.resume(resumed, at, NOW)


def test_a_person_takes_the_next_step_or_the_last() -> None:
    plan, at = begun("rollout hello latest=10,50,100")
    following = steering.promote(plan, at, Evidence(), NOW)
    assert builders.shares(following) == {name(1): 50, name(2): 50}
    last = steering.promote(plan, at, Evidence(), NOW, full=True)
    assert builders.shares(last) == {name(2): 100}
    assert writing.running(last).outcome is Outcome.FINISHED


def test_a_person_does_not_go_past_what_is_broken_locked_or_on_its_way() -> None:
    plan, at = begun()
    for on, evidence, error in (
        (at, crashing(), Invalid),
        (unready(at, Truth.UNKNOWN), Evidence(), Invalid),
        (at, Evidence(barrier="locked"), Refused),
        (changed(at, routed=()), Evidence(), Invalid),
        (changed(at, traffic=(target(name(1), 100),)), Evidence(), Stale),
    ):
        with pytest.raises(error):
            steering.promote(plan, on, evidence, NOW, skip=True)


def test_a_write_that_missed_goes_on_from_what_stands_there_and_takes_nothing_else_over() -> None:
    plan, at = begun()
    missed = decide(plan, at, 10 * MINUTE)
    assert isinstance(missed, Advance)
    assert writing.running(stepping.resumed(missed.plan, at)) == plan.rollout
    assert at.service is not None
    text = at.service.annotations[annotation.ROLLOUT].replace("[10,50", "[10,99")
    assert annotation.read(text) is not None
    forged = changed(at, annotations={annotation.ROLLOUT: text})
    assert stepping.resumed(missed.plan, forged) == missed.plan


@given(splits(), STEPS, st.data())
def test_a_whole_rollout_aborted_anywhere_is_as_if_it_had_never_been(
    base: tuple[TrafficTarget, ...], steps: tuple[int, ...], data: st.DataObject
) -> None:
    revisions = tuple(builders.revision(number) for number in (5, 4, 3, 2, 1))
    at = builders.snapshot(*base, revisions=revisions, leads=5)
    assume(traffic.percents(base) != {})
    plan = making.begun(builders.make(f"rollout hello {name(2)}={','.join(map(str, steps))} --every 10m", at), NOW)
    at = written(plan, at)
    for taken in range(data.draw(st.integers(0, len(steps) - 2))):
        advance = decide(plan, at, (taken + 1) * 10 * MINUTE)
        assert isinstance(advance, Advance)
        assert sum(each.percent for each in advance.plan.after.traffic) == 100
        plan, at = advance.plan, written(advance.plan, at)
    aborted = written(steering.abort(plan, at), at).service
    assert aborted is not None
    assert set(aborted.traffic) == set(base)
    assert annotation.ROLLOUT not in aborted.annotations
