"""The objects of one kind, where they are found by namespace and by the Service that they are or belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from bot.core.model import ServiceKey

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.knative.codec import Owned

T = TypeVar("T")


class Shelf(Generic[T]):
    """Namespace → Service → name → object. It has no lock of its own.

    Args:
        cluster: its name in Knobot's configuration.
        moves: whether an object may come to belong to another Service.
    """

    def __init__(self, cluster: str, *, moves: bool = False) -> None:
        self._cluster = cluster
        self._objects: dict[str, dict[str, dict[str, T]]] = {}
        self._homes: dict[tuple[str, str], ServiceKey] | None = {} if moves else None

    def home(self, owned: Owned[T]) -> ServiceKey:
        """Return the Service that an object belonged to until now."""
        return (self._homes or {}).get((owned.owner.namespace, owned.name), owned.owner)

    def carry(self, owned: Owned[T]) -> None:
        """Add an object in place of the one that had its name, or take away one that is gone."""
        owner, home = owned.owner, self.home(owned)
        if owned.gone or home != owner:
            self._drop(home, owned.name)
        if not owned.gone:
            self._objects.setdefault(owner.namespace, {}).setdefault(owner.name, {})[owned.name] = owned.value
            if self._homes is not None:
                self._homes[owner.namespace, owned.name] = owner

    def _drop(self, owner: ServiceKey, name: str) -> None:
        there = self._objects.get(owner.namespace, {})
        named = there.get(owner.name, {})
        named.pop(name, None)
        if self._homes is not None:
            self._homes.pop((owner.namespace, name), None)
        if not named:
            there.pop(owner.name, None)
        if not there:
            self._objects.pop(owner.namespace, None)

    def of(self, owner: ServiceKey) -> Mapping[str, T]:
        """Return the objects that are or belong to one Service, by name."""
        return self._objects.get(owner.namespace, {}).get(owner.name, {})

    def within(self, namespace: str | None) -> list[T]:
        """Return the objects of a namespace by the names of their Services; None: of all, by namespace."""
        places = sorted(self._objects) if namespace is None else [namespace]
        named = [self._objects.get(place, {}) for place in places]
        return [value for there in named for name in sorted(there) for value in there[name].values()]

    def owners(self) -> Iterator[ServiceKey]:
        """Yield the Services."""
        for namespace, there in self._objects.items():
            for name in there:
                yield ServiceKey(self._cluster, namespace, name)

    def changed(self, before: Shelf[T]) -> list[ServiceKey]:
        """Return the Services of which something is not as it was `before`."""
        return [owner for owner in {*before.owners(), *self.owners()} if before.of(owner) != self.of(owner)]
