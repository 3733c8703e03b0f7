"""What plans do to other objects than Services, and deleting: checked on any cluster, as test_knative is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.core import deleting, domains
from bot.core.commands import Address, ClaimDomain, Deploy, MapDomain, Rollback
from bot.core.errors import Stale
from bot.core.model import DomainMapping, Truth
from bot.core.staleness import document
from bot.core.template import TemplateEdit
from bot.core.template.variables import variable
from tests.contracts.site import CLUSTER, HERE, IMAGE, REQUEST, Hand, Site, eventually

if TYPE_CHECKING:
    from collections.abc import Callable

    Hands = Callable[[str], Hand]

GREEN = Deploy(HERE, TemplateEdit(settings=(variable("TARGET", "green"),)))


def deployed(hand: Hand) -> Hand:
    hand.do(Deploy(HERE, TemplateEdit(image=IMAGE)))
    hand.ready()
    return hand


def test_a_deleted_service_is_gone_with_its_revisions_and_deleting_it_again_does_no_harm(hand: Hands) -> None:
    hello = deployed(hand("doomed"))
    plan = deleting.service(hello.look(), REQUEST)

    assert hello.clusters.apply(plan) is None
    eventually(lambda: hello.look().service is None)
    assert hello.clusters.applied(plan)
    assert hello.clusters.apply(plan) is None
    eventually(lambda: not [each for each in hello.clusters.revisions(*_area(hello)) if each.service == hello.name])


def test_a_deletion_that_is_only_tried_deletes_nothing(hand: Hands) -> None:
    hello = deployed(hand("kept"))
    plan = deleting.service(hello.look(), REQUEST)

    assert hello.clusters.rehearse(plan) is None
    service = hello.look().service
    assert service is not None
    assert not service.deleting


def test_a_service_that_was_changed_since_is_not_deleted(hand: Hands) -> None:
    hello = deployed(hand("spared"))
    plan = deleting.service(hello.look(), REQUEST)
    hello.do(GREEN)

    with pytest.raises(Stale):
        hello.clusters.apply(plan)
    assert hello.look().service is not None


def test_a_revision_without_traffic_is_deleted_alone(hand: Hands) -> None:
    hello = deployed(hand("pruned"))
    hello.do(GREEN)
    snapshot = hello.ready()
    about = deleting.subject("previous", snapshot)
    eventually(lambda: _routed_nowhere(hello, about.name))
    plan = deleting.revision(hello.key, about, hello.clusters.stored(CLUSTER, about), REQUEST)

    hello.clusters.apply(plan)

    eventually(lambda: [each.name for each in hello.look().revisions] == [hello.nth(2)])


def test_a_revision_that_was_given_traffic_meanwhile_is_not_deleted(hand: Hands) -> None:
    hello = deployed(hand("wanted"))
    hello.do(GREEN)
    about = deleting.subject("previous", hello.ready())
    eventually(lambda: _routed_nowhere(hello, about.name))
    plan = deleting.revision(hello.key, about, hello.clusters.stored(CLUSTER, about), REQUEST)
    hello.do(Rollback(HERE, "previous"))
    hello.ready()

    with pytest.raises(Stale):
        hello.clusters.apply(plan)
    assert len(hello.look().revisions) == 2


def test_a_domain_is_claimed_mapped_and_taken_away(hand: Hands, site: Site) -> None:
    hello = deployed(hand("owner"))
    domain = site.domain("owner")
    claim, mapping = domains.claim(domain), domains.mapping(domain, site.namespace)
    stored = hello.clusters.stored
    claiming = domains.claim_for(ClaimDomain(domain), hello.key, stored(CLUSTER, claim), REQUEST)
    hello.clusters.apply(claiming)
    try:
        command = MapDomain(Address(hello.name), domain)
        mapped = domains.map_to(command, hello.key, stored(CLUSTER, mapping), stored(CLUSTER, claim), REQUEST)
        hello.clusters.apply(mapped)
        assert hello.clusters.applied(mapped)
        listed = eventually(lambda: _claimed(hello, domain))
        assert listed.service == hello.name

        found = stored(CLUSTER, mapping)
        assert found is not None
        assert document(found.document)["ref"]["name"] == hello.name
        hello.clusters.apply(domains.unmap(domain, hello.key, found, REQUEST))
        eventually(lambda: stored(CLUSTER, mapping) is None)
    finally:
        site.connection.write(
            "DELETE", f"/apis/networking.internal.knative.dev/v1alpha1/clusterdomainclaims/{domain}", {}, {}
        )


def test_a_domain_that_nobody_claimed_says_so(hand: Hands, site: Site) -> None:
    if site.claims_domains():
        pytest.skip("this cluster claims domains by itself")
    hello = deployed(hand("homeless"))
    domain = site.domain("homeless")
    hello.clusters.apply(domains.map_to(MapDomain(Address(hello.name), domain), hello.key, None, None, REQUEST))

    def refused() -> bool:
        found = next((each for each in hello.clusters.domains(*_area(hello)) if each.domain == domain), None)
        condition = found.condition("DomainClaimed") if found else None
        return condition is not None and condition.status is Truth.FALSE

    eventually(refused)


def _area(hand: Hand) -> tuple[str, str]:
    return hand.key.cluster, hand.key.namespace


def _claimed(hand: Hand, domain: str) -> DomainMapping | None:
    found = next((each for each in hand.clusters.domains(*_area(hand)) if each.domain == domain), None)
    condition = found.condition("DomainClaimed") if found else None
    return found if condition and condition.status is Truth.TRUE else None


def _routed_nowhere(hand: Hand, name: str) -> bool:
    """Whether Knative has noted that a Revision is not routed to any more."""
    found = hand.look().revision(name)
    return found is not None and found.labels.get("serving.knative.dev/routingState") == "reserve"
