"""A domain is claimed and mapped by one approved plan, or refused before anything is written; undo takes it back."""

from __future__ import annotations

import json

from bot.core import domains
from bot.core.change import State
from bot.core.errors import Refused, Unavailable
from bot.core.locking import Lock
from bot.core.model import ServiceKey, Stored
from bot.core.policy import Effect, Policy, Rule
from tests.operations.site import DEV, FREE, GUARDED, OPS, Site

SHOP = "shop.example.org"
ADD = f"domain add {SHOP} hello"
CLAIM, MAPPING = domains.claim(SHOP), domains.mapping(SHOP, "shop")


def ruled(site: Site, *rules: Rule) -> None:
    """Let the site have other rules."""
    site.policy = Policy(rules, site.policy.groups)
    site.operations = site.start()


def test_who_may_claim_gets_the_claim_and_the_domain_by_one_change(site: Site) -> None:
    site.type(ADD)

    assert list(site.knative.objects) == [CLAIM, MAPPING]
    assert site.knative.objects[CLAIM].document == '{"namespace": "shop"}'
    assert len(site.changes()) == 1


def test_an_approver_approves_both(site: Site) -> None:
    site.ask(ADD)
    assert not site.knative.objects

    site.click("approve", site.change().id)
    assert list(site.knative.objects) == [CLAIM, MAPPING]


def test_who_may_not_claim_is_told_what_somebody_else_has_to_type(site: Site) -> None:
    ruled(site, Rule("hello alone", Effect(), services=("hello",)))
    site.type(ADD)

    assert not site.changes()
    assert not site.knative.objects
    assert site.hint() == f"Somebody who may has to type `domain claim {SHOP}` first."

    site.knative.objects[CLAIM] = Stored("uid", 1, "1", '{"namespace": "shop"}')
    site.type(ADD)
    assert MAPPING in site.knative.objects


def test_a_claim_that_needs_an_approval_makes_the_domain_wait_for_it(site: Site) -> None:
    careful = Rule("claims wait", Effect(approvals=1, group="approvers"), verbs=("domain",))
    ruled(site, Rule("hello alone", Effect(), services=("hello",)), careful, Rule("open", Effect()))
    site.type(ADD)
    assert site.states() == [State.PENDING]
    assert not site.knative.objects

    site.click("approve", site.change().id, OPS, FREE)
    assert list(site.knative.objects) == [CLAIM, MAPPING]


def test_a_right_to_claim_that_is_lost_meanwhile_writes_neither(site: Site) -> None:
    site.ask(ADD)
    ruled(site, Rule("hello alone", Effect(), services=("hello",)))
    site.click("approve", site.change().id)

    assert not site.knative.objects


def test_a_cluster_that_claims_by_itself_is_left_to_do_so(site: Site) -> None:
    site.knative.objects[domains.NETWORK] = Stored("uid", 1, "1", '{"autocreate-cluster-domain-claims": "true"}')
    site.type(ADD)
    assert CLAIM not in site.knative.objects
    assert MAPPING in site.knative.objects


def test_a_claim_that_the_cluster_refuses_leaves_no_mapping_behind(site: Site) -> None:
    site.knative.trouble["apply"] = Refused("Kubernetes does not let Knobot create ClusterDomainClaims.")
    site.type(ADD)

    assert site.states() == [State.REFUSED]
    assert not site.knative.objects


def test_a_write_whose_answer_was_lost_is_finished_once(site: Site) -> None:
    site.knative.trouble["answer"] = Unavailable("No answer.", code="unknown")
    site.type(ADD)
    assert site.states() == [State.APPLYING]
    site.knative.trouble.clear()
    site.wait(site.change().deadline - site.clock.now(), 6)

    assert list(site.knative.objects) == [CLAIM, MAPPING]
    assert len(site.knative.writes) == 2


def test_undo_takes_the_domain_back_once_the_loss_is_confirmed_and_leaves_the_claim(site: Site) -> None:
    site.type(ADD)
    site.wait()
    site.type("undo hello")
    asked = site.change()
    assert asked.state is State.PENDING
    site.click("confirm", asked.id, DEV, FREE)

    assert MAPPING not in site.knative.objects
    assert CLAIM in site.knative.objects


def test_undo_gives_a_removed_domain_back(site: Site) -> None:
    site.type(ADD)
    there = site.knative.objects[MAPPING]
    site.wait()
    site.type(f"domain remove {SHOP}")
    site.click("confirm", site.change().id, DEV, FREE)
    assert MAPPING not in site.knative.objects

    site.wait()
    site.type("undo hello")
    assert json.loads(site.knative.objects[MAPPING].document) == json.loads(there.document)


def test_a_domain_is_taken_only_from_a_service_on_which_one_may_do_that(site: Site) -> None:
    led = '{"ref": {"kind": "Service", "name": "vault", "namespace": "shop"}}'
    site.knative.objects |= {CLAIM: Stored("uid", 1, "1", '{"namespace": "shop"}'), MAPPING: Stored("u", 1, "1", led)}
    ruled(site, Rule("not the vault", Effect(allow=False), services=("vault",)), Rule("open", Effect()))
    site.type(ADD)
    assert site.told() == "refused"
    assert not site.changes()

    ruled(site, Rule("the vault waits", Effect(approvals=1), services=("vault",)), Rule("open", Effect()))
    site.type(ADD)
    assert site.states() == [State.PENDING]
    assert site.knative.objects[MAPPING].document == led


def test_a_lock_holds_the_domains_of_its_service_too(site: Site) -> None:
    led = '{"ref": {"kind": "Service", "name": "vault", "namespace": "shop"}}'
    site.knative.objects |= {CLAIM: Stored("uid", 1, "1", '{"namespace": "shop"}'), MAPPING: Stored("u", 1, "1", led)}
    vault = ServiceKey("main", "shop", "vault")
    site.store.take_lock(Lock("l", vault, OPS, "ops", FREE, "hands off", site.clock.now()), None, "lock")
    site.type(ADD)

    assert site.told() == "held"
    assert site.knative.objects[MAPPING].document == led


def test_undo_of_a_domain_is_as_forbidden_as_the_domain(site: Site) -> None:
    site.type(ADD)
    ruled(site, Rule("no domains", Effect(allow=False), verbs=("domain",)), Rule("open", Effect()))
    site.type("undo hello", GUARDED)

    assert site.told() == "refused"
    assert MAPPING in site.knative.objects
