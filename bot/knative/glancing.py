"""Reads for those who look: answered by what the watches know, as long as that is recent.

Nothing that becomes a plan, a check of one, or a write is read here. Where a watch does not look, has not all yet, has
been silent for too long or has broken, the API server is asked; where that does not answer, what the watch knew last is
better than nothing, and `age` tells of it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from bot.core.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.core.model import Revision, Service, ServiceKey, Snapshot
    from bot.core.ports import Sight
    from bot.knative.reflector import Reflector

T = TypeVar("T")


class Glance:
    """The reads of one look; see the port of this name."""

    def __init__(self, server: Sight, reflectors: Mapping[str, Reflector], limit: timedelta, *, old: bool) -> None:
        self._server = server
        self._reflectors = reflectors
        self._limit = limit.total_seconds()
        self._old = old
        self._age: float | None = None

    @property
    def age(self) -> timedelta | None:
        return None if self._age is None else timedelta(seconds=self._age)

    def snapshot(self, key: ServiceKey) -> Snapshot:
        def known(copy: Reflector) -> Snapshot:
            return copy.snapshot(key)

        return self._read(key.cluster, key.namespace, known, lambda: self._server.snapshot(key), _fits)

    def services(self, cluster: str, namespace: str | None) -> Sequence[Service]:
        def known(copy: Reflector) -> Sequence[Service]:
            return copy.services(namespace)

        return self._read(cluster, namespace, known, lambda: self._server.services(cluster, namespace))

    def revisions(self, cluster: str, namespace: str) -> Sequence[Revision]:
        def known(copy: Reflector) -> Sequence[Revision]:
            return copy.revisions(namespace)

        return self._read(cluster, namespace, known, lambda: self._server.revisions(cluster, namespace))

    def _read(
        self,
        cluster: str,
        namespace: str | None,
        known: Callable[[Reflector], T],
        ask: Callable[[], T],
        fits: Callable[[T], bool] = lambda _: True,
    ) -> T:
        copy = self._reflectors.get(cluster)
        if copy is None or not copy.covers(namespace):
            return ask()
        if copy.current(namespace, self._limit):
            found = known(copy)
            if fits(found):
                return found
        try:
            return ask()
        except Unavailable:
            age = copy.age(namespace)
            if not self._old or age is None:
                raise
            self._age = max(age, self._age or 0.0)
            return known(copy)


def _fits(snapshot: Snapshot) -> bool:
    """Whether both watches tell of the same moment: a Service may be known before the Revision that it names."""
    newest = snapshot.service.latest_created if snapshot.service else None
    return newest is None or snapshot.revision(newest) is not None
