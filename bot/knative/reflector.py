"""What a cluster's Services and Revisions are right now, without asking: a copy that its watches keep.

Whoever needs to know that something happened is told which Service it is about, never what: by the time one looks, more
may have happened, and the copy is the truth then.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from bot.core.model import Revision, Service, Snapshot
from bot.knative import codec
from bot.knative.watching import QUIET_SECONDS, Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.core.model import ServiceKey
    from bot.knative.connection import Connection


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

    @property
    def fresh(self) -> bool:
        """Whether what happens in the cluster arrives here.

        A stream may break without a word: then it is silent for longer than bookmarks let it be.
        """
        return self.age is not None and self.broken < GRACE_SECONDS and (self.broken > 0 or self.age < QUIET_SECONDS)


class Reflector:
    """Services and Revisions of one cluster, in some namespaces or in all, kept by one thread a kind and namespace."""

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
        common = (notice, self._whole, quiet)
        self._places = places
        self.synced = threading.Event()
        self._services = [Watch[Service](connection, codec.SERVICES, place, *common) for place in places]
        self._revisions = [Watch[Revision](connection, codec.REVISIONS, place, *common) for place in places]

    def start(self) -> None:
        """Begin to watch; `synced` is set once all of the copy is there."""
        for watch in self._watches:
            watch.start()

    def stop(self) -> None:
        """End all watches, within about a second; a stopped reflector is not started again."""
        for watch in self._watches:
            watch.end()
        for watch in self._watches:
            watch.join()

    def covers(self, namespace: str) -> bool:
        """Whether a namespace is watched."""
        return None in self._places or namespace in self._places

    def snapshot(self, key: ServiceKey) -> Snapshot:
        """Return one Service with its Revisions, newest first, as the copy has them."""
        service = next((found for watch in self._services for found in watch.objects(key)), None)
        revisions = (found for watch in self._revisions for found in watch.objects(key))
        return Snapshot(key, service, codec.newest_first(revisions) if service else ())

    def services(self, namespace: str | None = None) -> list[Service]:
        """Return the Services of a namespace, or all, by name."""
        return sorted(
            (found for watch in self._services for owner, found in watch.everything() if _in(owner, namespace)),
            key=attrgetter("key"),
        )

    def revisions(self, namespace: str | None = None) -> list[Revision]:
        """Return the Revisions of a namespace, or all, newest first."""
        return sorted(
            (found for watch in self._revisions for owner, found in watch.everything() if _in(owner, namespace)),
            key=attrgetter("created", "number"),
            reverse=True,
        )

    def health(self) -> Health:
        """Return how good the copy is now."""
        ages = [watch.age() for watch in self._watches]
        known = [age for age in ages if age is not None]
        return Health(
            synced=self.synced.is_set(),
            age=max(known) if len(known) == len(ages) else None,
            events=sum(watch.events for watch in self._watches),
            relists=sum(watch.relists for watch in self._watches),
            broken=max(watch.broken() for watch in self._watches),
        )

    @property
    def _watches(self) -> list[Watch[Service] | Watch[Revision]]:
        return [*self._services, *self._revisions]

    def _whole(self) -> None:
        if all(watch.synced.is_set() for watch in self._watches):
            self.synced.set()


def _in(owner: ServiceKey, namespace: str | None) -> bool:
    return namespace is None or owner.namespace == namespace
