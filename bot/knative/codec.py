"""Bytes of the API server → values of the core: only the fields that decisions need are ever looked at.

msgspec decodes straight from the bytes into small structs (`documents`), several times faster and smaller than dicts
or the client's typed models. What a write must not lose (spec.template, a Revision's spec) is kept as the JSON text
that the server sent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from sys import intern
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from bot.core import template
from bot.core.errors import Unavailable
from bot.core.model import Condition, Revision, Service, ServiceKey, TrafficTarget, Truth
from bot.knative import faults, resources
from bot.knative.documents import (
    Bookmark,
    ConditionDocument,
    ContainerStatus,
    Event,
    ListMetadata,
    RevisionDocument,
    RevisionList,
    ServiceDocument,
    ServiceList,
    TargetDocument,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SERVICE_LABEL = "serving.knative.dev/service"
REVISION_LABEL = "serving.knative.dev/revision"
NUMBER_LABEL = "serving.knative.dev/configurationGeneration"
APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
"""kubectl's copy of the whole object in an annotation: as large as the object, and nobody here reads it."""
UNREAD = frozenset({APPLIED, "serving.knative.dev/configurationUID", "serving.knative.dev/serviceUID"})
"""Labels and annotations that nobody here looks at: each of thousands of Revisions would keep its own."""
INITIAL_END = "k8s.io/initial-events-end"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; `more` is the token for the next page, "" on the last one."""

    items: tuple[T, ...]
    resource_version: str
    more: str


@dataclass(frozen=True, slots=True)
class Owned(Generic[T]):
    """A Service or Revision with what a copy must know: the Service that it is or belongs to, name, resourceVersion."""

    owner: ServiceKey
    name: str
    version: str
    value: T


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """How one kind of object is found and read; all functions take the cluster's name in Knobot's configuration."""

    path: Callable[[str | None], str]
    one: Callable[[bytes | msgspec.Raw, str], Owned[T]]
    page: Callable[[bytes, str], Page[Owned[T]]]


_SERVICE = msgspec.json.Decoder(ServiceDocument)
_SERVICES = msgspec.json.Decoder(ServiceList)
_REVISION = msgspec.json.Decoder(RevisionDocument)
_REVISIONS = msgspec.json.Decoder(RevisionList)
_EVENT = msgspec.json.Decoder(Event)
_BOOKMARK = msgspec.json.Decoder(Bookmark)
_NOTHING: Mapping[str, str] = {}
_TRUTHS = {truth.value: truth for truth in Truth}


def decode(decoder: msgspec.json.Decoder[T], data: bytes | msgspec.Raw) -> T:
    """Decode `data`.

    Raises:
        Unavailable: it is not what the API promises, but a proxy's page, say; code "lost", since nobody knows then
            what the API server answered.
    """
    try:
        return decoder.decode(data)
    except msgspec.MsgspecError as error:
        raise Unavailable(
            f"The API server's answer cannot be understood: {error}.",
            "Something between Knobot and the cluster may have answered in its place.",
            code=faults.LOST,
        ) from error


def decode_service(data: bytes | msgspec.Raw, cluster: str) -> Owned[Service]:
    """Return the Service in `data`; `cluster` is the name of its cluster in Knobot's configuration."""
    return _service(decode(_SERVICE, data), cluster)


def decode_services(data: bytes, cluster: str) -> Page[Owned[Service]]:
    """Return one page of a list of Services."""
    found = decode(_SERVICES, data)
    return _page(found.metadata, tuple(_service(item, cluster) for item in found.items))


def decode_revision(data: bytes | msgspec.Raw, cluster: str) -> Owned[Revision]:
    """Return the Revision in `data`."""
    return _revision(decode(_REVISION, data), cluster)


def decode_revisions(data: bytes, cluster: str) -> Page[Owned[Revision]]:
    """Return one page of a list of Revisions."""
    found = decode(_REVISIONS, data)
    return _page(found.metadata, tuple(_revision(item, cluster) for item in found.items))


SERVICES = Kind(resources.services, decode_service, decode_services)
REVISIONS = Kind(resources.revisions, decode_revision, decode_revisions)


def decode_event(line: bytes) -> Event:
    """Return one event of a watch; its object is decoded by whoever knows the kind."""
    return decode(_EVENT, line)


def decode_bookmark(data: bytes | msgspec.Raw) -> tuple[str, bool]:
    """Return the resourceVersion of a BOOKMARK's object, and whether it ends the initial events of a watch."""
    metadata = decode(_BOOKMARK, data).metadata
    return metadata.resource_version, (metadata.annotations or {}).get(INITIAL_END) == "true"


def newest_first(revisions: Iterable[Revision]) -> tuple[Revision, ...]:
    """Sort the Revisions of one Service by their numbers, which only grow; creation times have whole seconds."""
    return tuple(sorted(revisions, key=attrgetter("number", "created"), reverse=True))


def _page(metadata: ListMetadata, items: tuple[T, ...]) -> Page[T]:
    return Page(items, metadata.resource_version, metadata.continue_ or "")


def _service(document: ServiceDocument, cluster: str) -> Owned[Service]:
    metadata, status = document.metadata, document.status
    key = ServiceKey(cluster, intern(metadata.namespace), intern(metadata.name))
    service = Service(
        key=key,
        uid=metadata.uid,
        generation=metadata.generation,
        resource_version=metadata.resource_version,
        created=metadata.creation_timestamp,
        template=_text(document.spec.template),
        traffic=_targets(document.spec.traffic),
        observed_generation=status.observed_generation,
        conditions=conditions(status.conditions),
        routed=_targets(status.traffic),
        latest_created=_shared(status.latest_created_revision_name),
        latest_ready=_shared(status.latest_ready_revision_name),
        url=status.url,
        annotations=_kept(metadata.annotations),
        labels=_kept(metadata.labels),
        deleting=metadata.deletion_timestamp is not None,
    )
    return Owned(key, key.name, metadata.resource_version, service)


def _revision(document: RevisionDocument, cluster: str) -> Owned[Revision]:
    metadata, status = document.metadata, document.status
    labels = _kept(metadata.labels)
    owner = labels.get(SERVICE_LABEL, "")
    number = labels.get(NUMBER_LABEL, "")
    spec = msgspec.json.decode(document.spec)
    image = template.image(spec)
    revision = Revision(
        name=intern(metadata.name),
        service=owner,
        number=int(number) if number.isdecimal() else 0,
        created=metadata.creation_timestamp,
        image=intern(image),
        spec=_text(document.spec),
        digest=_digest(spec, image, status.container_statuses or []),
        conditions=conditions(status.conditions),
        annotations=_kept(metadata.annotations),
        labels=labels,
        replicas=status.actual_replicas,
        desired_replicas=status.desired_replicas,
        deleting=metadata.deletion_timestamp is not None,
    )
    key = ServiceKey(cluster, intern(metadata.namespace), owner)
    return Owned(key, metadata.name, metadata.resource_version, revision)


def _digest(spec: Any, image: str, statuses: list[ContainerStatus]) -> str | None:
    """Return the resolved image of the container that serves: sidecars have digests too."""
    serving = {
        container.get("name", "") for container in spec.get("containers") or () if container.get("image") == image
    }
    return next((status.image_digest for status in statuses if status.name in serving and status.image_digest), None)


def _text(raw: msgspec.Raw) -> str:
    return bytes(raw).decode()


def _shared(text: str | None) -> str | None:
    """Return a text that other objects have too, once for all of them; None for an empty one."""
    return intern(text) if text else None


def _kept(attributes: Mapping[str, str] | None) -> Mapping[str, str]:
    """Return labels or annotations without those that nobody reads; what many objects have is there once."""
    return (
        {intern(name): intern(value) for name, value in attributes.items() if name not in UNREAD}
        if attributes
        else _NOTHING
    )


def conditions(documents: list[ConditionDocument] | None) -> tuple[Condition, ...]:
    """Return the conditions of a status."""
    found: list[Condition] = []
    since = None
    for document in documents or ():
        if document.last_transition_time != since:  # most are of the same second, and the time is there once then
            since = document.last_transition_time
        found.append(
            Condition(
                intern(document.type),
                _TRUTHS.get(document.status, Truth.UNKNOWN),
                intern(document.reason),
                document.message,
                since,
                document.severity == "Info",
            )
        )
    return tuple(found)


def _targets(documents: list[TargetDocument] | None) -> tuple[TrafficTarget, ...]:
    """Read targets; latestRevision that is not said is true where no revisionName is given (Knative's defaulting)."""
    return tuple(
        [
            TrafficTarget(
                document.percent or 0,
                _shared(document.revision_name),
                not document.revision_name if document.latest_revision is None else document.latest_revision,
                _shared(document.tag),
                document.url or None,
            )
            for document in documents or ()
        ]
    )
