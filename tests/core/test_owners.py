from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.core import reverting
from bot.core.change import Person
from bot.core.errors import Refused
from bot.core.model import Condition, Truth
from bot.core.policy import Actor, Allow, Deny, Effect, Intent, NeedsApproval, Policy, Rule, decide
from tests.core.builders import REQUEST, applied, make, name, snapshot, target

if TYPE_CHECKING:
    from bot.core.model import Snapshot

ONE, TWO = name(1), name(2)
MOVING = Condition("RoutesReady", Truth.UNKNOWN, "RolloutInProgress")
ARGO, FLUX = "argocd.argoproj.io/tracking-id", "kustomize.toolkit.fluxcd.io/name"
FLAGGER = "flagger.app/primary-revision"
SPLIT, DEPLOY = "rollout hello 1=10", "deploy hello img:9"


def owned(mark: str = "", *, moving: bool = False, label: bool = False) -> Snapshot:
    marks = {mark: "x"} if mark else {}
    conditions = (MOVING,) if moving else ()
    return snapshot(
        target("@latest", 100),
        annotations={} if label else marks,
        labels=marks if label else {},
        conditions=conditions,
    )


@pytest.mark.parametrize(
    ("line", "on", "message"),
    [
        pytest.param(SPLIT, owned(ARGO), "Argo CD manages hello", id="Argo CD"),
        pytest.param(SPLIT, owned("argocd.argoproj.io/instance", label=True), "Argo CD manages hello", id="by label"),
        pytest.param(DEPLOY, owned(FLUX), "Flux manages hello", id="Flux, a deploy"),
        pytest.param("rollback hello", owned("helm.toolkit.fluxcd.io/name"), "Flux manages hello", id="Helm by Flux"),
        pytest.param(SPLIT, owned(FLAGGER), "Flagger moves the traffic of hello", id="Flagger"),
        pytest.param(f"{DEPLOY} --traffic 10", owned(FLAGGER), "Flagger moves the traffic", id="a deploy that splits"),
        pytest.param(SPLIT, owned(moving=True), "Knative is moving the traffic of hello by itself", id="gradually"),
        pytest.param("tag hello 1 old", owned(moving=True), "by itself now", id="a tag is traffic too"),
    ],
)
def test_what_somebody_else_decides_is_changed_by_force_alone(line: str, on: Snapshot, message: str) -> None:
    with pytest.raises(Refused, match=message) as refused:
        make(line, on)
    assert refused.value.code == "owned"
    assert "`--force`" in refused.value.hint

    plan = make(f"{line} --force", on)
    assert plan.also == ("force",)
    assert any(note.startswith("Forced: ") and message in note for note in plan.notes)


@pytest.mark.parametrize(
    ("line", "on", "note"),
    [
        pytest.param(SPLIT, owned(), "", id="nobody else"),
        pytest.param(f"{SPLIT} --force", owned(), "", id="force where there is nobody"),
        pytest.param("tag hello 1 v1 --name-only", owned(ARGO), "", id="a name is nobody else's"),
        pytest.param(DEPLOY, owned(FLAGGER), "Flagger decides what traffic the new Revision gets.", id="for Flagger"),
        pytest.param(DEPLOY, owned(moving=True), "", id="Knative goes on with the next one"),
        pytest.param("rollback hello", owned(moving=True), "Knative is moving traffic by itself now", id="going back"),
    ],
)
def test_what_takes_nothing_from_anybody_needs_no_force(line: str, on: Snapshot, note: str) -> None:
    plan = make(line, on)
    assert plan.also == ()
    assert not note or any(said.startswith(note) for said in plan.notes)


def test_undo_asks_too_and_can_be_forced() -> None:
    on = snapshot(target(ONE, 100))
    plan = make("rollout hello 2=100", on)
    after = applied(plan, on)
    assert after.service is not None
    managed = replace(after, service=replace(after.service, annotations={ARGO: "x"}))
    with pytest.raises(Refused, match="Argo CD manages hello"):
        reverting.service(plan, 8, managed, REQUEST)
    assert reverting.service(plan, 8, managed, REQUEST, force=True).also == ("force",)


@pytest.mark.parametrize(
    ("line", "also"),
    [
        ("rollout hello 1=10", ()),
        ("rollout hello --traffic 10 --tag hello-00001=old --untag next", ("tag", "untag")),
        ("deploy hello img:9 --tag blue --traffic 10", ()),
        ("deploy hello img:9 --tag hello-00001=old", ("tag",)),
    ],
)
def test_a_line_needs_the_right_to_each_verb_that_it_stands_for(line: str, also: tuple[str, ...]) -> None:
    assert make(line, snapshot(target(TWO, 100), target(ONE, 0, "next"))).also == also


ANN = Actor(Person("T1", "U1"))
WISH = Intent("rollout", "change", "C1", "main", "shop", "hello", also=("force",))


def rule(*verbs: str, effect: Effect | None = None) -> Rule:
    return Rule(" ".join(verbs), effect or Effect(), verbs=verbs)


def asks(count: int, group: str | None) -> Effect:
    return Effect(approvals=count, group=group)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        pytest.param((rule("change"),), Deny, id="force is of no kind"),
        pytest.param((rule("force"),), Deny, id="force alone is no right to the verb"),
        pytest.param((rule("change"), rule("force")), Allow, id="both"),
        pytest.param((rule("*"),), Allow, id="everything"),
        pytest.param((rule("change"), rule("force", effect=asks(2, "leads"))), NeedsApproval, id="force with approval"),
        pytest.param(
            (rule("change", effect=asks(1, "a")), rule("force", effect=asks(1, "b"))),
            Deny,
            id="of two different groups",
        ),
    ],
)
def test_force_is_asked_for_like_a_verb_and_the_strictest_answer_counts(
    rules: tuple[Rule, ...], expected: type[Allow | Deny | NeedsApproval]
) -> None:
    assert isinstance(decide(WISH, ANN, Policy(rules, {})), expected)


def test_of_two_numbers_of_approvals_the_larger_one_counts() -> None:
    policy = Policy((rule("rollout", effect=asks(1, "a")), rule("force", effect=asks(2, "a"))), {})
    found = decide(WISH, ANN, policy)
    assert isinstance(found, NeedsApproval)
    assert found.count == 2


def test_verbs_of_the_same_line_are_of_its_kind() -> None:
    assert isinstance(decide(replace(WISH, also=("tag",)), ANN, Policy((rule("change"),), {})), Allow)
    assert isinstance(decide(replace(WISH, also=("tag",)), ANN, Policy((rule("rollout"),), {})), Deny)


@pytest.mark.parametrize(
    ("line", "on", "message"),
    [
        pytest.param(f"annotate hello {FLAGGER}-", owned(FLAGGER), "Flagger knows hello by it", id="Flagger's"),
        pytest.param(f"annotate hello {ARGO}-", owned(ARGO), "Argo CD knows hello by it", id="Argo CD's"),
        pytest.param(f"annotate hello {ARGO}=other", owned(ARGO), "Argo CD knows hello by it", id="another value"),
        pytest.param(f"deploy hello --label {FLAGGER}-", owned(FLAGGER, label=True), "Flagger knows hello", id="label"),
    ],
)
def test_the_mark_of_another_tool_is_taken_away_by_force_alone(line: str, on: Snapshot, message: str) -> None:
    with pytest.raises(Refused, match=message):
        make(line, on)

    assert make(f"{line} --force", on).also == ("force",)


def test_what_is_no_mark_is_annotated_freely() -> None:
    assert make("annotate hello note=x", owned(ARGO)).also == ()
