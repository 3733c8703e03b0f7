"""What the API server itself does to an object on its way into storage, whoever writes it: user or controller.

Identity, generation, optimistic locks, finalizers and owner references are kept here and nowhere else. Admission
(defaults, webhooks) is not: controllers write past it, as their webhooks let them.
"""

from __future__ import annotations

import secrets
import time
import uuid
from collections import defaultdict
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.sandbox.cluster.failures import Cause, conflict, invalid, not_found
from bot.sandbox.cluster.kinds import POD
from bot.sandbox.cluster.storage import EventType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.sandbox.cluster.kinds import JSON, Kind
    from bot.sandbox.cluster.storage import Event, Key, Storage

FOREGROUND = "foregroundDeletion"
GIVEN = ("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink")


def timestamp() -> str:
    """Now, as Kubernetes writes it: UTC to the second."""
    return _written(int(time.time()))


@lru_cache(maxsize=1)
def _written(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def owner_reference(kind: Kind, owner: JSON) -> JSON:
    """The reference that makes an object die with its controller."""
    return {
        "apiVersion": kind.api_version,
        "blockOwnerDeletion": True,
        "controller": True,
        "kind": kind.kind,
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
    }


class Objects:
    """Reads and writes of whole objects; a returned object belongs to the storage and must not be changed."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self._dependents: dict[str, set[tuple[Kind, Key]]] = defaultdict(set)
        storage.listeners.append(self._index_owners)

    def get(self, kind: Kind, namespace: str, name: str) -> JSON | None:
        stored = self.storage.get(kind, namespace, name)
        return stored.object if stored else None

    def must_get(self, kind: Kind, namespace: str, name: str) -> JSON:
        """The object, or a 404 Failure."""
        obj = self.get(kind, namespace, name)
        if obj is None:
            raise not_found(kind, name)
        return obj

    def list(self, kind: Kind, namespace: str = "", where: Callable[[JSON], bool] | None = None) -> Iterator[JSON]:
        for stored in self.storage.scan(kind, namespace):
            if where is None or where(stored.object):
                yield stored.object

    def dependents(self, uid: str) -> set[tuple[Kind, Key]]:
        """The objects whose owner references name this uid."""
        return set(self._dependents.get(uid, ()))

    def new(self, kind: Kind, obj: JSON) -> JSON:
        """The object as it will be created: named, identified, dated.

        Without a status, which only controllers write.
        """
        metadata = dict(obj.get("metadata") or {})
        for field in (*GIVEN, "resourceVersion", "managedFields", "generation"):
            metadata.pop(field, None)
        if not metadata.get("name") and (prefix := metadata.get("generateName")):
            metadata["name"] = prefix + secrets.token_hex(3)[:5]
        metadata |= {"uid": str(uuid.uuid4()), "creationTimestamp": timestamp()}
        if kind.custom or kind is POD:
            metadata["generation"] = 1
        kept = {field: value for field, value in obj.items() if not (kind.custom and kind.status and field == "status")}
        return {**kept, "apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata}

    def create(self, kind: Kind, obj: JSON) -> JSON:
        return self.storage.put(kind, self.new(kind, obj)).object

    def changed(self, kind: Kind, before: JSON, after: JSON, *, status: bool = False) -> JSON:
        """`before` with what a writer may change of it.

        The status through its subresource, everything else through the object.

        Raises a 409 Failure when `after` names a resourceVersion or uid that is not the stored one.
        """
        old, new = before["metadata"], dict(after.get("metadata") or {})
        name = old["name"]
        if (asked := new.get("resourceVersion")) and asked != old["resourceVersion"]:
            raise conflict(kind, name)
        if (uid := new.get("uid")) and uid != old["uid"]:
            why = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {old['uid']}"
            raise conflict(kind, name, why)
        if status:
            return {**before, "status": after.get("status", {})}
        new = {field: value for field, value in new.items() if field not in GIVEN and field != "managedFields"}
        new |= {field: old[field] for field in (*GIVEN, "name", "namespace", "resourceVersion") if field in old}
        result = {**after, "apiVersion": kind.api_version, "kind": kind.kind, "metadata": new}
        if kind.status:
            result.pop("status", None)
            result |= {"status": before["status"]} if "status" in before else {}
        if "generation" in old:
            moved = kind.custom and _desired(result) != _desired(before)
            new["generation"] = old["generation"] + moved
        return result

    def replace(self, kind: Kind, obj: JSON, *, status: bool = False) -> JSON:
        """Write an object back.

        Nothing happens when nothing differs; the last finalizer gone means the object is gone.
        """
        namespace, name = obj["metadata"].get("namespace", ""), obj["metadata"]["name"]
        before = self.must_get(kind, namespace, name)
        after = self.changed(kind, before, obj, status=status)
        if after == before:
            return before
        if after["metadata"].get("deletionTimestamp") and not after["metadata"].get("finalizers"):
            self.storage.remove(kind, namespace, name)
            return after
        return self.storage.put(kind, after).object

    def delete(self, kind: Kind, namespace: str, name: str, *, foreground: bool = False) -> JSON:
        """Remove an object, or mark it when finalizers hold it. Returns what is left, or what was.

        With `foreground` a finalizer of its own holds it until the garbage collector has removed what it owns.
        """
        obj = self.must_get(kind, namespace, name)
        metadata = obj["metadata"]
        if foreground and "deletionTimestamp" not in metadata:
            metadata = {**metadata, "finalizers": [*(metadata.get("finalizers") or []), FOREGROUND]}
        if not metadata.get("finalizers"):
            self.storage.remove(kind, namespace, name)
            return obj
        if "deletionTimestamp" in metadata:
            return obj
        marked = {**metadata, "deletionTimestamp": timestamp(), "deletionGracePeriodSeconds": 0}
        if "generation" in metadata:
            marked["generation"] = metadata["generation"] + 1
        return self.storage.put(kind, {**obj, "metadata": marked}).object

    def require_version(self, kind: Kind, obj: JSON) -> None:
        """Raise the 422 that a custom resource gets which is replaced without saying which version it replaces."""
        metadata = obj.get("metadata") or {}
        if kind.custom and not metadata.get("resourceVersion"):
            unsaid = Cause("metadata.resourceVersion", "Invalid value: 0: must be specified for an update")
            raise invalid(kind, metadata.get("name", ""), [unsaid])

    def _index_owners(self, event: Event) -> None:
        place = (event.kind, event.key)
        for stored, gone in ((event.before, True), (event.now, event.type is EventType.DELETED)):
            for reference in stored.object["metadata"].get("ownerReferences") or [] if stored else []:
                owned = self._dependents[reference["uid"]]
                (owned.discard if gone else owned.add)(place)
                if not owned:
                    del self._dependents[reference["uid"]]


def _desired(obj: JSON) -> JSON:
    return {field: value for field, value in obj.items() if field not in {"metadata", "status"}}
