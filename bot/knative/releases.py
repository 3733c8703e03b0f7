"""Release manifests: read from files, applied in the order that they need, and looked at until all of it is available.

Everything is sent as a server-side apply, which creates what is missing and does nothing twice. Namespaces and custom
resource definitions go first, whatever file they are in, since the rest needs them; otherwise the files and the
objects in them keep their order. Where an object lies on the API server, its discovery tells.
"""

from __future__ import annotations

import functools
import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec
import yaml

from bot.core import installing
from bot.core.errors import Invalid, NotFound, Unavailable
from bot.core.installing import Module
from bot.core.model import Condition, Stored, Truth
from bot.core.staleness import conditional
from bot.core.template import canonical
from bot.knative import codec, faults, resources
from bot.knative.documents import ConditionDocument, Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from bot.core.model import Object
    from bot.core.plan import Plan
    from bot.knative.connection import Connection

FIRST = ("Namespace", "CustomResourceDefinition")
TRUE_WHEN = {"CustomResourceDefinition": "Established", "Deployment": "Available", "Job": "Complete"}
"""Kind → the condition that says that it is there for use; other kinds are there once they are written."""
SUFFIXES = (".yaml", ".yml", ".json")
ATTEMPTS = 20
PAUSE_SECONDS = 0.25
"""A custom resource definition takes a moment until its kind is served; more than ATTEMPTS of these is a failure."""

Manifest = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Manifests:
    """A module with the objects that are in it."""

    module: Module
    objects: tuple[Manifest, ...]


class _Resource(msgspec.Struct):
    name: str
    kind: str
    namespaced: bool


class _Resources(msgspec.Struct):
    resources: list[_Resource]


class _Status(Document):
    conditions: list[ConditionDocument] | None = None


class _Workload(Document):
    status: _Status = msgspec.field(default_factory=_Status)


_RESOURCES = msgspec.json.Decoder(_Resources)
_WORKLOAD = msgspec.json.Decoder(_Workload)


def load(paths: Sequence[Path]) -> tuple[Manifests, ...]:
    """Return the modules in files and folders, each file one, in the order given; of a folder by name.

    Raises:
        NotFound: no file is named, or one that is named is not there. Invalid: what is in one is no manifests.
    """
    files = [file for path in paths for file in _files(path)]
    if not files:
        raise NotFound(
            "No release manifests are named, so there is nothing to install.",
            "Name the files of Knative Serving and of an ingress under `install` in Knobot's configuration.",
            code="no-manifests",
        )
    return tuple(_module(file, _stamp(file)) for file in files)


class Release:
    """The release manifests as the one object that plans of an installation are about; see `client.Writer`."""

    def __init__(self, paths: Sequence[Path]) -> None:
        """Read nothing yet; `paths` are files and folders, see `load`. Each method raises what `load` raises."""
        self._paths = tuple(paths)

    def modules(self) -> tuple[Module, ...]:
        """Return what there is to install."""
        return _modules(load(self._paths))

    def stored(self, connection: Connection, about: Object) -> Stored:  # noqa: ARG002 # there is one release
        """Return how far the modules are: a condition for each, and Ready when all of them are there for use."""
        return _stored(connection, load(self._paths))

    def apply(self, connection: Connection, plan: Plan, headers: Mapping[str, str]) -> Stored:
        """Put all objects of the modules into the cluster and return how far they are; safe to repeat.

        Raises:
            Stale: the manifests are no longer those of the plan. Refused: RBAC does not let Knobot; the objects before
                that one have been written. Unavailable: the cluster does not answer, or does not serve a kind.
        """
        manifests = load(self._paths)
        conditional(plan, _release(manifests, ()))
        places = _Places(connection)
        every = [manifest for each in manifests for manifest in each.objects]
        first = [manifest for kind in FIRST for manifest in every if manifest["kind"] == kind]
        for manifest in [*first, *(manifest for manifest in every if manifest["kind"] not in FIRST)]:
            connection.apply(places.of(manifest), manifest, headers)
        return _stored(connection, manifests)

    def rehearse(self, connection: Connection, plan: Plan, headers: Mapping[str, str]) -> NoReturn:  # noqa: ARG002
        """Refuse: a dry run of an object in a namespace that is not there yet fails.

        Raises:
            Invalid: always.
        """
        raise Invalid(
            "An installation cannot be tried: its later manifests need the earlier ones to be there.",
            "Without --dry-run it says what it puts where, and waits for a click.",
        )

    def applied(self, connection: Connection, plan: Plan) -> bool:  # noqa: ARG002
        """Whether it is known that `plan` was written: never. Nothing tells, and writing it again does no harm."""
        return False


def _modules(manifests: Iterable[Manifests]) -> tuple[Module, ...]:
    return tuple(each.module for each in manifests)


def _stored(connection: Connection, manifests: Sequence[Manifests]) -> Stored:
    places = _Places(connection, attempts=1)
    return _release(manifests, tuple(_condition(connection, places, each) for each in manifests))


def _release(manifests: Sequence[Manifests], conditions: tuple[Condition, ...]) -> Stored:
    whole = all(condition.status is Truth.TRUE for condition in conditions)
    waits = ", ".join(condition.type for condition in conditions if condition.status is not Truth.TRUE)
    ready = Condition("Ready", Truth.TRUE if whole else Truth.UNKNOWN, message=waits)
    return Stored(
        installing.UID,
        0,
        "",
        installing.document(_modules(manifests)),
        observed_generation=0,
        conditions=(*conditions, ready),
    )


def _condition(connection: Connection, places: _Places, each: Manifests) -> Condition:
    watched = [manifest for manifest in each.objects if manifest["kind"] in TRUE_WHEN]
    missing = [
        f"{manifest['kind']} {manifest['metadata']['name']}"
        for manifest in watched
        if not _there(connection, places, manifest)
    ]
    if not missing:
        return Condition(each.module.name, Truth.TRUE)
    ready = f"{len(watched) - len(missing)} of {len(watched)} are available; waiting for {', '.join(missing[:3])}"
    return Condition(each.module.name, Truth.UNKNOWN, message=ready)


def _there(connection: Connection, places: _Places, manifest: Manifest) -> bool:
    try:
        found = codec.decode(_WORKLOAD, connection.read(places.of(manifest)))
    except (NotFound, Unavailable):
        return False
    wanted = TRUE_WHEN[manifest["kind"]]
    return any(each.type == wanted and each.status == "True" for each in found.status.conditions or ())


class _Places:
    """Where objects lie, by the server's discovery, asked again while a kind is not served yet."""

    def __init__(self, connection: Connection, attempts: int = ATTEMPTS) -> None:
        self._connection = connection
        self._attempts = attempts
        self._known: dict[tuple[str, str], _Resource] = {}

    def of(self, manifest: Manifest) -> str:
        """Return the path of an object.

        Raises:
            Unavailable: the cluster does not serve its kind.
        """
        version, kind, metadata = manifest["apiVersion"], manifest["kind"], manifest["metadata"]
        resource = self._resource(version, kind)
        namespace = metadata.get("namespace", "default") if resource.namespaced else None
        return resources.named(_api(version), namespace, resource.name, metadata["name"])

    def _resource(self, version: str, kind: str) -> _Resource:
        for attempt in range(self._attempts):
            if (version, kind) not in self._known:
                self._discover(version)
            if found := self._known.get((version, kind)):
                return found
            if attempt + 1 < self._attempts:
                time.sleep(PAUSE_SECONDS)
        raise Unavailable(f"Cluster {self._connection.cluster} does not serve {kind} of {version}.", code=faults.BUSY)

    def _discover(self, version: str) -> None:
        try:
            listed = codec.decode(_RESOURCES, self._connection.read(_api(version)))
        except NotFound:
            return
        for each in listed.resources:
            if "/" not in each.name:
                self._known[(version, each.kind)] = each


def _api(version: str) -> str:
    return f"/apis/{version}" if "/" in version else f"/api/{version}"


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.iterdir() if file.suffix in SUFFIXES)
    if not path.is_file():
        raise NotFound(f"There is no file {path}.", "Correct `install` in Knobot's configuration.", code="no-manifests")
    return [path]


def _stamp(file: Path) -> tuple[int, int]:
    """Return what differs when a file was written again; reading tells why one cannot be looked at."""
    try:
        found = file.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


@functools.lru_cache(maxsize=64)
def _module(file: Path, stamp: tuple[int, int]) -> Manifests:  # noqa: ARG001 # with another stamp it is read again
    """Return what is in a file: while an installation is followed, its megabytes are asked for each second."""
    try:
        documents = list(yaml.load_all(file.read_bytes(), Loader=_LOADER))
    except (yaml.YAMLError, OSError) as error:
        raise Invalid(
            f"{file.name} cannot be read: {str(error).splitlines()[0]}.", "It has to be YAML or JSON."
        ) from error
    objects = [item for document in documents if document for item in _items(document)]
    for manifest in objects:
        if not _is_manifest(manifest):
            raise Invalid(f"{file.name} has something in it that is no manifest of Kubernetes.", "Take it out.")
    digest = hashlib.sha256(canonical(objects).encode()).hexdigest()
    return Manifests(Module(file.stem, len(objects), digest), tuple(objects))


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's where it is there: a release of Knative is a megabyte of schemas."""


def _items(document: Any) -> list[Any]:
    if isinstance(document, dict) and document.get("kind") == "List":
        return list(document.get("items") or [])
    return [document]


def _is_manifest(manifest: Any) -> bool:
    return (
        isinstance(manifest, dict)
        and isinstance(manifest.get("apiVersion"), str)
        and isinstance(manifest.get("kind"), str)
        and isinstance(manifest.get("metadata"), dict)
        and isinstance(manifest["metadata"].get("name"), str)
    )
