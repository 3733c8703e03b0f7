"""The shape of the API's JSON, as far as anybody here looks: names are the API's, in snake case; the rest is skipped.

What is optional in the API, or null in some versions of it, is optional here, so that a field nobody needs can never
make an answer unreadable.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 # msgspec reads the fields' types when it decodes

import msgspec


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


class RevisionStatus(Document):
    conditions: list[ConditionDocument] | None = None
    container_statuses: list[ContainerStatus] | None = None
    actual_replicas: int | None = None
    desired_replicas: int | None = None


class RevisionDocument(Document):
    metadata: Metadata
    spec: msgspec.Raw
    status: RevisionStatus = msgspec.field(default_factory=RevisionStatus)


class ServiceList(Document):
    metadata: ListMetadata
    items: list[ServiceDocument]


class RevisionList(Document):
    metadata: ListMetadata
    items: list[RevisionDocument]


class BookmarkMetadata(Document):
    resource_version: str = ""
    annotations: dict[str, str] | None = None


class Bookmark(Document):
    """The version up to which a watch has seen everything."""

    metadata: BookmarkMetadata


class Event(Document):
    """One line of a watch: ADDED, MODIFIED, DELETED or BOOKMARK with an object, or ERROR with a Status."""

    type: str
    object: msgspec.Raw
