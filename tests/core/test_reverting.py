"""What was changed beside the Service is taken back, if it is still as the change has left it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.core import annotating, deleting, domains, reverting
from bot.core.attributes import annotation
from bot.core.commands import Address, ClaimDomain, MapDomain
from bot.core.errors import Invalid, Stale
from bot.core.model import Object, ObjectKind, Stored
from bot.core.plan import GONE, Plan, undoable
from bot.core.staleness import conditional
from bot.core.template import canonical
from tests.core.builders import KEY, REQUEST

if TYPE_CHECKING:
    from collections.abc import Mapping

SHOP = "shop.example.org"
REVISION = Object(ObjectKind.REVISION, "hello-00001", "shop")
TO_HELLO = {"ref": {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": "hello", "namespace": "shop"}}
TO_OLD = {"ref": {"kind": "Service", "name": "old", "namespace": "shop"}, "tls": {"secretName": "cert"}}


def stored(document: Mapping[str, object]) -> Stored:
    return Stored("uid-1", 1, "7", canonical(document))


def mapped(found: Stored | None = None, *, itself: bool | None = None) -> Plan:
    return domains.map_to(MapDomain(Address("hello"), SHOP), KEY, found, None, REQUEST, itself=itself)


def test_a_domain_that_was_given_is_taken_again_by_who_confirms_the_loss() -> None:
    back = reverting.other(mapped(itself=False), stored(TO_HELLO), REQUEST)

    assert back.deletes
    assert back.verb == "undo"
    assert back.also == ("domain",)
    assert back.loses == (f"the address {SHOP}, which leads to shop/hello",)
    assert [(each.what, each.before, each.after) for each in back.changes] == [("leads to", "shop/hello", None)]
    assert back.notes == (f"{SHOP} stays claimed.",)
    assert domains.opening(back) is None
    conditional(back, stored(TO_HELLO))


def test_a_domain_that_was_moved_leads_where_it_led_with_what_it_had() -> None:
    back = reverting.other(mapped(stored(TO_OLD)), stored({**TO_HELLO, "tls": {"secretName": "cert"}}), REQUEST)

    assert back.before
    assert not back.loses
    assert '"name":"old"' in back.after.document
    conditional(back, stored({**TO_HELLO, "tls": {"secretName": "cert"}}))


def test_a_domain_that_was_taken_is_given_again_whole_and_that_is_undone_too() -> None:
    taken = domains.unmap(SHOP, KEY, stored(TO_OLD), REQUEST)
    back = reverting.other(taken, None, REQUEST)

    assert back.base is None
    assert back.after.document == canonical(TO_OLD)
    again = reverting.other(back, stored(TO_OLD), REQUEST)
    assert again.after == GONE
    assert again.also == ("domain",)


def test_the_annotations_of_a_revision_are_put_back() -> None:
    wish = (annotation("version", "1.3"), annotation("old", None))
    noted = annotating.revision(KEY, REVISION, stored({"old": "x", "other": "y"}), wish, REQUEST)
    back = reverting.other(noted, stored({"version": "1.3", "other": "z"}), REQUEST)

    assert back.after.document == canonical({"old": "x", "version": None})
    assert back.also == ("annotate",)


@pytest.mark.parametrize("found", [None, stored(TO_OLD), replace(stored(TO_HELLO), deleting=True)])
def test_what_somebody_has_changed_since_is_left_to_them(found: Stored | None) -> None:
    with pytest.raises(Stale, match="undo more"):
        reverting.other(mapped(), found, REQUEST)


def test_a_domain_that_somebody_has_given_meanwhile_is_left_to_them() -> None:
    with pytest.raises(Stale, match="undo more"):
        reverting.other(domains.unmap(SHOP, KEY, stored(TO_OLD), REQUEST), stored(TO_HELLO), REQUEST)


@pytest.mark.parametrize(
    ("former", "hint"),
    [
        (deleting.revision(KEY, REVISION, stored({}), REQUEST), "`rollback hello` goes back to another one"),
        (domains.claim_for(ClaimDomain(SHOP), KEY, None, REQUEST), "Ask for the opposite"),
    ],
    ids=["a Revision that is gone", "what belongs to the cluster"],
)
def test_what_has_no_way_back_says_what_to_do_instead(former: Plan, hint: str) -> None:
    assert not undoable(former)
    with pytest.raises(Invalid, match="cannot be taken back") as error:
        reverting.other(former, None, REQUEST)
    assert hint in error.value.hint
