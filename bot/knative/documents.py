"""The shape of the API's JSON, as far as anybody here looks: names are the API's, in snake case; the rest is skipped.

What is optional in the API, or null in some versions of it, is optional here, so that a field nobody needs can never
make an answer unreadable.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 # msgspec reads the fields' types when it decodes
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Document(msgspec.Struct, rename="camel", gc=False):
    """A JSON object of the API, as far as it is read."""


class Metadata(Document):
    name: str
    creation_timestamp: datetime
    namespace: str = ""
    uid: str = ""
    generation: int = 0
    resource_version: str = ""
    deletion_timestamp: datetime | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None


class ListMetadata(Document):
    resource_version: str = ""
    continue_: str | None = msgspec.field(name="continue", default=None)


class ConditionDocument(Document):
    type: str
    status: str
    reason: str = ""
    message: str = ""
    severity: str = ""
    last_transition_time: datetime | None = None


class TargetDocument(Document):
    percent: int | None = None
    revision_name: str | None = None
    latest_revision: bool | None = None
    tag: str | None = None
    url: str | None = None


class ServiceSpec(Document):
    template: msgspec.Raw = msgspec.Raw(b"{}")
    traffic: list[TargetDocument] | None = None


class ServiceStatus(Document):
    observed_generation: int = 0
    conditions: list[ConditionDocument] | None = None
    traffic: list[TargetDocument] | None = None
    latest_created_revision_name: str | None = None
    latest_ready_revision_name: str | None = None
    url: str | None = None


class ServiceDocument(Document):
    metadata: Metadata
    spec: ServiceSpec
    status: ServiceStatus = msgspec.field(default_factory=ServiceStatus)


class ContainerStatus(Document):
    name: str = ""
    image_digest: str | None = None


class Container(Document):
    name: str = ""
    image: str = ""
    ports: list[msgspec.Raw] | None = None


class PodSpec(Document):
    containers: list[Container] | None = None


class RevisionStatus(Document):
    conditions: list[ConditionDocument] | None = None
    container_statuses: list[ContainerStatus] | None = None
    actual_replicas: int | None = None
    desired_replicas: int | None = None


class RevisionDocument(Document):
    metadata: Metadata
    spec: msgspec.Raw
    status: RevisionStatus = msgspec.field(default_factory=RevisionStatus)


class DocumentList(Document, Generic[T]):
    metadata: ListMetadata
    items: list[T]


class BookmarkMetadata(Document):
    resource_version: str = ""
    annotations: dict[str, str] | None = None


class Mark(Document):
    metadata: BookmarkMetadata


class Change(Document, Generic[T], tag_field="type"):
    """One line of a watch that tells of an object."""

    object: T


class Added(Change[T], tag="ADDED"):
    pass


class Modified(Change[T], tag="MODIFIED"):
    pass


class Deleted(Change[T], tag="DELETED"):
    pass


class Bookmark(Document, tag_field="type", tag="BOOKMARK"):
    """The version up to which a watch has told everything."""

    object: Mark


class Failure(Document, tag_field="type", tag="ERROR"):
    """Why a watch ends: a Status."""

    object: msgspec.Raw
