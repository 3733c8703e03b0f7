"""The verbs that show Services, Revisions and addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.commands import Address, Area, Command, Revisions, Routes, Services, Status, Url
from bot.core.language.verb import AREA, SERVICE, Kind, Verb

if TYPE_CHECKING:
    from bot.core.language.reader import Reader


def read_services(reader: Reader) -> Command:
    return Services(reader.namespace())


def read_status(reader: Reader) -> Command:
    return Status(reader.address("For example `status hello`."))


def read_revisions(reader: Reader) -> Command:
    area, service = _maybe_service(reader)
    return Revisions(area, service)


def read_routes(reader: Reader) -> Command:
    area, service = _maybe_service(reader)
    return Routes(area, service)


def _maybe_service(reader: Reader) -> tuple[Area, Address | None]:
    word = reader.one("service") or reader.take()
    if word is None:
        return reader.area(), None
    address = reader.locate(word)
    return Area(address.namespace, address.cluster), address


def read_url(reader: Reader) -> Command:
    return Url(reader.address("For example `url hello`."))


LOOKING: tuple[Verb, ...] = (
    Verb(
        "services",
        Kind.LOOK,
        "services [NAMESPACE]",
        "list the Services with their traffic and readiness",
        ("services", "services shop"),
        read_services,
        AREA,
        ("service list", "services list", "service ls", "list", "ls"),
    ),
    Verb(
        "status",
        Kind.LOOK,
        "status SERVICE",
        "show one Service: traffic, what is not fine and why, image, who changed it",
        ("status hello", "status shop/hello"),
        read_status,
        SERVICE,
        ("service show", "service describe", "describe", "show"),
    ),
    Verb(
        "revisions",
        Kind.LOOK,
        "revisions [SERVICE]",
        "list Revisions with their tags, traffic and conditions, newest first",
        ("revisions hello",),
        read_revisions,
        SERVICE,
        ("revision list", "revisions list", "revision ls"),
    ),
    Verb(
        "routes",
        Kind.LOOK,
        "routes [SERVICE]",
        "list addresses with the traffic that is wished and the traffic that is so",
        ("routes", "routes hello"),
        read_routes,
        SERVICE,
        ("route list", "routes list", "route ls", "route show"),
    ),
    Verb(
        "url",
        Kind.LOOK,
        "url SERVICE",
        "show the address of a Service and of each tag",
        ("url hello",),
        read_url,
        SERVICE,
        ("service url",),
    ),
)
