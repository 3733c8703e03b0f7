"""A domain of one's own, from the claim to the end, as a channel and kubectl see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.features.conversation import Conversation

ROOM = "deploys"
IMAGE = "ghcr.io/knative/helloworld-go:latest"


def test_a_domain_is_claimed_mapped_listed_and_taken_away(conversation: Conversation) -> None:
    conversation.change(ROOM, f"deploy owner {IMAGE}", "traffic is as wished")
    claimed = "*ClusterDomainClaim owner.example.org*: claimed for: `shop`"
    conversation.change(ROOM, "domain claim owner.example.org", claimed)

    mapped = "*DomainMapping owner.example.org*: leads to: `shop/owner`"
    conversation.change(ROOM, "domain add owner.example.org owner", mapped)
    assert "owner.example.org" in conversation.kubectl("get", "domainmapping", "-n", "shop", "-o", "name")
    listed = conversation.ask(ROOM, "domains")
    assert "owner.example.org" in listed
    assert "The cluster puts its Services under" in listed

    asked = conversation.change(ROOM, "domain remove owner.example.org", "will be deleted", "waits for")
    conversation.click("dev", asked, "confirm")
    conversation.becomes(ROOM, asked["ts"], "is gone")
    assert "owner.example.org" not in conversation.kubectl("get", "domainmapping", "-n", "shop", "-o", "name")


def test_a_domain_that_nobody_has_claimed_is_claimed_with_it_and_undo_takes_it_back(conversation: Conversation) -> None:
    conversation.change(ROOM, f"deploy homeless {IMAGE}", "traffic is as wished")

    conversation.change(ROOM, "domain add free.example.org homeless", "leads to: `shop/homeless`, claimed for: `shop`")
    assert "free.example.org" in conversation.kubectl("get", "clusterdomainclaims", "-o", "name")

    asked = conversation.change(ROOM, "undo homeless", "free.example.org stays claimed", "waits for")
    conversation.click("dev", asked, "confirm")
    conversation.becomes(ROOM, asked["ts"], "is gone")
    assert "free.example.org" not in conversation.kubectl("get", "domainmapping", "-n", "shop", "-o", "name")


def test_the_cluster_s_own_domain_is_changed_by_those_who_may_after_a_second_click(conversation: Conversation) -> None:
    assert "no rule allows it" in conversation.ask(ROOM, "domain default example.net")
    asked = conversation.change(
        ROOM, "domain create -d knative.example.org --default", "cannot be taken back", user="sre"
    )
    conversation.click("sre", asked, "confirm")
    conversation.becomes(ROOM, asked["ts"], "default domain: `example.com` → `knative.example.org`")

    found = conversation.kubectl("get", "configmap", "-n", "knative-serving", "config-domain", "-o", "yaml")
    assert "knative.example.org:" in found
    back = conversation.change(ROOM, "domain default example.com", "cannot be taken back", user="sre")
    conversation.click("sre", back, "confirm")
    conversation.becomes(ROOM, back["ts"], "default domain: `knative.example.org` → `example.com`")
