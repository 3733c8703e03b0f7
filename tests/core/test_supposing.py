"""A sentence about somebody's wish is read as people write it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.change import Person
from bot.core.errors import BotError
from bot.core.place import Configuration, Home
from bot.core.policy import Actor, Group, Intent, Policy
from bot.core.supposing import SOMEBODY, TEAM, suppose

GROUPS = {"leads": Group(frozenset({"U7", "U3"})), "night": Group(usergroups=frozenset({"S2", "S1"}))}
HOMES = {"C1": Home("main", "shop"), "C2": Home("main", "prod")}
PLACE = Configuration(("main", "edge"), HOMES, Policy((), GROUPS))
VISITOR = Actor(Person(TEAM, "U9"), "visitor", member=False, standing="a guest")
DEPLOY = Intent("deploy", "change", "C2", "main", "prod", "checkout")


@pytest.mark.parametrize(
    ("sentence", "intent"),
    [
        ("dev deploys prod/checkout", DEPLOY),
        ("dev deploy prod/checkout in C2", DEPLOY),
        ("dev deploys checkout in C2", DEPLOY),
        ("dev deploys checkout in #prod", DEPLOY),
        ("dev changes prod/checkout", DEPLOY),
        ("dev deploys prod/checkout in C9", replace(DEPLOY, channel="C9")),
        ("dev deploys edge/prod/checkout", replace(DEPLOY, channel="", cluster="edge")),
        ("dev deploys other/checkout", replace(DEPLOY, channel="", namespace="other")),
        ("dev rolls back prod/checkout", replace(DEPLOY, verb="rollback")),
        ("dev rolls back the service prod/checkout", replace(DEPLOY, verb="rollback")),
        ("dev forces prod/checkout", replace(DEPLOY, verb="force", kind="force")),
        ("dev looks at prod/checkout", replace(DEPLOY, verb="status", kind="look")),
        ("dev watches prod", Intent("watch", "talk", "C2", "main", "prod")),
        ("dev freezes prod", Intent("freeze", "guard", "C2", "main", "prod")),
        ("dev locks checkout in prod", replace(DEPLOY, verb="lock", kind="guard")),
    ],
)
def test_what_is_wanted_where(sentence: str, intent: Intent) -> None:
    assert suppose(sentence, PLACE, {}).intent == intent


@pytest.mark.parametrize(
    ("word", "actor"),
    [
        ("visitor", VISITOR),
        ("dev", Actor(Person(TEAM, SOMEBODY), "dev")),
        ("leads", Actor(Person(TEAM, "U3"), "leads")),
        ("night", Actor(Person(TEAM, SOMEBODY), "night", usergroups=frozenset({"S1"}))),
        ("S5", Actor(Person(TEAM, SOMEBODY), "S5", usergroups=frozenset({"S5"}))),
        ("U5", Actor(Person(TEAM, "U5"), "U5")),
        ("T2/U5", Actor(Person("T2", "U5"), "T2/U5", False, standing="from another workspace", home=False)),
    ],
)
def test_who_it_is(word: str, actor: Actor) -> None:
    assert suppose(f"{word} deploys prod/checkout", PLACE, {"visitor": VISITOR}).actor == actor


def test_what_is_taken_for_granted_is_said() -> None:
    assert suppose("dev deploys prod/checkout", PLACE, {}).notes == (
        "“dev” is taken for a member of the workspace in no group.",
        "In C2, which stands for prod.",
    )
    assert suppose("visitor deploys prod/checkout in C2", PLACE, {"visitor": VISITOR}).notes == ()


@pytest.mark.parametrize(
    ("sentence", "message"),
    [
        ("", "does not say who does what where"),
        ("dev deploys", "does not say who does what where"),
        ("dev juggles prod/checkout", "no verb “juggles”"),
        ("dev deploys prod/checkout quickly", "more than can be judged"),
        ("dev deploys prod/checkout in C2 now", "more than can be judged"),
        ("dev deploys a/b/c/d", "too many slashes"),
        ("dev deploys moon/prod/checkout", "no cluster “moon”"),
        ("dev deploys checkout", "does not say in which namespace"),
        ("dev deploys prod/checkout in #moon", "not the id of a channel"),
    ],
)
def test_what_cannot_be_judged_is_said_to_be_so(sentence: str, message: str) -> None:
    with pytest.raises(BotError, match=message):
        suppose(sentence, PLACE, {})
