"""Domains: how they are read, and the plans about DomainMappings, claims and a cluster's own domain."""

from __future__ import annotations

import pytest

from bot.core import domains
from bot.core.commands import Address, Area, ClaimDomain, Command, DefaultDomain, Domains, MapDomain, UnmapDomain
from bot.core.errors import Invalid, NoChange, NotFound, ParseError
from bot.core.language.parse import parse
from bot.core.model import Stored
from bot.core.template import canonical
from tests.core.builders import KEY, REQUEST

SHOP = "shop.example.org"


def stored(document: dict[str, object]) -> Stored:
    return Stored("uid-1", 1, "7", canonical(document))


MAPPED = stored(
    {"ref": {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": "hello", "namespace": "shop"}}
)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("domain add shop.example.org hello", MapDomain(Address("hello"), SHOP)),
        ("domain add shop.example.org prod/hello", MapDomain(Address("hello", "prod"), SHOP)),
        ("kn domain create shop.example.org --ref hello", MapDomain(Address("hello"), SHOP)),
        ("kn domain create shop.example.org --ref ksvc:hello:prod", MapDomain(Address("hello", "prod"), SHOP)),
        ("kn domain create shop.example.org --ref hello --tls cert", MapDomain(Address("hello"), SHOP, "cert")),
        ("kn domain update shop.example.org --ref ksvc:other", MapDomain(Address("other"), SHOP)),
        ("kn domain delete shop.example.org -n prod", UnmapDomain(SHOP, Area("prod"))),
        ("domain remove shop.example.org", UnmapDomain(SHOP)),
        ("domain claim shop.example.org", ClaimDomain(SHOP)),
        ("knctl domain create -d knative.example.org --default", DefaultDomain("knative.example.org")),
        ("domain default example.org --cluster west", DefaultDomain("example.org", "west")),
        ("domains", Domains()),
        ("kn domain list -n prod", Domains(Area("prod"))),
        ("kn domain describe shop.example.org", Domains(Area(), SHOP)),
    ],
)
def test_a_line_about_domains_is_read(line: str, command: Command) -> None:
    assert parse(line) == command


@pytest.mark.parametrize(
    "line",
    [
        "domain",
        "domain sell shop.example.org",
        "domain add hello",
        "domain add shop.example.org",
        "domain add Shop.Example.org hello",
        "domain add shop..example.org hello",
        "domain create shop.example.org --ref ksvc:hello:shop:more:and",
        "domain create shop.example.org --ref broker:hello",
        f"domain add {'a' * 250}.org hello",
    ],
)
def test_what_names_no_domain_is_pointed_at(line: str) -> None:
    with pytest.raises(ParseError):
        parse(line)


def test_a_domain_without_a_claim_is_mapped_with_a_word_about_it() -> None:
    plan = domains.map_to(MapDomain(Address("hello"), SHOP), KEY, None, None, REQUEST)

    assert plan.base is None
    assert '"name":"hello"' in plan.after.document
    assert "domain claim shop.example.org" in plan.notes[0]


def test_a_domain_without_a_claim_is_claimed_first_where_the_cluster_does_not_do_so_by_itself() -> None:
    command = MapDomain(Address("hello"), SHOP)
    plan = domains.map_to(command, KEY, None, None, REQUEST, itself=False)
    first = domains.opening(plan)

    assert not plan.notes
    assert [(each.what, each.after) for each in plan.changes] == [("leads to", "shop/hello"), ("claimed for", "shop")]
    assert first
    assert first.about == domains.claim(SHOP)
    assert first.after.document == '{"namespace":"shop"}'
    assert domains.opening(plan) == first
    for claimed, itself in ((None, True), (None, None), (stored({"namespace": "shop"}), False)):
        assert domains.opening(domains.map_to(command, KEY, None, claimed, REQUEST, itself=itself)) is None


@pytest.mark.parametrize(
    ("data", "itself"),
    [
        (None, False),
        ({}, False),
        ({"autocreate-cluster-domain-claims": "true"}, True),
        ({"autocreate-cluster-domain-claims": "false"}, False),
    ],
)
def test_a_cluster_says_whether_it_claims_domains_by_itself(data: dict[str, object] | None, itself: bool) -> None:
    assert domains.claims_itself(None if data is None else stored(data)) is itself


def test_a_domain_that_another_namespace_has_is_refused() -> None:
    with pytest.raises(Invalid, match="namespace other"):
        domains.map_to(MapDomain(Address("hello"), SHOP), KEY, None, stored({"namespace": "other"}), REQUEST)
    with pytest.raises(Invalid, match="namespace other"):
        domains.claim_for(ClaimDomain(SHOP), KEY, stored({"namespace": "other"}), REQUEST)


def test_what_is_so_already_is_no_change() -> None:
    claimed = stored({"namespace": "shop"})
    with pytest.raises(NoChange):
        domains.map_to(MapDomain(Address("hello"), SHOP), KEY, MAPPED, claimed, REQUEST)
    with pytest.raises(NoChange):
        domains.claim_for(ClaimDomain(SHOP), KEY, claimed, REQUEST)
    with pytest.raises(NoChange):
        domains.make_default(DefaultDomain("example.org"), KEY, stored({"example.org": ""}), REQUEST)


def test_a_domain_is_moved_to_another_service_with_its_certificate_named() -> None:
    command = MapDomain(Address("other"), SHOP, "cert")
    plan = domains.map_to(command, KEY, stored({"ref": {"kind": "Service", "name": "old"}}), None, REQUEST)

    assert plan.before is not None
    assert '"tls":null' in plan.before.document
    assert '"secretName":"cert"' in plan.after.document


def test_taking_a_domain_away_says_what_is_lost() -> None:
    plan = domains.unmap(SHOP, KEY, MAPPED, REQUEST)

    assert plan.deletes
    assert plan.loses == ("the address shop.example.org, which leads to shop/hello",)


def test_another_domain_for_the_cluster_takes_the_place_of_the_former_and_leaves_selected_ones() -> None:
    found = stored({"_example": "…", "old.org": "", "labelled.org": "selector:\n  app: x\n"})
    plan = domains.make_default(DefaultDomain("new.org"), KEY, found, REQUEST)

    assert plan.after.document == '{"new.org":"","old.org":null}'
    assert plan.loses == ("every address under old.org: the Services move to new.org",)


def test_a_cluster_that_names_no_domain_loses_the_one_from_inside() -> None:
    plan = domains.make_default(DefaultDomain("new.org"), KEY, stored({"_example": "…"}), REQUEST)

    assert plan.after.document == '{"new.org":""}'
    assert domains.FALLBACK in plan.loses[0]


def test_a_cluster_without_knative_has_no_domain_to_set() -> None:
    with pytest.raises(NotFound):
        domains.make_default(DefaultDomain("new.org"), KEY, None, REQUEST)


def test_the_domains_of_a_cluster_tell_which_one_is_the_default() -> None:
    assert domains.suffixes(stored({"_example": "…"})) == {domains.FALLBACK: True}
    assert domains.suffixes(stored({"a.org": "", "b.org": "selector:\n  app: x"})) == {"a.org": True, "b.org": False}
    assert domains.suffixes(stored({"b.org": "selector:\n  app: x"})) == {"b.org": False, domains.FALLBACK: True}
