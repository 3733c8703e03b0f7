"""What dies with something else: objects with their owner, and everything in a namespace with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.cluster.kinds import KINDS, NAMESPACE

if TYPE_CHECKING:
    from bot.sandbox.cluster.objects import Objects


def collect(objects: Objects, uid: str) -> None:
    """Delete the dependents of an object that is gone."""
    for kind, key in sorted(objects.dependents(uid), key=lambda place: (place[0].plural, place[1])):
        if objects.get(kind, *key):
            objects.delete(kind, *key)


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
