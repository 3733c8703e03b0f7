"""Which DNS records lead to a cluster's Services."""

from __future__ import annotations

from bot.core.dns import Reach, Record, reach, records
from bot.core.model import Gateway
from tests.core.builders import NOW


def gateway(*addresses: str) -> Gateway:
    return Gateway("kourier-system", "kourier", "kourier", "LoadBalancer", addresses, (80,), NOW)


def test_a_wildcard_leads_to_each_address_by_its_kind() -> None:
    assert records(["acme.dev"], [gateway("203.0.113.7", "2001:db8::1"), gateway("lb.acme.net", "203.0.113.7")]) == (
        Record("*.acme.dev", "A", "203.0.113.7"),
        Record("*.acme.dev", "AAAA", "2001:db8::1"),
        Record("*.acme.dev", "CNAME", "lb.acme.net"),
    )


def test_there_is_no_record_for_what_none_can_lead_to_or_none_need_lead_to() -> None:
    assert records(["example.com", "203.0.113.7.sslip.io", "svc.cluster.local"], [gateway("203.0.113.7")]) == ()
    assert reach("example.com") is Reach.EXAMPLE
    assert reach("203.0.113.7.sslip.io") is Reach.MAGIC
    assert reach("svc.cluster.local") is Reach.INSIDE


def test_without_an_address_there_is_nothing_to_set() -> None:
    assert records(["acme.dev"], [gateway()]) == ()
