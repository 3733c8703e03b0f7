"""The verbs about domains: `domains` looks, `domain` changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.commands import Address, ClaimDomain, Command, DefaultDomain, Domains, MapDomain, UnmapDomain
from bot.core.domains import DOMAIN
from bot.core.language.reader import Flag
from bot.core.language.verb import AREA, Kind, Verb

if TYPE_CHECKING:
    from bot.core.language.reader import Reader
    from bot.core.language.words import Word

EXAMPLE = "For example `domain add shop.example.com hello`."
KSVC = ("ksvc", "service", "services", "ksvcs")


def read_domains(reader: Reader) -> Domains:
    word = reader.one("domain") or reader.take()
    return Domains(reader.area(), _domain(reader, word) if word else None)


def read_domain(reader: Reader) -> Command:  # noqa: RET503 # `fail` never returns
    word = reader.need("another word", EXAMPLE)
    match word.text:
        case "add" | "create" | "update" | "map":
            return _create(reader)
        case "remove" | "delete" | "unmap" | "rm":
            return UnmapDomain(_named(reader), reader.area())
        case "claim":
            return ClaimDomain(_named(reader), reader.area())
        case "default":
            return _default(reader)
        case _:
            reader.fail(word, f"domain does not know “{word.text}”.", "It knows add, remove, claim and default.")


def _create(reader: Reader) -> Command:
    """Read DOMAIN SERVICE, kn's DOMAIN --ref ksvc:SERVICE[:NAMESPACE], or knctl's -d DOMAIN --default."""
    if reader.switch("default"):
        return _default(reader)
    domain, ref, tls = _named(reader), reader.one("ref"), reader.one("tls")
    service = _referenced(reader, ref) if ref else reader.address(EXAMPLE)
    return MapDomain(service, domain, reader.name(tls, "Secret") if tls else None)


def _default(reader: Reader) -> DefaultDomain:
    domain, area = _named(reader), reader.area()
    return DefaultDomain(domain, area.cluster)


def _named(reader: Reader) -> str:
    return _domain(reader, reader.one("domain") or reader.need("a domain", EXAMPLE))


def _domain(reader: Reader, word: Word) -> str:
    if not DOMAIN.match(word.text):
        hint = "A whole name in small letters, such as `shop.example.com`."
        reader.fail(word, f"“{word.text}” is not a domain.", hint)
    return word.text


def _referenced(reader: Reader, word: Word) -> Address:
    """Read what kn's --ref names: SERVICE, ksvc:SERVICE or ksvc:SERVICE:NAMESPACE."""
    parts = word.split(":")
    if len(parts) == 1:
        return reader.locate(parts[0])
    if len(parts) > 3:
        reader.fail(word, "That is too many parts.", "Write `ksvc:SERVICE` or `ksvc:SERVICE:NAMESPACE`.")
    if parts[0].text not in KSVC:
        reader.fail(parts[0], "Knobot gives domains to Services.", f"Write `--ref ksvc:{parts[1].text}`.")
    area = reader.area()
    namespace = reader.name(parts[2], "namespace") if len(parts) > 2 else area.namespace
    return Address(reader.name(parts[1], "Service"), namespace, area.cluster)


DOMAIN_FLAG = Flag(("--domain", "-d"), "shop.example.com", "the domain, as knctl names it")

ADDRESSING: tuple[Verb, ...] = (
    Verb(
        "domains",
        Kind.LOOK,
        "domains [DOMAIN]",
        "list the domains of a namespace with what is wrong with them, and the cluster's own",
        ("domains shop.example.com", "domains"),
        read_domains,
        (*AREA, DOMAIN_FLAG),
        ("domain list", "domain ls", "domain describe", "domain show", "domains list"),
    ),
    Verb(
        "domain",
        Kind.CHANGE,
        "domain add DOMAIN SERVICE | remove DOMAIN | claim DOMAIN | default DOMAIN",
        "give a Service a domain of its own, or the cluster another one",
        ("domain remove shop.example.com", "domain default example.org", "domain add shop.example.com hello"),
        read_domain,
        (
            *AREA,
            DOMAIN_FLAG,
            Flag(("--ref",), "ksvc:hello", "the Service, as kn names it"),
            Flag(("--tls",), "SECRET", "the Secret with the domain's certificate"),
            Flag(("--service", "-s"), "SERVICE", "the Service"),
            Flag(("--default",), None, "knctl's word for `domain default`"),
        ),
    ),
)
