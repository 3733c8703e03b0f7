"""Where people speak, and what that means: each channel stands for a namespace of a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.checks import Measure
from bot.core.errors import Invalid, NotFound
from bot.core.measures import MEASURES
from bot.core.model import ServiceKey
from bot.core.policy import Policy
from bot.core.subscriptions import Scope, Watch

if TYPE_CHECKING:
    from bot.core.commands import Address, Area, Pattern


@dataclass(frozen=True, slots=True)
class Home:
    """What a bare name means in a channel."""

    cluster: str
    namespace: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the team that runs Knobot has decided.

    `homes` maps a channel's id to its home; `clusters` are the names of the clusters, the first is meant where none is
    named. `wait` is how long a written change may take to come true, `timezone` that of digests that name none;
    `measures` are the figures that the checks of a rollout may be about. `aliases` are words of the team's own and the
    beginnings of lines that they stand for. On the clusters `impersonating` every write is made as the person who asked
    for it. `watches` are what channels are told without having asked; `settling` is how long something must be so
    before it is told. `remind` is how long before the time of a change is over people are reminded of it, None for
    never. `cache_limit` is for how long a watch may have been silent and still answer those who look.
    """

    clusters: tuple[str, ...]
    homes: Mapping[str, Home]
    policy: Policy
    wait: timedelta = timedelta(minutes=10)
    timezone: str = "UTC"
    measures: Mapping[str, Measure] = field(default_factory=lambda: MEASURES)
    aliases: Mapping[str, str] = field(default_factory=dict)
    impersonating: frozenset[str] = frozenset()
    watches: tuple[Watch, ...] = ()
    settling: timedelta = timedelta(seconds=3)
    remind: timedelta | None = timedelta(minutes=30)
    cache_limit: timedelta = timedelta(minutes=2)

    @property
    def namespaces(self) -> frozenset[str]:
        """The namespaces that channels stand for."""
        return frozenset(home.namespace for home in self.homes.values())

    def key(self, address: Address, channel: str) -> ServiceKey:
        """Return the Service that `address` means in `channel`.

        Raises:
            Invalid: the channel has no namespace of its own and none was named. NotFound: there is no such cluster.
        """
        hint = f"Name its namespace, as in `{self._example}/{address.name}`."
        home = self.home(address.namespace, address.cluster, channel, hint)
        return ServiceKey(home.cluster, home.namespace, address.name)

    def spelled(self, key: ServiceKey, channel: str) -> str:
        """Return the shortest words that mean `key` in `channel`; `key` reads them back."""
        home = self.homes.get(channel)
        if home == Home(key.cluster, key.namespace):
            return key.name
        near = home.cluster if home else self.clusters[0]
        return str(key) if near == key.cluster else f"{key.cluster}/{key}"

    def area(self, area: Area, channel: str) -> Home:
        """Return the namespace that `area` means in `channel`; raises as `key` does."""
        return self.home(area.namespace, area.cluster, channel)

    def cluster(self, channel: str, named: str | None = None) -> str:
        """Return the cluster that is meant in `channel`: the one that was named, the channel's own, or the first.

        Raises:
            NotFound: there is no such cluster.
        """
        if named is not None and named not in self.clusters:
            raise NotFound(f"There is no cluster “{named}”.", f"Knobot knows {', '.join(self.clusters)}.")
        known = self.homes.get(channel)
        return named or (known.cluster if known else self.clusters[0])

    def scope(self, pattern: Pattern, channel: str, labels: tuple[tuple[str, str], ...] = ()) -> Scope:
        """Return the Services that `pattern` means in `channel`; raises as `key` does."""
        hint = f"Name the namespace, as in `{self._example}/{pattern.service}`."
        home = self.home(pattern.namespace, pattern.cluster, channel, hint)
        return Scope(home.cluster, home.namespace, pattern.service, labels)

    @property
    def _example(self) -> str:
        """A namespace that people of this team know."""
        return min(self.namespaces, default="NAMESPACE")

    def home(self, namespace: str | None, cluster: str | None, channel: str, hint: str = "") -> Home:
        """Return the home of a channel with what was named put in its place; raises as `key` does.

        `hint` says how the namespace is named where it is not by `--namespace` alone.
        """
        known = self.homes.get(channel)
        where = self.cluster(channel, cluster)
        if namespace is None and known is None:
            raise Invalid(
                "This conversation stands for no namespace, so Knobot does not know which one is meant.",
                hint or f"Name one, as in `--namespace {self._example}`.",
                code="no-namespace",
            )
        return Home(where, namespace or (known.namespace if known else ""))
