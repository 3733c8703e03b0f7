"""By which addresses requests come into a cluster: the gateway Services of the ingress that it has.

Knative's own ingresses (Kourier, Contour, the Gateway API's) label all that they bring; Istio's gateway has the label
that Istio's own manifests give it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bot.core.model import Gateway
from bot.knative import codec, resources
from bot.knative.documents import Document, Metadata

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.knative.connection import Connection

PROVIDER = "networking.knative.dev/ingress-provider"
SELECTORS = (PROVIDER, "istio=ingressgateway")
ISTIO = "istio"
INSIDE = "ClusterIP"


class Port(Document):
    port: int
    node_port: int | None = None


class Spec(Document):
    type: str = INSIDE
    ports: list[Port] | None = None
    external_ips: list[str] | None = msgspec.field(name="externalIPs", default=None)


class Entry(Document):
    ip: str = ""
    hostname: str = ""


class Balancer(Document):
    ingress: list[Entry] | None = None


class Status(Document):
    load_balancer: Balancer = msgspec.field(default_factory=Balancer)


class ServiceDocument(Document):
    metadata: Metadata
    spec: Spec
    status: Status = msgspec.field(default_factory=Status)


class ServiceList(Document):
    items: list[ServiceDocument]


_SERVICES = msgspec.json.Decoder(ServiceList)


def gateways(connection: Connection) -> list[Gateway]:
    """Return the gateways by namespace and name; those that only the cluster itself reaches are left out.

    Raises:
        Refused: Services of the whole cluster may not be listed.
    """
    found: dict[tuple[str, str], Gateway] = {}
    for selector in SELECTORS:
        data = connection.read(resources.gateways(), (("labelSelector", selector),))
        for document in codec.decode(_SERVICES, data).items:
            if document.spec.type != INSIDE or document.spec.external_ips:
                gateway = _gateway(document)
                found[gateway.namespace, gateway.name] = gateway
    return [found[place] for place in sorted(found)]


def _gateway(document: ServiceDocument) -> Gateway:
    metadata, spec = document.metadata, document.spec
    entries = document.status.load_balancer.ingress or []
    given = [entry.ip or entry.hostname for entry in entries]
    return Gateway(
        namespace=metadata.namespace,
        name=metadata.name,
        provider=(metadata.labels or {}).get(PROVIDER, ISTIO),
        kind=spec.type,
        addresses=_named([*given, *(spec.external_ips or [])]),
        ports=tuple(_port(port, spec.type) for port in spec.ports or ()),
        created=metadata.creation_timestamp,
    )


def _port(port: Port, kind: str) -> int:
    """Return the port as it is seen from outside: that of the nodes, where there is no load balancer."""
    return port.node_port if kind == "NodePort" and port.node_port else port.port


def _named(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, addresses)))
