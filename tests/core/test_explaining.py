"""What the policy says, and why, in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.core import freezing
from bot.core.change import Person
from bot.core.explaining import explain, verdict
from bot.core.freezing import Window
from bot.core.policy import Actor, Effect, Group, Intent, Policy, Rule

SATURDAY, MONDAY = (datetime(2026, 11, day, 12, 0, tzinfo=UTC) for day in (28, 30))
ASK = Effect(approvals=2, group="leads", within=timedelta(hours=4))
POLICY = Policy(
    (
        Rule("look", Effect(), verbs=("look",)),
        Rule("leads roll back", Effect(), ("leads",), verbs=("rollback",)),
        Rule("not the bank", Effect(allow=False), services=("bank",), verbs=("change",)),
        Rule("prod", ASK, namespaces=("prod",), verbs=("change",)),
        Rule("the shop", Effect(), channels=("C1",), namespaces=("shop",)),
    ),
    {"leads": Group(frozenset({"U3"}), frozenset({"S1"}))},
    (Window("weekend", (freezing.parse("fri 16:00 - mon 08:00"),), "UTC", "nobody is here", namespaces=("prod",)),),
)
DEV, LEAD = Actor(Person("T1", "U1")), Actor(Person("T1", "U3"))
GUEST = Actor(Person("T1", "U4"), member=False, standing="a guest")


def deploy(namespace: str = "prod", service: str = "checkout", verb: str = "deploy", channel: str = "C1") -> Intent:
    return Intent(verb, "look" if verb == "status" else "change", channel, "main", namespace, service)


@pytest.mark.parametrize(
    ("intent", "actor", "at", "says"),
    [
        (deploy(), DEV, None, "2 approvals from leads"),
        (deploy(), DEV, MONDAY, "2 approvals from leads"),
        (deploy(), DEV, SATURDAY, "frozen"),
        (deploy(verb="status"), DEV, SATURDAY, "allow"),
        (deploy(verb="rollback"), LEAD, None, "allow"),
        (deploy(service="bank"), DEV, SATURDAY, "deny"),
        (deploy("shop"), DEV, SATURDAY, "allow"),
        (deploy("shop", channel="C2"), DEV, None, "deny"),
        (deploy(), GUEST, None, "deny"),
    ],
)
def test_the_verdict(intent: Intent, actor: Actor, at: datetime | None, says: str) -> None:
    assert verdict(intent, actor, POLICY, at) == says


def test_an_explanation_names_the_rule_and_why_those_before_it_do_not_fit() -> None:
    assert list(explain(deploy(), DEV, POLICY, SATURDAY)) == [
        "With 2 approvals from leads within 4h: “prod” asks for it.",
        "Approving: leads, which is U3, S1. Whoever asks never counts.",
        "Not now: it is frozen by “weekend” until Mon 30 Nov 08:00 UTC: nobody is here.",
        "1. “look” does not fit: it is about look.",
        "2. “leads roll back” does not fit: it is about rollback.",
        "3. “not the bank” does not fit: it is about the Services bank.",
        "4. “prod” fits: it names everyone and change.",
    ]


def test_an_explanation_of_a_no_tells_why_no_rule_fits() -> None:
    assert list(explain(deploy("shop", channel="C2"), GUEST, POLICY, MONDAY)) == [
        "No: no rule allows it.",
        "They are a guest: only a rule that names them by id fits.",
        "1. “look” does not fit: it is about look.",
        "2. “leads roll back” does not fit: it is about rollback.",
        "3. “not the bank” does not fit: it is about the Services bank.",
        "4. “prod” does not fit: it is about the namespaces prod.",
        "5. “the shop” does not fit: it is about the channels C1.",
    ]
    assert next(explain(deploy(service="bank"), DEV, POLICY, MONDAY)) == "No: “not the bank” forbids it."
    assert next(explain(deploy(verb="rollback"), LEAD, POLICY, MONDAY)) == "Yes: “leads roll back” allows it at once."
