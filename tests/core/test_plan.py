from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.core import deleting, reverting, staleness, traffic
from bot.core import plan as plans
from bot.core.errors import BotError, Invalid, NoChange, NotFound, Stale
from bot.core.model import Condition, Snapshot, Truth
from bot.core.references import STABLE
from tests.core.builders import (
    KEY,
    REQUEST,
    applied,
    environment,
    make,
    name,
    revision,
    service,
    shares,
    snapshot,
    tags,
    target,
    template,
)

if TYPE_CHECKING:
    from bot.core.plan import Plan

ONE, TWO, THREE = name(1), name(2), name(3)
BROKEN = revision(3, Truth.FALSE, "ImagePullBackOff")
NOTHING = Snapshot(KEY, None)
NEW = "deploy hello ghcr.io/acme/hello:v3"


def test_a_first_deploy_creates_a_service_that_follows_its_latest() -> None:
    plan = make("deploy hello img:1 --env A=b --tag blue", NOTHING)
    assert (plan.base, plan.before, plan.annotations) == (None, None, ())
    assert plan.after.traffic == (target("@latest", 100, "blue"),)
    assert environment(plan.after.template) == {"A": "b"}
    assert plan.new_revision
    assert plan.moves_traffic


def test_a_first_deploy_needs_an_image_and_says_that_it_takes_all_traffic() -> None:
    with pytest.raises(NotFound, match=r"no Service shop/hello.*name an image"):
        make("deploy hello --env A=b", NOTHING)
    assert "gets all the traffic" in make("deploy hello img:1 --traffic 10", NOTHING).notes[0]


@pytest.mark.parametrize("line", ["rollout hello latest=10", "rollback hello", "follow hello", "untag hello x"])
def test_what_is_not_there_cannot_be_changed(line: str) -> None:
    with pytest.raises(NotFound, match="There is no Service shop/hello"):
        make(line, NOTHING)
    with pytest.raises(Invalid, match="being deleted"):
        make(line, snapshot(deleting=True))


def test_a_deploy_keeps_what_it_does_not_name() -> None:
    document = template(env={"A": "1", "B": "2"}, labels={"l": "v"})
    plan = make(f"{NEW} --env B=3", snapshot(template=document))
    after = json.loads(plan.after.template)
    assert environment(plan.after.template) == {"A": "1", "B": "3"}
    assert after["metadata"]["labels"] == {"l": "v"}
    assert {change.what for change in plan.changes} == {"image", "env B"}
    assert not plan.moves_traffic


def test_traffic_that_is_as_wished_is_told() -> None:
    with pytest.raises(NoChange, match="hello is already so: 100% hello-00002, and follows latest"):
        make("follow hello", snapshot(target("@latest", 100)))
    with pytest.raises(NoChange, match="hello is already so: 90% hello-00001, 10% hello-00002"):
        make("rollout hello latest=10", snapshot(target(TWO, 10), target(ONE, 90)))


def test_a_deploy_of_what_is_there_is_no_change() -> None:
    with pytest.raises(NoChange, match=r"hello is already so\."):
        make("deploy hello ghcr.io/acme/hello:v1", snapshot(template=json.dumps(json.loads(template()), indent=2)))


def test_a_deploy_drops_a_revision_name_of_ones_own() -> None:
    plan = make(NEW, snapshot(template=template(name="hello-mine")))
    assert "name" not in json.loads(plan.after.template)["metadata"]


@pytest.mark.parametrize(
    ("line", "present", "after"),
    [
        pytest.param(NEW, [("@latest", 100)], {"@latest": 100}, id="the latest takes all"),
        pytest.param(f"{NEW} --no-traffic", [("@latest", 100)], {TWO: 100}, id="the old one is pinned"),
        pytest.param(f"{NEW} --traffic 10", [("@latest", 100)], {TWO: 90, "@latest": 10}, id="ten percent"),
        pytest.param(f"{NEW} --traffic 100", [(ONE, 100)], {"@latest": 100}, id="all of it"),
        pytest.param(NEW, [(ONE, 100)], {ONE: 100}, id="a pin stays"),
        pytest.param(
            f"{NEW} --traffic 50", [(ONE, 60), (TWO, 40)], {ONE: 30, TWO: 20, "@latest": 50}, id="in proportion"
        ),
        pytest.param(f"{NEW} --no-traffic", [("@latest", 30), (TWO, 70)], {TWO: 100}, id="the same Revision twice"),
    ],
)
def test_a_deploy_moves_as_much_traffic_as_it_says(
    line: str, present: list[tuple[str, int]], after: dict[str, int]
) -> None:
    plan = make(line, snapshot(*(target(*each) for each in present)))
    assert plan.new_revision
    assert shares(plan) == after
    assert any("gets no traffic" in note for note in plan.notes) == ("@latest" not in after)


def test_a_deploy_without_a_new_revision_says_that_its_traffic_stays() -> None:
    plan = make("deploy hello ghcr.io/acme/hello:v1 --tag blue --traffic 10", snapshot())
    assert shares(plan) == {"@latest": 100}
    assert "There is no new Revision" in plan.notes[0]


def test_no_traffic_can_be_kept_where_nothing_is_ready() -> None:
    with pytest.raises(Invalid, match="no Revision that is Ready and could keep"):
        make(f"{NEW} --no-traffic", snapshot(leads=None, created=1, revisions=()))


def test_the_tag_of_an_earlier_deploy_stays_with_its_revision() -> None:
    first = make("deploy hello img:1 --tag blue", NOTHING)
    plan = make(f"{NEW} --no-traffic --tag green", snapshot(*first.after.traffic, leads=1, revisions=(revision(1),)))
    assert tags(plan) == {"blue": ONE, "green": "@latest"}
    assert shares(plan) == {ONE: 100}
    assert f"The tag blue stays with {ONE}." in plan.notes


@pytest.mark.parametrize(
    "line", [NEW, f"{NEW} --traffic 10", "rollout hello 1=10", "rollback hello", "tag hello 1 new"]
)
def test_tags_survive_every_change(line: str) -> None:
    on = snapshot(target("@latest", 100), target(ONE, 0, "old"), target("@latest", 0, "next"))
    assert tags(make(line, on)).items() >= {"old": ONE, "next": "@latest"}.items()


@pytest.mark.parametrize(
    ("line", "present", "after"),
    [
        pytest.param("latest=10", [(ONE, 100)], {TWO: 10, ONE: 90}, id="the other keeps the rest"),
        pytest.param("latest=10", [("@latest", 100)], {TWO: 10, ONE: 90}, id="the floating share is replaced"),
        pytest.param("@latest=10", [(TWO, 100)], {"@latest": 10, ONE: 90}, id="a pin of the latest is replaced"),
        pytest.param("@latest=10 1=90", [(TWO, 100)], {"@latest": 10, ONE: 90}, id="kn's own example"),
        pytest.param("previous=10", [("@latest", 100)], {ONE: 10, "@latest": 90}, id="the floating share carries on"),
        pytest.param("latest=10", [(TWO, 100)], {TWO: 10, ONE: 90}, id="no other: stable"),
        pytest.param("latest=100", [(ONE, 50), (TWO, 50)], {TWO: 100}, id="all"),
        pytest.param("#2=0", [(ONE, 50), (TWO, 50)], {ONE: 100}, id="none"),
        pytest.param("blue=30", [(TWO, 100)], {ONE: 30, TWO: 70}, id="by tag"),
        pytest.param("current=40 previous=60", [(TWO, 100)], {TWO: 40, ONE: 60}, id="by words"),
    ],
)
def test_a_rollout_gives_what_is_named_and_leaves_the_rest(
    line: str, present: list[tuple[str, int]], after: dict[str, int]
) -> None:
    on = snapshot(*(target(*each) for each in present), target(ONE, 0, "blue"))
    assert shares(make(f"rollout hello {line}", on)) == after


@pytest.mark.parametrize("line", ["latest=10", "@latest=10", "2=10"])
def test_what_serves_alone_and_is_called_stable_shares_with_the_one_before_it(line: str) -> None:
    plan = make(f"rollout hello {line}", snapshot(target("@latest", 100), annotations={STABLE: TWO}))
    assert sorted(shares(plan).values()) == [10, 90]
    assert shares(plan)[ONE] == 90


def test_a_rollout_shares_the_rest_in_proportion_and_says_so() -> None:
    plan = make(
        "rollout hello 3=40",
        snapshot(target(ONE, 75), target(TWO, 25), leads=3, revisions=(revision(3), revision(2), revision(1))),
    )
    assert shares(plan) == {ONE: 45, THREE: 40, TWO: 15}
    assert plan.notes == (f"The rest stays with {ONE} (45%), {TWO} (15%).",)


def test_a_share_that_is_about_to_follow_is_pinned_where_it_is() -> None:
    on = snapshot(target("@latest", 100), leads=1, created=2)
    assert shares(make("rollout hello latest=10", on)) == {TWO: 10, ONE: 90}


@pytest.mark.parametrize(
    ("line", "on", "message"),
    [
        pytest.param("latest=60 1=50", snapshot(), "sum to 110", id="over 100"),
        pytest.param("latest=10 2=20", snapshot(), f"{TWO} is named twice: as latest and as 2", id="by two names"),
        pytest.param("latest=10 @latest=90", snapshot(), f"{TWO} is named twice", id="floating and pinned"),
        pytest.param("hello-00009=10", snapshot(), "no Revision “hello-00009”", id="unknown"),
        pytest.param("9=10", snapshot(), "no Revision “9”", id="unknown number"),
        pytest.param(
            "web-00001=10", snapshot(), "a Revision of web by its name, not of hello", id="of another Service"
        ),
        pytest.param("lastest=10", snapshot(), "Did you mean `latest`", id="misspelled"),
        pytest.param(
            "3=10",
            snapshot(revisions=(BROKEN, revision(1))),
            r"hello-00003 is not Ready \(ImagePullBackOff\)",
            id="not Ready",
        ),
        pytest.param("2=10", snapshot(revisions=(revision(2, deleting=True),)), "is being deleted", id="going"),
        pytest.param("latest=10", snapshot(revisions=()), "no Revision that is Ready", id="none"),
        pytest.param("previous=10", snapshot(revisions=(revision(2),)), "no earlier Revision", id="no earlier one"),
        pytest.param(
            "latest=10", snapshot(revisions=(revision(2),)), "nobody could carry the other 90%", id="nobody else"
        ),
        pytest.param("current=10", snapshot(routed=()), "no Revision with traffic", id="no traffic yet"),
        pytest.param("@latest=100", snapshot(), "already so", id="already so"),
    ],
)
def test_a_rollout_that_cannot_be_is_refused_with_the_reason(line: str, on: Snapshot, message: str) -> None:
    with pytest.raises(BotError, match=message):
        make(f"rollout hello {line}", on)


def test_latest_passes_over_a_newer_one_that_failed_and_says_so() -> None:
    plan = make("rollout hello latest=10", snapshot(target(ONE, 100), revisions=(BROKEN, revision(2), revision(1))))
    assert shares(plan) == {TWO: 10, ONE: 90}
    assert plan.notes[0] == f"latest is {TWO}: {THREE} is newer but has failed."


def test_a_rollback_pins_the_last_good_revision_and_wakes_it() -> None:
    plan = make("rollback hello", snapshot(target("@latest", 100), revisions=(revision(2), revision(1, replicas=0))))
    assert shares(plan) == {ONE: 100}
    assert plan.digest == "sha256:1"
    assert plan.warms == (ONE,)
    assert plan.notes == (f"{ONE} has no pods now: it is woken first, for a minute at most.",)


def test_a_plan_knows_the_image_and_a_preview_of_the_one_that_gains_traffic() -> None:
    routed = (
        replace(target(ONE, 100), url=None),
        replace(target(TWO, 0, "candidate"), url="http://candidate-hello.shop.example.com"),
    )
    on = snapshot(target(ONE, 100), target(TWO, 0, "candidate"), routed=routed)
    plan = make("rollout hello latest=10", on)
    assert (plan.digest, plan.preview) == ("sha256:2", "http://candidate-hello.shop.example.com")
    assert make("rollout hello candidate=100", on).preview == plan.preview

    followed = make("follow hello", on)
    assert (followed.digest, followed.preview) == (plan.digest, plan.preview)


def test_of_several_that_gain_of_a_new_one_and_of_nobody_nothing_is_known() -> None:
    three = snapshot(target(ONE, 100), revisions=(revision(3), revision(2), revision(1)))
    for line in ("rollout hello 3=10 2=10", "deploy hello img --traffic 10", "tag hello latest x"):
        plan = make(line, three)
        assert (plan.digest, plan.preview) == (None, None), line
    assert make("rollout hello 2=10", three).preview is None


def test_a_rollback_prefers_what_was_noted_as_stable_while_it_is_usable() -> None:
    three = (revision(3), revision(2), revision(1))
    assert shares(make("rollback hello", snapshot(leads=3, revisions=three, annotations={STABLE: ONE}))) == {ONE: 100}
    unfit = (revision(3), revision(2), revision(1, Truth.FALSE))
    assert shares(make("rollback hello", snapshot(leads=3, revisions=unfit, annotations={STABLE: ONE}))) == {TWO: 100}


def test_a_second_rollback_does_not_lead_forward_again() -> None:
    on = snapshot(annotations={STABLE: ONE})
    after = applied(make("rollback hello", on), on)
    with pytest.raises(NoChange):
        make("rollback hello", after)


def test_follow_gives_all_traffic_to_whatever_is_latest() -> None:
    plan = make("follow hello", snapshot(target(ONE, 100, "old")))
    assert plan.after.traffic == (target("@latest", 100), target(ONE, 0, "old"))
    with pytest.raises(NoChange):
        make("follow hello", snapshot())


def test_a_tag_moves_in_one_step_and_leaves_the_traffic() -> None:
    plan = make("tag hello latest blue", snapshot(target(ONE, 100, "blue")))
    assert set(plan.after.traffic) == {target(ONE, 100), target(TWO, 0, "blue")}


def test_a_tag_that_moves_keeps_its_address_and_the_plan_says_which() -> None:
    on = snapshot(target(ONE, 100, "blue"))
    assert on.service is not None
    addressed = tuple(replace(each, url="http://blue.example.com") for each in on.service.routed)
    on = replace(on, service=replace(on.service, routed=addressed))
    assert "blue keeps its address http://blue.example.com." in make("tag hello latest blue", on).notes
    assert not any("address" in note for note in make("rollout hello 2=100", on).notes)


def test_a_tag_can_float_and_one_that_is_spelled_like_a_word_is_an_address_only() -> None:
    assert tags(make("tag hello @latest next", snapshot(target(ONE, 100)))) == {"next": "@latest"}
    assert "stable still means what it meant" in make("tag hello 1 stable", snapshot()).notes[0]


def test_untag_takes_the_address_and_leaves_the_traffic() -> None:
    plan = make("untag hello blue", snapshot(target(ONE, 100, "blue"), target(TWO, 0, "green")))
    assert plan.after.traffic == (target(ONE, 100), target(TWO, 0, "green"))


@pytest.mark.parametrize(
    ("line", "present", "noted"),
    [
        pytest.param("rollout hello latest=100", [(ONE, 100)], ONE, id="moved away"),
        pytest.param("rollout hello latest=10", [(ONE, 100)], ONE, id="partly"),
        pytest.param(NEW, [("@latest", 100)], TWO, id="a new one takes over"),
        pytest.param("follow hello", [(ONE, 100)], ONE, id="followed"),
        pytest.param(f"{NEW} --no-traffic", [("@latest", 100)], None, id="it keeps all"),
        pytest.param("follow hello", [(TWO, 100)], None, id="it leads to itself"),
        pytest.param("tag hello 1 old", [("@latest", 100)], None, id="no traffic moves"),
        pytest.param("rollout hello latest=100", [(ONE, 50), (TWO, 50)], None, id="nobody held all"),
        pytest.param("rollback hello 1", [("@latest", 100)], ONE, id="where a rollback leads"),
    ],
)
def test_the_last_good_revision_is_noted_by_the_write_that_takes_its_traffic(
    line: str, present: list[tuple[str, int]], noted: str | None
) -> None:
    plan = make(line, snapshot(*(target(*each) for each in present)))
    assert plan.annotations == (((STABLE, noted),) if noted else ())


def test_what_was_not_ready_is_not_noted_as_good() -> None:
    on = snapshot(target(TWO, 100), revisions=(revision(2, Truth.FALSE), revision(1)))
    assert make("rollout hello 1=100", on).annotations == ()


def undo(former: Plan, on: Snapshot, generation: int | None = None) -> Plan:
    assert on.service is not None
    return reverting.service(former, on.service.generation if generation is None else generation, on, REQUEST)


def possible(line: str, on: Snapshot) -> Plan | None:
    try:
        return make(line, on)
    except BotError:
        return None


PRESENT = st.sampled_from(
    [
        (target("@latest", 100),),
        (target(ONE, 100, "old"),),
        (target(ONE, 60, "old"), target("@latest", 40), target(TWO, 0, "new")),
        (target(ONE, 50), target(TWO, 50), target("@latest", 0, "next")),
    ]
)
LINES = st.sampled_from(
    [
        *("rollout hello latest=30", "rollout hello 1=100", "rollout hello @latest=50 1=50", "rollback hello"),
        *("follow hello", "tag hello 1 new", "tag hello @latest old", "untag hello old", "rollout hello 1=1"),
    ]
)


@given(PRESENT, LINES)
def test_undoing_a_change_of_traffic_gives_back_exactly_what_was(present: traffic.Targets, line: str) -> None:
    on = snapshot(*present)
    plan = possible(line, on)
    assume(plan is not None)
    assert plan is not None
    after = applied(plan, on)
    back = applied(undo(plan, after), after)
    assert back.service is not None
    assert set(back.service.traffic) == set(present)
    assert undo(plan, after).undoes == plan.id
    assert undo(plan, after).annotations == ()


@given(PRESENT, LINES)
def test_every_plan_sums_to_100_with_unique_tags(present: traffic.Targets, line: str) -> None:
    plan = possible(line, snapshot(*present))
    assume(plan is not None)
    assert plan is not None
    given_tags = [each.tag for each in plan.after.traffic if each.tag]
    assert sum(each.percent for each in plan.after.traffic) == 100
    assert len(given_tags) == len(set(given_tags))


def test_undoing_a_deploy_gives_its_traffic_back_at_once_and_its_template_too() -> None:
    on = snapshot(target("@latest", 100), target("@latest", 0, "next"))
    plan = make(NEW, on)
    after = applied(plan, on)
    back = undo(plan, after)
    assert on.service is not None
    assert set(back.after.traffic) == {target(TWO, 100), target(TWO, 0, "next")}
    assert back.after.template == on.service.template


def test_undoing_a_deploy_that_got_no_traffic_gives_back_exactly_what_was() -> None:
    on = snapshot(target("@latest", 100))
    plan = make(NEW, on)
    after = applied(plan, on)
    assert on.service is not None
    assert after.service is not None
    failed = replace(after, service=replace(after.service, routed=on.service.routed, latest_ready=TWO))
    back = undo(plan, failed)
    assert back.after.traffic == on.service.traffic
    assert back.after.template == on.service.template
    assert back.notes == ()


def test_undoing_a_deploy_on_pinned_traffic_is_something_to_do() -> None:
    on = snapshot(target(ONE, 100))
    plan = make(NEW, on)
    after = applied(plan, on)
    back = undo(plan, after)
    assert on.service is not None
    assert back.after == plan.before
    assert back.new_revision


@pytest.mark.parametrize(
    ("spoil", "error", "message"),
    [
        pytest.param("again", Stale, "changed after “as typed”", id="changed since"),
        pytest.param("first", Invalid, "did not exist before that deploy", id="the first deploy"),
        pytest.param("collected", Invalid, f"{ONE} no longer exists", id="its Revision is gone"),
        pytest.param("deleted", NotFound, "no Service shop/hello any more", id="the Service is gone"),
    ],
)
def test_what_cannot_be_taken_back_is_refused(spoil: str, error: type[BotError], message: str) -> None:
    on = snapshot(target(ONE, 100))
    plan = make("deploy hello img:1", NOTHING) if spoil == "first" else make("rollout hello latest=100", on)
    after = on if spoil == "first" else applied(plan, on)
    if spoil == "collected":
        after = replace(after, revisions=after.revisions[:1])
    if spoil == "deleted":
        with pytest.raises(error, match=message):
            reverting.service(plan, 8, NOTHING, REQUEST)
        return
    with pytest.raises(error, match=message):
        undo(plan, after, generation=1 if spoil == "again" else None)


def test_a_deleted_service_is_not_made_anew_but_told_how_to() -> None:
    on = snapshot(target(ONE, 100))
    with pytest.raises(Invalid, match="deleted with all its Revisions") as error:
        reverting.service(deleting.service(on, REQUEST), 0, NOTHING, REQUEST)
    assert "`deploy hello ghcr.io/acme/hello:v1`" in error.value.hint


def test_a_plan_holds_while_only_the_status_changed() -> None:
    plan = make("rollout hello latest=10", snapshot(target(ONE, 100)))
    staleness.conditional(plan, service(target(ONE, 100), resource_version="999", observed_generation=1))
    staleness.conditional(make("deploy hello img:1", NOTHING), None)


def test_a_stale_plan_says_who_changed_what() -> None:
    plan = make("rollout hello latest=10", snapshot(target(ONE, 100)))
    now = service(
        target(TWO, 100),
        generation=8,
        template=template("img:9"),
        annotations={"serving.knative.dev/lastModifier": "jane"},
    )
    with pytest.raises(Stale) as caught:
        staleness.conditional(plan, now)
    assert caught.value.message == "shop/hello was changed in the meantime by jane."
    assert caught.value.differences == (f"traffic: 100% {ONE} → 100% {TWO}", "image: ghcr.io/acme/hello:v1 → img:9")
    assert caught.value.whole.split("\n") == [caught.value.message, *caught.value.differences]
    assert "Nothing was written" in caught.value.hint


@pytest.mark.parametrize(
    ("line", "now", "message"),
    [
        pytest.param("deploy hello img", service(), "was created by somebody else", id="created"),
        pytest.param("follow hello", None, "was deleted", id="deleted"),
        pytest.param("follow hello", service(uid="other"), "was deleted", id="made anew"),
        pytest.param("follow hello", service(target(ONE, 100), generation=9), r"by somebody\.", id="other"),
    ],
)
def test_a_plan_is_stale_once_its_object_is_another(line: str, now: object, message: str) -> None:
    plan = make(line, NOTHING if line.startswith("deploy") else snapshot(target(ONE, 100)))
    with pytest.raises(Stale, match=message):
        staleness.conditional(plan, now)  # type: ignore[arg-type] # a Service or None by the table


def test_equal_plans_have_equal_ids_and_any_difference_shows() -> None:
    line, on = "rollout hello latest=10", snapshot(target(ONE, 100))
    assert make(line, on).id == make(line, on).id
    assert on.service is not None
    elsewhere = [
        replace(on, service=replace(on.service, generation=8)),
        replace(on, service=replace(on.service, resource_version="701")),
        replace(on, service=replace(on.service, uid="other")),
        replace(on, service=replace(on.service, template=template("other"))),
        replace(on, service=replace(on.service, latest_created=THREE)),
        replace(on, key=replace(KEY, cluster="other")),
    ]
    ids = [
        make(line, on).id,
        make(line, on, replace(REQUEST, user="U2")).id,
        make("rollout hello latest=11", on).id,
        make("rollout hello @latest=10", on).id,
        *(make(line, each).id for each in elsewhere),
    ]
    assert len(set(ids)) == len(ids)
    assert all(len(each) == 32 for each in ids)


def test_a_condition_is_believed_only_about_the_present_generation() -> None:
    assert service().ready is Truth.TRUE
    assert service(observed_generation=6).ready is Truth.UNKNOWN
    assert service(conditions=(Condition("Active", Truth.FALSE),)).ready is Truth.UNKNOWN


def test_whoever_changed_the_service_since_is_named_and_never_as_knobots_own_account() -> None:
    account = {"serving.knative.dev/lastModifier": "system:serviceaccount:knobot:knobot"}
    assert (
        staleness.changed_by(replace(service(), annotations={**account, plans.PLAN: "p2"}), "p1")
        == "somebody through Knobot"
    )
    kubectl = {"serving.knative.dev/lastModifier": "admin", plans.PLAN: "p1"}
    assert staleness.changed_by(replace(service(), annotations=kubectl), "p1") == "admin"
    assert staleness.changed_by(replace(service(), annotations={}), None) == "somebody"
