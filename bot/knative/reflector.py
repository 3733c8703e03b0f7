"""What a cluster's Services, Revisions and domains are right now, without asking: a copy that its watches keep.

Whoever needs to know that something happened is told which Service it is about, never what: by the time one looks, more
may have happened, and the copy is the truth then.
"""

from __future__ import annotations

import gc
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.model import DomainMapping, Revision, Service, Snapshot
from bot.knative import codec, domains
from bot.knative.watching import QUIET_SECONDS, Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.core.model import ServiceKey
    from bot.knative.connection import Connection

WRITE_SECONDS = 5.0
"""How soon after a write of one's own its events are there for sure, on a cluster that is well."""

FIRST, YOUNG = 1_000_000, 50_000
"""How many new objects Python collects before it looks for garbage among them: during the first sync, and later.

Its own number is 700. A first sync makes hundreds of thousands and none of them is garbage; looking takes a third of
the whole time then. What has no cycles is freed at once in any case.
"""
GRACE_SECONDS = 10.0
"""How long a watch may take to come back before the copy counts as old."""


@dataclass(frozen=True, slots=True)
class Health:
    """How good the copy is: seconds since the quietest watch heard from the server (None: never), and counts.

    `broken` tells for how many seconds a watch has had no stream; 0 if all have one.
    """

    synced: bool
    age: float | None
    events: int
    relists: int
    broken: float
    reconnects: int = 0

    @property
    def fresh(self) -> bool:
        """Whether what happens in the cluster arrives here.

        A stream may break without a word: then it is silent for longer than bookmarks let it be.
        """
        return self.age is not None and self.broken < GRACE_SECONDS and (self.broken > 0 or self.age < QUIET_SECONDS)


class Reflector:
    """Services, Revisions and domains of one cluster, in some namespaces or in all; one thread a kind and namespace."""

    def __init__(
        self,
        connection: Connection,
        namespaces: Sequence[str] | None,
        notice: Callable[[ServiceKey], None],
        quiet: float = QUIET_SECONDS,
    ) -> None:
        """Prepare the watches; `start` begins them.

        Args:
            connection: of the cluster.
            namespaces: those to watch; None for all.
            notice: called from the watches' threads with the Service that something changed about: itself or one of
                its Revisions, deletions too, also those that are found when a lost history is read anew. Not called for
                what is there at first. It should return soon.
            quiet: seconds of silence after which a stream is given up and asked for again.
        """
        places = [None] if namespaces is None else sorted(set(namespaces))
        common = (notice, self._settled, quiet)
        self._places = places
        self.synced = threading.Event()
        self._services = [Watch[Service](connection, codec.SERVICES, place, *common) for place in places]
        self._revisions = [Watch[Revision](connection, codec.REVISIONS, place, *common) for place in places]
        # Nobody waits for these: a cluster may know no DomainMappings, or not let Knobot see them.
        own = (notice, lambda: None, quiet)
        self._domains = [Watch[DomainMapping](connection, domains.MAPPINGS, place, *own) for place in places]
        self._written: dict[str, float] = {}

    def start(self) -> None:
        """Begin to watch; `synced` is set once all of the copy is there that Knobot may see, and some of it is."""
        _look_for_garbage(FIRST)
        for watch in (*self._watches, *self._domains):
            watch.start()

    def stop(self) -> None:
        """End all watches, within about a second; a stopped reflector is not started again."""
        for watch in (*self._watches, *self._domains):
            watch.end()
        for watch in (*self._watches, *self._domains):
            watch.join()

    def covers(self, namespace: str | None) -> bool:
        """Whether a namespace is watched; None: all of them."""
        return None in self._places or namespace in self._places

    def knows(self, namespace: str) -> bool:
        """Whether the copy of a namespace is whole, or has been."""
        return self.covers(namespace) and all(watch.synced.is_set() for watch in self._over(namespace))

    def wrote(self, namespace: str) -> None:
        """Take note that Knobot has just written there: the copy may know it a moment later than who wrote it."""
        self._written[namespace] = time.monotonic()

    def current(self, namespace: str | None, limit: float) -> bool:
        """Whether the copy of a namespace, or of all, is whole and tells what is so.

        Args:
            namespace: one that is covered.
            limit: for how many seconds the API server may have been silent.
        """
        here = self._written.values() if namespace is None else (self._written.get(namespace, -WRITE_SECONDS),)
        moment = time.monotonic() - WRITE_SECONDS
        return all(at <= moment for at in tuple(here)) and all(watch.current(limit) for watch in self._over(namespace))

    def age(self, namespace: str | None) -> float | None:
        """Return for how many seconds the API server has been silent there; None before the copy was ever whole."""
        watches = tuple(self._over(namespace))
        ages = [age for watch in watches if watch.synced.is_set() and (age := watch.age()) is not None]
        return max(ages) if len(ages) == len(watches) else None

    def snapshot(self, key: ServiceKey) -> Snapshot:
        """Return one Service with its Revisions, newest first, as the copy has them."""
        service = next((found for watch in self._services for found in watch.objects(key)), None)
        revisions = (found for watch in self._revisions for found in watch.objects(key))
        known = all(watch.synced.is_set() for watch in self._domains)
        leading = [found for watch in self._domains for found in watch.objects(key)] if known else None
        ordered = codec.newest_first(revisions) if service else ()
        return Snapshot(key, service, ordered, None if leading is None else tuple(leading))

    def services(self, namespace: str | None = None) -> list[Service]:
        """Return the Services of a namespace by name, or all by namespace and name."""
        return [found for watch in self._services for found in watch.everything(namespace)]

    def revisions(self, namespace: str | None = None) -> list[Revision]:
        """Return the Revisions of a namespace, or all, in no order."""
        return [found for watch in self._revisions for found in watch.unordered(namespace)]

    def health(self) -> Health:
        """Return how good the copy is now, as far as RBAC lets Knobot have one."""
        watches = [watch for watch in self._watches if not watch.refused] or self._watches
        ages = [watch.age() for watch in watches]
        known = [age for age in ages if age is not None]
        return Health(
            synced=self.synced.is_set(),
            age=max(known) if len(known) == len(ages) else None,
            events=sum(watch.events for watch in self._watches),
            relists=sum(watch.relists for watch in self._watches),
            broken=max(watch.broken() for watch in watches),
            reconnects=sum(max(0, watch.streams - 1) for watch in self._watches),
        )

    @property
    def _watches(self) -> list[Watch[Service] | Watch[Revision]]:
        return [*self._services, *self._revisions]

    def _over(self, namespace: str | None) -> Iterator[Watch[Service] | Watch[Revision]]:
        """Yield the watches that know of a namespace, or all of them."""
        for place, services, revisions in zip(self._places, self._services, self._revisions, strict=True):
            if namespace is None or place in (None, namespace):
                yield services
                yield revisions

    def _settled(self) -> None:
        """Take note that a watch is whole, or refused: where Knobot may not look, nobody waits for it."""
        if self.synced.is_set() or not all(watch.synced.is_set() or watch.refused for watch in self._watches):
            return
        if any(watch.synced.is_set() for watch in self._watches):
            gc.freeze()  # the copy stays: to look through it for garbage again and again would be in vain
            _look_for_garbage(YOUNG)
            self.synced.set()


def _look_for_garbage(young: int) -> None:
    gc.set_threshold(young, *gc.get_threshold()[1:])
