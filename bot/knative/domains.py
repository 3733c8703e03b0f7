"""DomainMappings as they are listed; as objects of plans they are read in `objects`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bot.core.model import DomainMapping
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


class MappingList(Document):
    items: list[MappingDocument]


_MAPPINGS = msgspec.json.Decoder(MappingList)


def mappings(connection: Connection, namespace: str) -> list[DomainMapping]:
    """Return the DomainMappings of a namespace by name."""
    found = codec.decode(_MAPPINGS, connection.read(resources.domain_mappings(namespace)))
    return sorted((_mapping(each) for each in found.items), key=lambda each: each.domain)


def _mapping(document: MappingDocument) -> DomainMapping:
    reference = document.spec.ref
    return DomainMapping(
        domain=document.metadata.name,
        service=reference.name if reference.kind == "Service" else "",
        url=document.status.url,
        conditions=codec.conditions(document.status.conditions),
    )
