"""The only state of the cluster: objects by kind, one growing resourceVersion, and the history that watches replay.

A stored object is never changed in place: every write stores a new one, so that a reader, a watch and the cached
bytes can share it.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict, deque
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from bot.sandbox.cluster.failures import expired
from bot.sandbox.cluster.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.sandbox.cluster.kinds import JSON

Key = tuple[str, str]  # namespace ("" for cluster scope), name

FIRST_VERSION = 300  # a cluster that has just started has already counted its own objects
HISTORY = 4000  # events kept a kind; etcd keeps about five minutes of them


class Stored:
    """One version of one object, with its bytes encoded at most once."""

    def __init__(self, obj: JSON) -> None:
        self.object = obj

    @cached_property
    def encoded(self) -> bytes:
        return msgspec.json.encode(self.object)

    @cached_property
    def untyped(self) -> bytes:
        """Without apiVersion and kind, as built-in kinds stand in lists."""
        return msgspec.json.encode(
            {key: value for key, value in self.object.items() if key not in {"apiVersion", "kind"}}
        )

    @cached_property
    def version(self) -> int:
        return int(self.object["metadata"]["resourceVersion"])


class EventType(Enum):
    ADDED = "ADDED"
    MODIFIED = "MODIFIED"
    DELETED = "DELETED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One change, in the order of resourceVersions. `before` is what selectors compare with."""

    type: EventType
    kind: Kind
    key: Key
    now: Stored
    before: Stored | None

    @property
    def version(self) -> int:
        return self.now.version


class Subscription:
    """A live feed of one kind's events; `None` in the queue tells the reader to hang up."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Event | None] = asyncio.Queue()


class Storage:
    """Objects, versions, history and the fan-out to watches. Not thread-safe: it lives in one event loop."""

    def __init__(self) -> None:
        self.version = FIRST_VERSION
        self.oldest = FIRST_VERSION
        self._objects: dict[Kind, dict[Key, Stored]] = defaultdict(dict)
        self._keys: dict[Kind, list[Key]] = defaultdict(list)
        self._history: dict[Kind, deque[Event]] = defaultdict(lambda: deque(maxlen=HISTORY))
        self._forgotten: dict[Kind, int] = defaultdict(lambda: FIRST_VERSION)
        self._subscriptions: dict[Kind, list[Subscription]] = defaultdict(list)
        self.listeners: list[Callable[[Event], None]] = []

    def get(self, kind: Kind, namespace: str, name: str) -> Stored | None:
        return self._objects[kind].get((namespace, name))

    def scan(self, kind: Kind, namespace: str = "", *, after: Key = ("", "")) -> Iterator[Stored]:
        """In the order of namespace and name, beginning behind `after`; all namespaces when `namespace` is empty."""
        keys, objects = self._keys[kind], self._objects[kind]
        start = max(after, (namespace, ""))
        for position in range(bisect_left(keys, start), len(keys)):
            key = keys[position]
            if namespace and key[0] != namespace:
                return
            if key != after:
                yield objects[key]

    def count(self, kind: Kind, namespace: str, after: Key) -> int:
        """How many objects `scan` would still find."""
        keys = self._keys[kind]
        end = bisect_left(keys, (f"{namespace}\0", "")) if namespace else len(keys)
        return end - bisect_right(keys, after)

    def next_version(self) -> str:
        self.version += 1
        return str(self.version)

    def put(self, kind: Kind, obj: JSON) -> Stored:
        """Store a new version of an object, stamped with the next resourceVersion; tell watches and listeners."""
        metadata = {**obj["metadata"], "resourceVersion": self.next_version()}
        stored = Stored({**obj, "metadata": metadata})
        key = (metadata.get("namespace", ""), metadata["name"])
        before = self._objects[kind].get(key)
        if before is None:
            insort(self._keys[kind], key)
        self._objects[kind][key] = stored
        event_type = EventType.MODIFIED if before else EventType.ADDED
        self._tell(Event(type=event_type, kind=kind, key=key, now=stored, before=before))
        return stored

    def remove(self, kind: Kind, namespace: str, name: str) -> None:
        """Drop an object; the DELETED event carries its last state under a resourceVersion of its own."""
        key = (namespace, name)
        before = self._objects[kind].pop(key)
        del self._keys[kind][bisect_left(self._keys[kind], key)]
        obj = before.object
        last = Stored({**obj, "metadata": {**obj["metadata"], "resourceVersion": self.next_version()}})
        self._tell(Event(type=EventType.DELETED, kind=kind, key=key, now=last, before=before))

    def _tell(self, event: Event) -> None:
        history = self._history[event.kind]
        if len(history) == history.maxlen:
            self._forgotten[event.kind] = history[0].version
        history.append(event)
        for subscription in self._subscriptions[event.kind]:
            subscription.queue.put_nowait(event)
        for listener in self.listeners:
            listener(event)

    def since(self, kind: Kind, version: int) -> list[Event]:
        """The events after a version. Raises a 410 Failure when the history does not reach back so far."""
        oldest = max(self.oldest, self._forgotten[kind])
        if version < oldest:
            raise expired(version, oldest)
        return [event for event in self._history[kind] if event.version > version]

    def subscribe(self, kind: Kind) -> Subscription:
        subscription = Subscription()
        self._subscriptions[kind].append(subscription)
        return subscription

    def unsubscribe(self, kind: Kind, subscription: Subscription) -> None:
        self._subscriptions[kind].remove(subscription)

    def cut_watches(self) -> None:
        """End every running watch, as an API server that restarts does."""
        for subscriptions in self._subscriptions.values():
            for subscription in subscriptions:
                subscription.queue.put_nowait(None)

    def expire_history(self) -> None:
        """Forget all history: whoever watches from an older version than now gets 410."""
        self.oldest = self.version + 1
        self.version += 1
