"""DomainMappings as they are listed and watched; as objects of plans they are read in `objects`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bot.core.model import DomainMapping, ServiceKey
from bot.knative import codec, resources
from bot.knative.documents import ConditionDocument, Document, Metadata

if TYPE_CHECKING:
    from bot.knative.connection import Connection


class Reference(Document):
    kind: str = ""
    name: str = ""


class Spec(Document):
    ref: Reference = msgspec.field(default_factory=Reference)


class Status(Document):
    conditions: list[ConditionDocument] | None = None
    url: str | None = None


class MappingDocument(Document):
    metadata: Metadata
    spec: Spec = msgspec.field(default_factory=Spec)
    status: Status = msgspec.field(default_factory=Status)


def _mapping(document: MappingDocument, cluster: str) -> tuple[ServiceKey, DomainMapping]:
    """Return a DomainMapping and the Service that it leads to, of no name where it leads to something else."""
    reference, metadata = document.spec.ref, document.metadata
    mapping = DomainMapping(
        domain=metadata.name,
        service=reference.name if reference.kind == "Service" else "",
        url=document.status.url,
        conditions=codec.conditions(document.status.conditions),
    )
    return ServiceKey(cluster, metadata.namespace, mapping.service), mapping


MAPPINGS = codec.Kind(resources.domain_mappings, MappingDocument, _mapping)


def mappings(connection: Connection, namespace: str) -> list[DomainMapping]:
    """Return the DomainMappings of a namespace by name."""
    page = MAPPINGS.page(connection.read(resources.domain_mappings(namespace)), connection.cluster)
    return sorted((owned.value for owned in page.items), key=lambda each: each.domain)
