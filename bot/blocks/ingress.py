"""How requests come into a cluster: gateways in knctl's columns, and the DNS records that lead to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import mrkdwn
from bot.blocks.columns import columns
from bot.blocks.message import Message, compose, prose, table
from bot.core import duration
from bot.core.dns import Reach, reach

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.core.answers import IngressTable
    from bot.core.model import Gateway

HEAD = ("NAME", "PORTS", "AGE")
PORTS = 4


def ingress(answer: IngressTable, command: str) -> Message:
    """Return the gateways, and what to set at one's DNS."""
    cluster = f"cluster {mrkdwn.bold(answer.cluster)}"
    if not answer.gateways:
        headline = f"No gateway was found in {cluster}."
    else:
        count = len(answer.gateways)
        headline = f"Requests come into {cluster} by {'one gateway' if count == 1 else f'{count} gateways'}"
    return compose(
        headline,
        prose(*_nothing(answer)),
        columns(HEAD, [(_cells(gateway, answer.now), _below(gateway)) for gateway in answer.gateways])
        if answer.gateways
        else prose(),
        table(*(f"{record.name}\n  {record.kind} {record.value}" for record in answer.records), head="DNS records:"),
        prose(*_domains(answer, command)),
    )


def _nothing(answer: IngressTable) -> Iterator[str]:
    if not answer.gateways:
        yield (
            "Knobot looks for Services with the label `networking.knative.dev/ingress-provider` or "
            "`istio=ingressgateway` that are more than a ClusterIP. Another ingress than Kourier, Contour, Istio or "
            "the Gateway API's is not known to it: whoever runs the cluster knows its address."
        )


def _cells(gateway: Gateway, now: datetime) -> tuple[str, ...]:
    more = " …" if len(gateway.ports) > PORTS else ""
    return gateway.name, " ".join(map(str, gateway.ports[:PORTS])) + more, duration.words(now - gateway.created)


def _below(gateway: Gateway) -> tuple[str, ...]:
    return ", ".join(gateway.addresses) or "no address yet", gateway.kind, f"{gateway.provider} in {gateway.namespace}"


def _domains(answer: IngressTable, command: str) -> Iterator[str]:
    """Say of each domain how its names are found, unless a record says it."""
    if answer.domains is None:
        yield "Knobot may not read `knative-serving/config-domain`, so it does not know the domains of the Services."
        return
    for domain, default in answer.domains.items():
        name = f"{mrkdwn.code(domain)}{'' if default else ' (for Services with a label of its own)'}"
        match reach(domain):
            case Reach.EXAMPLE:
                hint = mrkdwn.code(f"{command} domain default DOMAIN")
                yield f":warning: {name} is Knative's example, to which no record can lead: {hint} sets a domain."
            case Reach.INSIDE:
                yield f":warning: {name} is reached from inside the cluster only."
            case Reach.MAGIC:
                yield f"{name}: names under it lead to the address that they hold; no record is needed."
            case Reach.RECORD:
                if not answer.records:
                    yield f"{name}: no record can be set before a gateway has an address."
    if any(not gateway.addresses for gateway in answer.gateways):
        yield (
            "A gateway without an address waits for a load balancer, which the cluster may not have: its ports on the "
            "nodes lead in all the same."
        )
