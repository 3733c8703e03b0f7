"""The verbs that show Services, Revisions and addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.core.commands import (
    Address,
    Area,
    Command,
    Manifest,
    OneRevision,
    Order,
    Revisions,
    Routes,
    Services,
    Status,
    Url,
)
from bot.core.errors import Invalid
from bot.core.language.reader import Flag
from bot.core.language.verb import AREA, SERVICE, Kind, Verb

if TYPE_CHECKING:
    from bot.core.language.reader import Reader

ONE = "For example `revision hello latest`, or `revision hello-00003`."
MADE = re.compile(r"(.+)-[0-9]{5}\Z")
"""How Knative names a Revision that nobody has named."""


def read_services(reader: Reader) -> Command:
    everywhere, grep, order = reader.switch("all-namespaces"), reader.one("grep"), reader.one("sort")
    if everywhere and (named := reader.given("namespace")):
        reader.fail(named[0], "This names one namespace, and --all-namespaces all of them.", "Leave one out.")
    grep = grep or (reader.take() if reader.verb.text.lower() == "service" else None)  # kn's `service list NAME`
    area = reader.area() if everywhere else reader.namespace()
    wanted = grep.text if grep else None
    return Services(area, everywhere, reader.within(order, _order) if order else Order.NAME, wanted)


def _order(word: str) -> Order:
    try:
        return Order(word)
    except ValueError:
        known = ", ".join(f"`{each.value}`" for each in Order)
        raise Invalid(f"Services cannot be sorted by “{word}”.", f"They can be by {known}.") from None


def read_status(reader: Reader) -> Command:
    output = reader.one("output")
    service = reader.address("For example `status hello`.")
    match output.text.lower() if output else "":
        case "":
            return Status(service)
        case "url":
            return Url(service)
        case "yaml":
            return Manifest(service)
        case _ if output:
            reader.fail(output, f"status has no form “{output.text[:40]}”.", "It has `url` and `yaml`.")
    return Status(service)


def read_revision(reader: Reader) -> Command:
    """Read SERVICE REVISION, knctl's SERVICE:TAG, or a name alone that tells its Service, as Knative makes them."""
    named, service = reader.one("revision"), reader.one("service")
    owner, reference = service or reader.take(), named or reader.take()
    if reference is None and service is None:
        owner, reference = None, owner
    if reference is None:
        reader.missing("a Revision", ONE)
    if owner is None:
        made = MADE.match(reference.text)
        told, name = reader.reference(reference)
        if told is None and made is None:
            reader.missing("a Service and a Revision", ONE)
        end = len(told) if told is not None else made.end(1) if made else 0
        return OneRevision(reader.locate(reference.part(0, end)), name)
    address = reader.locate(owner)
    return OneRevision(address, reader.revision_of(address, reference))


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
        "services [NAMESPACE | --all-namespaces]",
        "list the Services with their traffic and readiness",
        ("services", "services shop --sort ready", "services --all-namespaces --grep checkout"),
        read_services,
        (
            *AREA,
            Flag(("--all-namespaces", "-A"), None, "all namespaces that you may look at"),
            Flag(("--grep",), "checkout", "only Services whose names hold this"),
            Flag(("--sort",), "ready", "by name, by age (the newest first), or by ready (those that are not first)"),
        ),
        ("service list", "services list", "service ls", "list", "ls"),
    ),
    Verb(
        "status",
        Kind.LOOK,
        "status SERVICE",
        "show one Service: traffic, what is not fine and why, image, who changed it",
        ("status hello", "status shop/hello"),
        read_status,
        (*SERVICE, Flag(("--output", "-o"), "yaml", "`url`, or `yaml` with secrets hidden")),
        ("service show", "service describe", "describe", "show"),
    ),
    Verb(
        "revisions",
        Kind.LOOK,
        "revisions [SERVICE]",
        "list Revisions with their tags, traffic and conditions, newest first",
        ("revisions hello",),
        read_revisions,
        (
            *SERVICE,
            Flag(("--all-namespaces", "-A"), None, "", refused="`services --all-namespaces` shows all; then name one."),
        ),
        ("revision list", "revisions list", "revision ls"),
    ),
    Verb(
        "revision",
        Kind.LOOK,
        "revision SERVICE REVISION",
        "show one Revision: its conditions, settings, pods, and for how long it is kept",
        ("revision hello-00003", "revision hello latest"),
        read_revision,
        (*SERVICE, Flag(("--revision", "-r"), "latest", "the Revision, as knctl names it")),
        ("revision show", "revision describe"),
    ),
    Verb(
        "routes",
        Kind.LOOK,
        "routes [SERVICE]",
        "list addresses with the traffic that is wished and the traffic that is so",
        ("routes", "routes hello"),
        read_routes,
        SERVICE,
        ("route list", "routes list", "route ls", "route show", "route describe"),
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
