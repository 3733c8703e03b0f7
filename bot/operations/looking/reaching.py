"""How Services are reached from outside: what they answer, and by which addresses requests come in."""

from __future__ import annotations

import statistics
from collections import Counter
from typing import TYPE_CHECKING

from bot.core import domains
from bot.core.answers import CurlReport, IngressTable
from bot.core.dns import records
from bot.core.errors import Invalid, Refused
from bot.core.ports import HttpRequest
from bot.core.references import find
from bot.operations.looking.asking import area_of, snapshot_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.commands import Curl, Ingress
    from bot.core.model import Service, Snapshot
    from bot.core.ports import Addressee, Response
    from bot.operations.world import World

SLOW = 0.95


def curl(world: World, command: Curl, to: Addressee, text: str) -> CurlReport:
    snapshot, service = snapshot_of(world, command.service, command.verb, to, text)
    tag = command.tag or (tag_of(command.revision, snapshot, service) if command.revision else None)
    request = HttpRequest(command.path, command.count, tag, command.method, command.headers)
    responses = world.knative.fetch(service, request)
    url = next((target.url for target in service.routed if tag and target.tag == tag), service.url)
    seconds = sorted(response.seconds for response in responses)
    return CurlReport(
        snapshot.key,
        f"{url or ''}{command.path if command.path != '/' else ''}",
        tuple(Counter(response.body.strip() for response in responses).most_common()),
        tuple(Counter(response.status for response in responses).most_common()),
        statistics.median(seconds),
        seconds[min(len(seconds) - 1, int(SLOW * len(seconds)))],
        seconds[-1],
        command.method,
        _headers(command, responses),
        command.count,
    )


def tag_of(reference: str, snapshot: Snapshot, service: Service) -> str | None:
    """Return the tag whose address leads to one Revision alone; None where the Service's own does.

    Raises:
        Invalid: no address leads to this Revision alone.
    """
    revision = find(reference, snapshot)
    tags = [target.tag for target in service.routed if target.tag and target.revision == revision.name]
    if tags:
        return tags[0]
    if set(service.shares) == {revision.name}:
        return None
    raise Invalid(
        f"{revision.name} has no address of its own.",
        f"`tag {service.key.name} {revision.name} TAG` gives it one.",
        code="no-address",
    )


def ingress(world: World, command: Ingress, to: Addressee, text: str) -> IngressTable:
    home = area_of(world, command.area, command.verb, to, text)
    gateways = tuple(world.knative.gateways(home.cluster))
    try:
        found = domains.suffixes(world.knative.stored(home.cluster, domains.SUFFIXES))
    except Refused:
        found = None
    return IngressTable(home.cluster, gateways, found, records(found or (), gateways), world.clock.now())


def _headers(command: Curl, responses: Sequence[Response]) -> tuple[tuple[str, str], ...]:
    """Return the headers of the first answer where they are what was asked for."""
    return responses[0].headers if command.method != "GET" and responses else ()
