"""What dies with something else: objects with their owner, and everything in a namespace with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.cluster.kinds import KINDS, NAMESPACE
from bot.sandbox.cluster.objects import FOREGROUND

if TYPE_CHECKING:
    from bot.sandbox.cluster.kinds import JSON, Kind
    from bot.sandbox.cluster.objects import Objects
    from bot.sandbox.cluster.storage import Key


def collect(objects: Objects, uid: str) -> None:
    """Delete the dependents of an object that is gone."""
    for kind, key in _dependents(objects, uid):
        if objects.get(kind, *key):
            objects.delete(kind, *key)


def waits_for_dependents(obj: JSON) -> bool:
    metadata = obj["metadata"]
    return "deletionTimestamp" in metadata and FOREGROUND in (metadata.get("finalizers") or [])


def collect_first(objects: Objects, kind: Kind, namespace: str, name: str) -> None:
    """Delete the dependents of an object that waits for that, then let it go.

    Called again whenever one of them is gone.
    """
    obj = objects.get(kind, namespace, name)
    if obj is None or not waits_for_dependents(obj):
        return
    dependents = _dependents(objects, obj["metadata"]["uid"])
    for owned, key in dependents:
        found = objects.must_get(owned, *key)
        if "deletionTimestamp" not in found["metadata"]:
            objects.delete(owned, *key, foreground=bool(objects.dependents(found["metadata"]["uid"])))
    if not dependents:
        kept = [each for each in obj["metadata"]["finalizers"] if each != FOREGROUND]
        objects.replace(kind, {**obj, "metadata": {**obj["metadata"], "finalizers": kept}})


def _dependents(objects: Objects, uid: str) -> list[tuple[Kind, Key]]:
    return sorted(objects.dependents(uid), key=lambda place: (place[0].plural, place[1]))


def empty_namespace(objects: Objects, name: str) -> None:
    """Take the contents out of a namespace that is being deleted, then the namespace itself.

    Called again until it is empty.
    """
    namespace = objects.get(NAMESPACE, "", name)
    if namespace is None or namespace["status"]["phase"] != "Terminating":
        return
    left = False
    for kind in KINDS:
        for obj in list(objects.list(kind, name) if kind.namespaced else ()):
            objects.delete(kind, name, obj["metadata"]["name"])
            left |= objects.get(kind, name, obj["metadata"]["name"]) is not None
    if not left:
        objects.storage.remove(NAMESPACE, "", name)
    else:
        objects.storage.put(NAMESPACE, namespace)  # its own event calls back
