"""Which DNS records lead to a cluster's Services: one wildcard for each domain under which they lie."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.core.model import Gateway

MAGIC = ("sslip.io", "nip.io", "xip.io")
"""Domains whose names hold the address that they lead to."""
EXAMPLES = ("example.com", "example.org", "example.net")
"""Domains that nobody can own (RFC 2606); Knative begins with the first one."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record to set: `kind` is A, AAAA or CNAME."""

    name: str
    kind: str
    value: str


class Reach(Enum):
    """How the names under a domain are found."""

    RECORD = "by a record that somebody sets"
    MAGIC = "by themselves: they hold the address"
    EXAMPLE = "not at all: nobody can own it"
    INSIDE = "inside the cluster only"


def reach(domain: str) -> Reach:
    """Return how the names under a domain of config-domain are found."""
    if domain.endswith("cluster.local"):
        return Reach.INSIDE
    if domain.endswith(MAGIC):
        return Reach.MAGIC
    return Reach.EXAMPLE if domain in EXAMPLES else Reach.RECORD


def records(domains: Iterable[str], gateways: Iterable[Gateway]) -> tuple[Record, ...]:
    """Return the records to set; a wildcard stands for names with any number of dots before the domain (RFC 4592)."""
    addresses = list(dict.fromkeys(address for gateway in gateways for address in gateway.addresses))
    return tuple(
        Record(f"*.{domain}", _kind(address), address)
        for domain in domains
        if reach(domain) is Reach.RECORD
        for address in addresses
    )


def _kind(address: str) -> str:
    try:
        return "A" if ip_address(address).version == 4 else "AAAA"
    except ValueError:
        return "CNAME"
