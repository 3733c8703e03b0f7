"""Objects are found under the Service that they belong to, also after they have come to belong to another."""

from __future__ import annotations

from bot.core.model import DomainMapping, ServiceKey
from bot.knative.codec import Owned
from bot.knative.domains import MAPPINGS
from bot.knative.shelf import Shelf
from tests.knative.recorded import response

HELLO, OTHER = ServiceKey("main", "shop", "hello"), ServiceKey("main", "shop", "other")


def mapping(owner: ServiceKey, *, gone: bool = False) -> Owned[DomainMapping]:
    value = DomainMapping("shop.example.org", owner.name)
    return Owned(owner, value.domain, "1", value, gone)


def test_a_domain_that_is_led_elsewhere_is_there_and_no_longer_here() -> None:
    shelf = Shelf[DomainMapping]("main", moves=True)
    shelf.carry(mapping(HELLO))
    assert shelf.home(mapping(OTHER)) == HELLO
    shelf.carry(mapping(OTHER))

    assert not shelf.of(HELLO)
    assert list(shelf.of(OTHER)) == ["shop.example.org"]
    shelf.carry(mapping(HELLO, gone=True))  # what it was last may be older than where it was seen last
    assert shelf.within(None) == []


def test_a_recorded_domain_belongs_to_the_service_that_it_leads_to() -> None:
    owned = MAPPINGS.one(response(109), "main")

    assert owned.owner == HELLO
    assert owned.name == "other.example.org"
    ready = owned.value.condition("Ready")
    assert ready is not None
    assert ready.reason == "DomainAlreadyClaimed"
