"""What Kubernetes says happened to a Service's objects.

Events name the object that they are about and carry no labels, so those of a Service are told by the names that
Knative gives: the Configuration, Route and Ingress of a Service have its own, what belongs to a Revision begins with
the Revision's, and names that would be too long are shortened by a hash.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime  # noqa: TC003 # msgspec reads the fields' types when it decodes
from typing import TYPE_CHECKING

import msgspec

from bot.core.model import Event
from bot.knative import codec, resources
from bot.knative.documents import Document, ListMetadata, Metadata
from bot.knative.paging import pages

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from bot.core.model import ServiceKey
    from bot.knative.connection import Connection, Query

MOST_PAGES = 20
"""A namespace with more events than this is in such trouble that the first pages tell it."""
NAMED_ALIKE = frozenset({"Service", "Configuration", "Route", "Ingress", "DomainMapping"})
"""Kinds of which the objects of a Service have the Service's own name."""
DEPLOYMENT = "-deployment"
LONGEST_NAME = 63
LONGEST_PREFIX = 58
"""Kubernetes cuts the name that it makes a pod's of here, and adds five characters."""


class Reference(Document):
    kind: str = ""
    name: str = ""


class Series(Document):
    count: int = 0
    last_observed_time: datetime | None = None


class EventDocument(Document):
    metadata: Metadata
    involved_object: Reference
    reason: str = ""
    message: str = ""
    type: str = ""
    count: int | None = None
    first_timestamp: datetime | None = None
    last_timestamp: datetime | None = None
    event_time: datetime | None = None
    series: Series | None = None


class EventList(Document):
    metadata: ListMetadata
    items: list[EventDocument]


_EVENTS = msgspec.json.Decoder(EventList)


def events(connection: Connection, key: ServiceKey, revisions: Collection[str]) -> list[Event]:
    """Return the events of a Service and of its Revisions, Deployments and pods, newest first."""

    def ask(position: Query) -> EventList:
        return codec.decode(_EVENTS, connection.read(resources.events(key.namespace), position))

    read = pages(ask, lambda page: page.metadata.continue_ or "", most=MOST_PAGES)
    found = [each for page in read for each in page.items]
    belongs = belonging(key.name, revisions)
    own = [_event(each) for each in found if belongs(each.involved_object)]
    return sorted(own, key=lambda event: event.last, reverse=True)


def belonging(service: str, revisions: Collection[str]) -> Callable[[Reference], bool]:
    """Return whether an object belongs to a Service, told by its kind and name.

    Revisions that are gone already are told by the names that Knative gives when nobody names them.
    """
    deployments = [_child(revision, DEPLOYMENT) for revision in revisions]
    starts = tuple(f"{name}-"[:LONGEST_PREFIX] for name in (*revisions, *deployments))
    names = {*revisions, *deployments}
    given = re.compile(rf"{re.escape(service)}-[0-9]{{5}}(-|\Z)")

    def belongs(about: Reference) -> bool:
        if about.kind in NAMED_ALIKE:
            return about.name == service
        return about.name in names or about.name.startswith(starts) or given.match(about.name) is not None

    return belongs


def _child(parent: str, suffix: str) -> str:
    """Return the name that Knative gives to what it makes for `parent` (kmeta.ChildName)."""
    if len(parent) + len(suffix) <= LONGEST_NAME:
        return parent + suffix
    digest = hashlib.md5(parent.encode(), usedforsecurity=False).hexdigest()
    return parent[: LONGEST_NAME - len(digest) - len(suffix)] + digest + suffix


def _event(document: EventDocument) -> Event:
    """Read an event as either API writes it: the newer one counts in a series, and leaves the old times empty."""
    series = document.series or Series()
    made = document.event_time or document.metadata.creation_timestamp
    return Event(
        kind=document.involved_object.kind,
        name=document.involved_object.name,
        reason=document.reason,
        message=" ".join(document.message.split()),
        first=document.first_timestamp or made,
        last=series.last_observed_time or document.last_timestamp or made,
        warning=document.type == "Warning",
        count=series.count or document.count or 1,
    )
