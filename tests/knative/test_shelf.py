"""Objects are found under the Service that they belong to, also after they have come to belong to another."""

from __future__ import annotations

import json
import sys

from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import DomainMapping, Service, ServiceKey
from bot.knative.codec import SERVICES, Owned
from bot.knative.domains import MAPPINGS
from bot.knative.shelf import Shelf
from tests.knative.recorded import response

HELLO, OTHER = ServiceKey("main", "shop", "hello"), ServiceKey("main", "shop", "other")


def mapping(owner: ServiceKey, *, gone: bool = False) -> Owned[DomainMapping]:
    value = DomainMapping("shop.example.org", owner.name)
    return Owned(owner, value.domain, "1", value, gone)


def test_a_domain_that_is_led_elsewhere_is_there_and_no_longer_here() -> None:
    shelf = Shelf[DomainMapping]("main")
    assert shelf.carry(mapping(HELLO)) == ("hello", None)
    assert shelf.carry(mapping(OTHER)) == ("hello", mapping(HELLO).value)

    assert not shelf.of(HELLO)
    assert list(shelf.of(OTHER)) == ["shop.example.org"]
    shelf.carry(mapping(HELLO, gone=True))  # what it was last may be older than where it was seen last
    assert shelf.within(None) == []
    assert list(shelf.owners()) == []


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.booleans()), max_size=20))
def test_a_shelf_holds_what_was_carried_last(acts: list[tuple[str, str, bool]]) -> None:
    """Each act: the object of this name belongs to this Service now, or is gone."""
    shelf, expected = Shelf[int]("main"), dict[str, tuple[str, int]]()
    for number, (name, owner, gone) in enumerate(acts):
        was = expected.pop(name, (owner, None))
        assert shelf.carry(Owned(ServiceKey("main", "shop", owner), name, "1", number, gone)) == was
        if not gone:
            expected[name] = (owner, number)
    assert shelf.within("shop") == [value for _, (_, value) in sorted(expected.items())]
    for owner in "xyz":
        own = {name: value for name, (home, value) in expected.items() if home == owner}
        assert shelf.of(ServiceKey("main", "shop", owner)) == own
    assert {key.name for key in shelf.owners()} == {home for home, _ in expected.values()}


def test_a_recorded_domain_belongs_to_the_service_that_it_leads_to() -> None:
    owned = MAPPINGS.one(response(109), "main")

    assert owned.owner == HELLO
    assert owned.name == "other.example.org"
    ready = owned.value.condition("Ready")
    assert ready is not None
    assert ready.reason == "DomainAlreadyClaimed"


def test_services_that_come_and_go_leave_nothing_behind() -> None:
    """Neither in the copy nor among the strings that are kept once."""
    shelf = Shelf[Service]("main")
    template = json.loads(response(35))

    def churn(numbers: range) -> None:
        for number in numbers:
            name = f"passing-{number}"
            template["metadata"] |= {"name": name, "namespace": f"n{number}", "labels": {f"l{number}": f"v{number}"}}
            for said in ("ADDED", "DELETED"):
                event = SERVICES.event(json.dumps({"type": said, "object": template}).encode(), "main")
                assert isinstance(event, Owned)
                shelf.carry(event)

    churn(range(1_000))
    before = sys.getallocatedblocks()
    churn(range(1_000, 3_000))
    assert sys.getallocatedblocks() - before < 1_000
