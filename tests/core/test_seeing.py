"""What a list may tell: exactly what the rules say of each Service, and quickly for very many."""

from __future__ import annotations

import time
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.change import Person
from bot.core.model import ServiceKey
from bot.core.policy import Actor, Allow, Deny, Effect, Group, Intent, Policy, Rule, decide, narrowed
from bot.core.seeing import STATUS, Sieve

DEV = Actor(Person("T1", "U1"), "dev")
UNSURE = Actor(Person("T1", "U3"), "unsure", unsure=frozenset({"S1"}))
GUEST = Actor(Person("T1", "U2"), "guest", member=False, standing="a guest")
NAMES = ("hello", "secret", "secret-2", "shop", "ä", "")
globs = st.lists(st.sampled_from(["*", "secret", "secret*", "s?op", "[!s]*", "hello"]), min_size=1, max_size=2)
rules = st.builds(
    Rule,
    st.just("a rule"),
    st.sampled_from([Effect(), Effect(allow=False), Effect(approvals=1)]),
    st.sampled_from([("everyone",), ("U1",), ("U2",), ("team",), ("S1",)]),
    channels=st.sampled_from([("*",), ("C1",), ("C2",)]),
    namespaces=st.sampled_from([("*",), ("prod",), ("dev", "shop")]),
    services=globs.map(tuple),
    verbs=st.sampled_from([("*",), ("look",), ("services",), ("status",), ("logs",), ("change",)]),
)


def key(name: str, namespace: str = "prod") -> ServiceKey:
    return ServiceKey("main", namespace, name)


def sieve(policy: Policy, verb: str = "services", actor: Actor = DEV) -> Sieve:
    return Sieve(policy, (verb, "look"), "C1", [partial(decide, actor=actor, policy=policy)])


@given(st.lists(rules, max_size=5), st.sampled_from(["services", "revisions", "status"]))
def test_of_each_service_it_is_what_the_rules_say_of_it(found: list[Rule], verb: str) -> None:
    policy = Policy(tuple(found), {"team": Group(frozenset({"U1"}))})
    shown = sieve(policy, verb)
    for namespace in ("prod", "shop"):
        for name in NAMES[:-1]:
            own = decide(Intent(verb, "look", "C1", "main", namespace, name), DEV, policy)
            looked = decide(Intent(*STATUS, "C1", "main", namespace, name), DEV, policy)
            unruled = isinstance(looked, Deny) and looked.rule is None
            expected = isinstance(own, Allow) and (isinstance(looked, Allow) or unruled)
            assert shown(key(name, namespace)) is expected


@given(st.lists(rules, max_size=5), st.sampled_from(["services", "rollout"]), st.sampled_from([DEV, UNSURE, GUEST]))
def test_rules_about_others_only_decide_nothing(found: list[Rule], verb: str, actor: Actor) -> None:
    policy = Policy(tuple(found), {"team": Group(frozenset({"U1"}), frozenset({"S1"}))})
    own = narrowed(policy, actor)
    kind = "look" if verb == "services" else "change"
    for name in NAMES:
        intent = Intent(verb, kind, "C1", "main", "prod", name)
        assert decide(intent, actor, own) == decide(intent, actor, policy)
    assert set(own.rules) <= set(policy.rules)


def test_who_may_list_only_need_not_be_let_look_closely() -> None:
    policy = Policy((Rule("lists", Effect(), verbs=("services",)),), {})

    assert sieve(policy)(key("hello"))
    assert not sieve(policy, "status")(key("hello"))


@pytest.mark.parametrize("named", [0, 50], ids=["no rule names Services", "many rules name Services"])
def test_ten_thousand_services_are_sifted_in_a_moment(named: int) -> None:
    rules = [Rule(f"{n}", Effect(allow=False), services=(f"secret-{n}-*", f"vault-{n}")) for n in range(named)]
    shown = sieve(Policy((*rules, Rule("open", Effect())), {}))
    began = time.process_time()
    found = [each for each in (key(f"secret-{n}-x") for n in range(10_000)) if shown(each)]

    assert time.process_time() - began < 2
    assert len(found) == 10_000 - named
