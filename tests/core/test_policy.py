from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.change import Person
from bot.core.policy import (
    EVERYONE,
    Actor,
    Allow,
    Deny,
    Effect,
    Group,
    Intent,
    NeedsApproval,
    Policy,
    Rule,
    belongs,
    decide,
    may_approve,
)

DENY = Effect(allow=False)
ASK = Effect(approvals=2, group="approvers", within=timedelta(hours=1))

MEMBER = Actor(Person("T1", "U1"))
OTHER = Actor(Person("T1", "U2"))
ON_CALL = Actor(Person("T1", "U3"), usergroups=frozenset({"S1"}))
GUEST = Actor(Person("T1", "U4"), member=False, usergroups=frozenset({"S1"}), standing="a guest")
BOT = Actor(Person("T1", "U5"), member=False, usergroups=frozenset({"S1"}), standing="a bot")
FOREIGN = Actor(
    Person("T2", "U1"),
    member=False,
    usergroups=frozenset({"S1"}),
    standing="from another workspace",
    home=False,
)
STRANGERS = [pytest.param(GUEST, id="guest"), pytest.param(BOT, id="bot"), pytest.param(FOREIGN, id="foreign")]

GROUPS = {
    "approvers": Group(frozenset({"U1"}), frozenset({"S1"})),
    "named": Group(frozenset({"U4", "U5", "T2/U1"})),
}

ROLLOUT = Intent("rollout", "change", "C1", "main", "prod", "hello")
SERVICES = Intent("services", "look", "C1", "main", "prod")


def rule(
    name: str = "a rule",
    effect: Effect | None = None,
    people: tuple[str, ...] = (EVERYONE,),
    services: tuple[str, ...] = ("*",),
    verbs: tuple[str, ...] = ("*",),
) -> Rule:
    return Rule(name, effect or Effect(), people, services=services, verbs=verbs)


def policy(*rules: Rule) -> Policy:
    return Policy(rules, GROUPS)


def allows(rules: Policy, intent: Intent = ROLLOUT, actor: Actor = MEMBER) -> bool:
    return isinstance(decide(intent, actor, rules), Allow)


def test_the_first_rule_that_fits_decides_and_is_named() -> None:
    yes, no = rule("yes"), rule("no", DENY)
    unfit = rule("not for this verb", DENY, verbs=("deploy",))
    assert decide(ROLLOUT, MEMBER, policy(unfit, yes, no)) == Allow("yes")
    denied = decide(ROLLOUT, MEMBER, policy(unfit, no, yes))
    assert denied == Deny("You may not use `rollout` on prod/hello: the rule “no” says so.", "no")


def test_no_rule_means_no() -> None:
    assert decide(ROLLOUT, MEMBER, policy()) == Deny("You may not use `rollout` on prod/hello: no rule allows it.")
    assert decide(SERVICES, MEMBER, policy()) == Deny("You may not use `services` in prod: no rule allows it.")


def test_whoever_is_no_member_is_told_what_they_are() -> None:
    denied = decide(ROLLOUT, GUEST, policy(rule()))
    assert isinstance(denied, Deny)
    assert denied.reason.endswith("no rule allows it. You are a guest here.")
    assert denied.rule is None


@pytest.mark.parametrize(
    ("fits", "fitting"),
    [
        pytest.param(Rule("r", Effect(), channels=("C1",)), True, id="the channel"),
        pytest.param(Rule("r", Effect(), channels=("C2", "C3")), False, id="other channels"),
        pytest.param(Rule("r", Effect(), clusters=("m*",)), True, id="a glob of clusters"),
        pytest.param(Rule("r", Effect(), clusters=("staging",)), False, id="another cluster"),
        pytest.param(Rule("r", Effect(), namespaces=("shop", "pro?")), True, id="the second glob of namespaces"),
        pytest.param(Rule("r", Effect(), namespaces=("pro",)), False, id="globs match whole words"),
        pytest.param(Rule("r", Effect(), namespaces=("PROD",)), False, id="globs mind upper case"),
        pytest.param(Rule("r", Effect(), services=("hel*",)), True, id="a glob of Services"),
        pytest.param(Rule("r", Effect(), services=("world",)), False, id="another Service"),
        pytest.param(Rule("r", Effect(), verbs=("rollout",)), True, id="the verb"),
        pytest.param(Rule("r", Effect(), verbs=("look", "change")), True, id="the kind of verb"),
        pytest.param(Rule("r", Effect(), verbs=("look", "deploy")), False, id="other verbs"),
        pytest.param(Rule("r", Effect(), verbs=()), False, id="no verbs"),
        pytest.param(Rule("r", Effect(), people=()), False, id="no people"),
        pytest.param(Rule("r", Effect(), people=("U2", "U1")), True, id="the person's id"),
        pytest.param(Rule("r", Effect(), people=("U2",)), False, id="another person's id"),
        pytest.param(Rule("r", Effect(), channels=("C1",), verbs=("deploy",)), False, id="everything has to fit"),
    ],
)
def test_a_rule_fits_where_all_that_it_names_does(fits: Rule, fitting: bool) -> None:
    assert allows(policy(fits)) is fitting


@pytest.mark.parametrize("services", [("hello",), ("h*", "?*"), ()])
def test_a_rule_for_some_services_fits_no_verb_about_a_whole_namespace(services: tuple[str, ...]) -> None:
    assert not allows(policy(rule(services=services)), SERVICES)
    assert allows(policy(rule(services=(*services, "*"))), SERVICES)


@pytest.mark.parametrize("actor", STRANGERS)
@pytest.mark.parametrize("people", [(EVERYONE,), ("S1",), ("approvers",), ("U1",)], ids=" ".join)
def test_strangers_fit_no_rule_that_does_not_name_them(actor: Actor, people: tuple[str, ...]) -> None:
    assert not allows(policy(rule(people=people)), actor=actor)


@pytest.mark.parametrize("actor", STRANGERS)
def test_strangers_fit_rules_and_groups_that_name_them_by_id(actor: Actor) -> None:
    assert allows(policy(rule(people=(actor.id,))), actor=actor)
    assert allows(policy(rule(people=("named",))), actor=actor)


def test_people_of_other_workspaces_are_named_with_their_team_and_never_mistaken_for_ones_own() -> None:
    assert (MEMBER.id, FOREIGN.id) == ("U1", "T2/U1")
    assert not allows(policy(rule(people=("U1",))), actor=FOREIGN)
    assert not allows(policy(rule(people=("T2/U1",))), actor=MEMBER)
    assert allows(policy(rule(people=("T2/U1",))), actor=FOREIGN)


@pytest.mark.parametrize(
    ("actor", "inside"),
    [
        pytest.param(MEMBER, True, id="by user id"),
        pytest.param(ON_CALL, True, id="by Slack user group"),
        pytest.param(OTHER, False, id="by neither"),
        pytest.param(GUEST, False, id="a guest in the Slack user group"),
    ],
)
def test_groups_hold_people_by_id_and_members_by_slack_user_group(actor: Actor, inside: bool) -> None:
    assert belongs(actor, "approvers", policy()) is inside
    assert allows(policy(rule(people=("approvers",))), actor=actor) is inside


UNSURE = Actor(Person("T1", "U5"), unsure=frozenset({"S1"}))


@pytest.mark.parametrize(
    ("rules", "kind"),
    [
        pytest.param((rule(people=("S1",)),), Deny, id="what the group allows is not allowed"),
        pytest.param((rule(people=("approvers",)), rule("all")), Allow, id="what others allow is"),
        pytest.param((rule(effect=DENY, people=("S1",)), rule("all")), Deny, id="what the group forbids is forbidden"),
        pytest.param((rule(effect=ASK, people=("approvers",)), rule("all")), NeedsApproval, id="it is asked for"),
        pytest.param((rule(effect=ASK, people=("S1",)), rule(effect=DENY)), Deny, id="the rest forbids more"),
        pytest.param((rule("all"), rule(effect=DENY, people=("S1",))), Allow, id="a rule before it decides"),
        pytest.param((rule(effect=DENY, people=("S2",)), rule("all")), Allow, id="another group is known"),
    ],
)
def test_a_group_that_slack_does_not_tell_of_gives_nothing_and_forbids_everything(
    rules: tuple[Rule, ...], kind: type
) -> None:
    assert isinstance(decide(ROLLOUT, UNSURE, policy(*rules)), kind)
    assert not may_approve("approvers", ROLLOUT, UNSURE, policy(*rules))


def test_a_group_that_is_not_there_holds_nobody() -> None:
    assert not belongs(MEMBER, "missing", policy())


def test_a_rule_may_name_a_slack_user_group_itself() -> None:
    assert allows(policy(rule(people=("S1",))), actor=ON_CALL)
    assert not allows(policy(rule(people=("S1",))), actor=MEMBER)


def test_a_rule_that_asks_for_approvals_says_how_many_from_whom_and_for_how_long() -> None:
    asked = decide(ROLLOUT, MEMBER, policy(rule("ask", ASK), rule("yes")))
    assert asked == NeedsApproval("ask", 2, "approvers", timedelta(hours=1))


def test_a_rule_that_denies_does_not_ask() -> None:
    assert isinstance(decide(ROLLOUT, MEMBER, policy(rule(effect=Effect(allow=False, approvals=1)))), Deny)


@pytest.mark.parametrize(
    ("actor", "may"),
    [
        pytest.param(MEMBER, True, id="by user id"),
        pytest.param(ON_CALL, True, id="by Slack user group"),
        pytest.param(OTHER, False, id="outside"),
    ],
)
def test_with_a_group_its_people_approve_whatever_they_may_do_themselves(actor: Actor, may: bool) -> None:
    everybody, nobody = policy(rule()), policy(rule(effect=DENY))
    assert may_approve("approvers", ROLLOUT, actor, everybody) is may
    assert may_approve("approvers", ROLLOUT, actor, nobody) is may


def test_without_a_group_whoever_may_do_it_unasked_approves() -> None:
    rules = policy(rule(people=("U2",)), rule(effect=ASK))
    assert may_approve(None, ROLLOUT, OTHER, rules)
    assert not may_approve(None, ROLLOUT, MEMBER, rules)
    assert not may_approve(None, ROLLOUT, GUEST, rules)


def everywhere(verb: str = "watch") -> Intent:
    """A wish about all namespaces of a cluster."""
    return Intent(verb, "talk", "C1", "main", "*")


def test_what_is_forbidden_in_one_namespace_is_forbidden_in_all_of_them() -> None:
    hidden = Rule("hidden", DENY, namespaces=("prod",))

    assert isinstance(decide(everywhere(), MEMBER, policy(hidden, rule())), Deny)
    assert isinstance(decide(everywhere(), MEMBER, policy(rule(), hidden)), Allow)


def test_who_may_in_some_namespaces_may_not_in_all_of_them() -> None:
    assert isinstance(decide(everywhere(), MEMBER, policy(Rule("shop", Effect(), namespaces=("shop", "?")))), Deny)
    assert isinstance(decide(everywhere(), MEMBER, policy(Rule("all", Effect(), namespaces=("shop", "*")))), Allow)


def test_what_needs_approvals_in_one_namespace_needs_them_in_all() -> None:
    careful = Rule("careful", ASK, namespaces=("prod",))
    assert isinstance(decide(everywhere(), MEMBER, policy(careful, rule())), NeedsApproval)


def test_whoever_is_gone_is_named_by_nothing() -> None:
    there = Actor(Person("T1", "U9"), "nine", member=False, standing="a deactivated person")
    gone = replace(there, usergroups=frozenset({"S1"}), gone=True)
    groups = {"approvers": Group(frozenset({"U9"}), frozenset({"S1"}))}
    wish = Intent("deploy", "change", "C1", "main", "shop", "hello")
    for people in ("U9", "approvers", "S1", "everyone"):
        assert isinstance(decide(wish, gone, Policy((Rule("r", Effect(), (people,)),), groups)), Deny)
    assert isinstance(decide(wish, there, Policy((Rule("r", Effect(), ("U9",)),), groups)), Allow)
    assert may_approve("approvers", wish, there, Policy((), groups))
    assert not may_approve("approvers", wish, gone, Policy((), groups))
