"""The settings as frozen values. What is secret stays out of their repr, so that no log and no error can show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from pathlib import Path

from bot.core.checks import Measure
from bot.core.place import Configuration, Home
from bot.core.policy import Policy
from bot.core.subscriptions import Watch


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster by the name that people use for it.

    `kubeconfig` None means the credentials that a pod has; `context` None the current one. `ingress` is the address of
    the gateway where the Services' own URLs cannot be reached, `prometheus` that of its metrics. `namespaces` are those
    watched; empty means all. With `impersonate` every write is made as the person who asked for it.
    """

    name: str
    kubeconfig: Path | None = None
    context: str | None = None
    ingress: str | None = None
    prometheus: str | None = None
    namespaces: tuple[str, ...] = ()
    impersonate: bool = False


class Mode(Enum):
    """How Slack's payloads come: over a connection that Knobot opens, or as HTTP requests to it."""

    SOCKET = "socket"
    HTTP = "http"


@dataclass(frozen=True, slots=True)
class Http:
    """Where Knobot listens; port 0 takes a free one."""

    host: str = "127.0.0.1"
    port: int = 3000


@dataclass(frozen=True, slots=True)
class Slack:
    """How Knobot is known to Slack. `api_url` ends with a slash; None is Slack's own.

    The app token is needed for Socket Mode, the signing secret for HTTP; what is not needed is "".
    """

    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    api_url: str | None = None
    mode: Mode = Mode.SOCKET
    signing_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that Knobot is told.

    `deploy_wait` is how long a change may take before it is said to have failed to become true; `measures` are
    the figures that checks are about, `install` the files and folders with the release
    manifests that the verb of that name applies.
    `http` is where Knobot listens, None where nobody asked for it.
    `watches` are what channels are told without having asked, once it has been so for `settling`.
    `remind` is how long before the time of a change is over people are reminded of it, None for never.
    `cache_limit` is for how long a watch may have been silent for its copy to answer those who look.
    """

    slack: Slack
    clusters: tuple[Cluster, ...]
    channels: Mapping[str, Home]
    policy: Policy
    command: str
    database_url: str = field(repr=False)
    deploy_wait: timedelta
    timezone: str
    measures: Mapping[str, Measure]
    install: tuple[Path, ...]
    log_level: str
    aliases: Mapping[str, str] = field(default_factory=dict)
    watches: tuple[Watch, ...] = ()
    settling: timedelta = timedelta(seconds=3)
    remind: timedelta | None = timedelta(minutes=30)
    http: Http | None = None
    cache_limit: timedelta = timedelta(minutes=2)

    @property
    def configuration(self) -> Configuration:
        """What of it the use cases need."""
        names = tuple(cluster.name for cluster in self.clusters)
        return Configuration(
            names,
            self.channels,
            self.policy,
            self.deploy_wait,
            self.timezone,
            self.measures,
            self.aliases,
            frozenset(cluster.name for cluster in self.clusters if cluster.impersonate),
            self.watches,
            self.settling,
            self.remind,
            self.cache_limit,
        )
