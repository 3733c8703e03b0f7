"""Bytes of the API server → values of the core: only the fields that decisions need are ever looked at.

msgspec decodes straight from the bytes into small structs (`documents`), several times faster and smaller than dicts
or the client's typed models. What a write must not lose (spec.template, a Revision's spec) is kept as the JSON text
that the server sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from sys import intern
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from bot.core.errors import Unavailable
from bot.core.model import Condition, Revision, Service, ServiceKey, TrafficTarget, Truth
from bot.core.template import ported
from bot.knative import faults, resources
from bot.knative.documents import (
    Added,
    Bookmark,
    ConditionDocument,
    Container,
    Deleted,
    DocumentList,
    Failure,
    Modified,
    PodSpec,
    RevisionDocument,
    ServiceDocument,
    TargetDocument,
)
from bot.knative.moulds import mould

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bot.knative.documents import ContainerStatus, Metadata

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


class Owned(msgspec.Struct, Generic[T], frozen=True, gc=False):
    """A Service or Revision with what a copy must know: the Service that it is or belongs to, name, resourceVersion.

    `gone` if it has been deleted, and this is what it was.
    """

    owner: ServiceKey
    name: str
    version: str
    value: T
    gone: bool = False


class Mark(msgspec.Struct, frozen=True, gc=False):
    """A watch has told everything up to this resourceVersion; `whole` where the initial events end."""

    version: str
    whole: bool


_POD_SPEC = msgspec.json.Decoder(PodSpec)
_NO_CONTAINER = (Container(),)
_NOTHING: Mapping[str, str] = {}
_new_condition, _new_target, _new_key = mould(Condition), mould(TrafficTarget), mould(ServiceKey)
_new_service, _new_revision = mould(Service), mould(Revision)
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


class Kind(Generic[T]):
    """How one kind of object is found and read.

    All methods take the cluster's name in Knobot's configuration, and raise as `decode` does.
    """

    def __init__(
        self, path: Callable[[str | None], str], document: Any, made: Callable[[Any, str], tuple[ServiceKey, T]]
    ) -> None:
        """Describe a kind.

        Args:
            path: namespace → path of the list; None for all namespaces.
            document: the shape of its JSON.
            made: document, cluster → the Service that the object is or belongs to, and the object.
        """
        self.path = path
        self._made = made
        self._one = msgspec.json.Decoder(document)
        self._page = msgspec.json.Decoder(DocumentList[document])
        self._event = msgspec.json.Decoder(
            Added[document] | Modified[document] | Deleted[document] | Bookmark | Failure
        )

    def one(self, data: bytes, cluster: str) -> Owned[T]:
        """Return the object in `data`."""
        return self._owned(decode(self._one, data), cluster)

    def page(self, data: bytes, cluster: str) -> Page[Owned[T]]:
        """Return one page of a list."""
        found = decode(self._page, data)
        items = tuple(self._owned(item, cluster) for item in found.items)
        return Page(items, found.metadata.resource_version, found.metadata.continue_ or "")

    def event(self, line: bytes, cluster: str) -> Owned[T] | Mark:
        """Return what one line of a watch tells.

        Raises:
            BotError: an ERROR event tells so; see `faults`.
        """
        event = decode(self._event, line)
        if isinstance(event, Bookmark):
            metadata = event.object.metadata
            return Mark(metadata.resource_version, (metadata.annotations or {}).get(INITIAL_END) == "true")
        if isinstance(event, Failure):
            raise faults.answered(cluster, 0, event.object)
        return self._owned(event.object, cluster, gone=isinstance(event, Deleted))

    def _owned(self, document: Any, cluster: str, *, gone: bool = False) -> Owned[T]:
        owner, value = self._made(document, cluster)
        metadata: Metadata = document.metadata
        return Owned(owner, intern(metadata.name), metadata.resource_version, value, gone)


def newest_first(revisions: Iterable[Revision]) -> tuple[Revision, ...]:
    """Sort the Revisions of one Service by their numbers, which only grow; creation times have whole seconds."""
    return tuple(sorted(revisions, key=attrgetter("number", "created"), reverse=True))


def _service(document: ServiceDocument, cluster: str) -> tuple[ServiceKey, Service]:
    metadata, status = document.metadata, document.status
    key = _new_key(cluster, intern(metadata.namespace), intern(metadata.name))
    service = _new_service(
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
    return key, service


def _revision(document: RevisionDocument, cluster: str) -> tuple[ServiceKey, Revision]:
    metadata, status = document.metadata, document.status
    labels = _kept(metadata.labels)
    owner = labels.get(SERVICE_LABEL, "")
    number = labels.get(NUMBER_LABEL, "")
    serving = ported(decode(_POD_SPEC, document.spec).containers or _NO_CONTAINER, attrgetter("ports"))
    revision = _new_revision(
        name=intern(metadata.name),
        service=owner,
        number=int(number) if number.isdecimal() else 0,
        created=metadata.creation_timestamp,
        image=intern(serving.image),
        spec=_text(document.spec),
        digest=_digest(serving.name, status.container_statuses),
        conditions=conditions(status.conditions),
        annotations=_kept(metadata.annotations),
        labels=labels,
        replicas=status.actual_replicas,
        desired_replicas=status.desired_replicas,
        deleting=metadata.deletion_timestamp is not None,
    )
    return _new_key(cluster, intern(metadata.namespace), owner), revision


def _digest(container: str, statuses: list[ContainerStatus] | None) -> str | None:
    """Return the resolved image of a container: sidecars have digests too."""
    for status in statuses or ():
        if status.name == container:
            return status.image_digest
    return None


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
            _new_condition(
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
            _new_target(
                document.percent or 0,
                _shared(document.revision_name),
                not document.revision_name if document.latest_revision is None else document.latest_revision,
                _shared(document.tag),
                document.url or None,
            )
            for document in documents or ()
        ]
    )


SERVICES = Kind(resources.services, ServiceDocument, _service)
REVISIONS = Kind(resources.revisions, RevisionDocument, _revision)
