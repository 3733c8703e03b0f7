"""Where the contracts are checked: on the embedded cluster, or on a real one when KNOBOT_TEST_KUBECONFIG names it.

docs/sandbox.md says what else the environment may tell about a real one.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import threading
import time
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bot.core.commands import Address
from bot.core.errors import NotFound
from bot.core.making import make
from bot.core.model import Service, ServiceKey, Snapshot, Truth
from bot.core.plan import Plan, Request
from bot.knative.client import KnativeClusters
from bot.knative.connection import Connection, connect
from bot.sandbox.cluster import Cluster

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from bot.core.commands import SpecCommand

T = TypeVar("T")
CLUSTER = "site"
REQUEST = Request("T1", "U1", "C1", "a contract")
HERE = Address("hello")
SETTINGS = "KNOBOT_TEST_"
IMAGE = os.environ.get(f"{SETTINGS}IMAGE", "ghcr.io/knative/helloworld-go:latest")
"""It has to answer `Hello $TARGET!` to each request, and to log when it starts and for each request."""
REAL = f"{SETTINGS}KUBECONFIG" in os.environ
PATIENCE = float(os.environ.get(f"{SETTINGS}PATIENCE", "300" if REAL else "120"))
"""Seconds: images are pulled, and nodes are made, on some clusters."""
PAUSE = 0.5 if REAL else 0.02
NAMESPACES = "/api/v1/namespaces"
SERVING = "/apis/serving.knative.dev"


def eventually(look: Callable[[], T | None], patience: float = PATIENCE) -> T:
    """Return what `look` returns once that is true, or fail."""
    until = time.monotonic() + patience
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < until, "it did not become true in time"
        time.sleep(PAUSE)


@dataclass(frozen=True, slots=True)
class Site:
    """A cluster and a namespace of it. `connection` is an administrator's, `bot` the kubeconfig with Knobot's rights.

    Every name that is made ends with `mark`, so that runs may share a namespace.
    """

    bot: Path
    ingress: str | None
    namespace: str
    mark: str
    connection: Connection

    def key(self, name: str) -> ServiceKey:
        return ServiceKey(CLUSTER, self.namespace, f"{name}-{self.mark}")

    def domain(self, name: str) -> str:
        return f"{name}-{self.mark}.example.org"

    def clusters(self) -> KnativeClusters:
        clusters = KnativeClusters()
        clusters.connect(CLUSTER, self.bot, ingress=self.ingress)
        return clusters

    def touch(self, key: ServiceKey, document: dict[str, Any]) -> None:
        """Change a Service as somebody else would."""
        self.connection.write("PATCH", _path(key.namespace, "v1", "services", key.name), document, {})

    def delete(self, key: ServiceKey) -> None:
        """Delete a Service as somebody else would."""
        self.connection.write("DELETE", _path(key.namespace, "v1", "services", key.name), {}, {})

    def claims_domains(self) -> bool:
        """Whether Knative claims each domain that somebody maps, so that none is refused for being nobody's."""
        told = json.loads(self.connection.read("/api/v1/namespaces/knative-serving/configmaps/config-network"))
        return (told.get("data") or {}).get("autocreate-cluster-domain-claims") == "true"

    def clear(self) -> None:
        """Delete what has been made in a namespace that was there before."""
        for version, plural in (("v1beta1", "domainmappings"), ("v1", "services")):
            listed = json.loads(self.connection.read(_path(self.namespace, version, plural)))["items"]
            for name in (each["metadata"]["name"] for each in listed):
                if name.partition(".")[0].endswith(f"-{self.mark}"):
                    self.connection.write("DELETE", _path(self.namespace, version, plural, name), {}, {})


def _path(namespace: str, version: str, plural: str, name: str = "") -> str:
    return f"{SERVING}/{version}/namespaces/{namespace}/{plural}" + (f"/{name}" if name else "")


class Embedded:
    """The embedded cluster, in a loop of its own, as fast as it can."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="cluster", daemon=True)
        self._thread.start()
        self.cluster = Cluster(pace=0)
        self._run(self.cluster.start())

    def fault(self, kind: str, **options: Any) -> None:
        self._loop.call_soon_threadsafe(lambda: self.cluster.fault(kind, **options))
        self._run(asyncio.sleep(0))

    def stop(self) -> None:
        self._run(self.cluster.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)


class Hand:
    """One Service in the hands of a test: plan, apply, wait."""

    def __init__(self, clusters: KnativeClusters, key: ServiceKey) -> None:
        self.clusters = clusters
        self.key = key

    @property
    def name(self) -> str:
        return self.key.name

    def nth(self, number: int) -> str:
        """Return the name that Knative gives to a Revision."""
        return f"{self.name}-{number:05}"

    def look(self) -> Snapshot:
        return self.clusters.snapshot(self.key)

    def plan(self, command: SpecCommand) -> Plan:
        return make(command, self.look(), REQUEST)

    def do(self, command: SpecCommand) -> Service:
        return self.write(self.plan(command))

    def write(self, plan: Plan) -> Service:
        """Apply a plan that leaves a Service behind."""
        written = self.clusters.apply(plan)
        assert isinstance(written, Service)
        return written

    def ready(self) -> Snapshot:
        """Wait until the Service is Ready as of its spec, and its traffic is what is wished."""

        def there() -> Snapshot | None:
            snapshot = self.look()
            return snapshot if snapshot.service and snapshot.service.ready is Truth.TRUE else None

        return eventually(there)


def sites(folder: Path) -> Iterator[Site]:
    """Yield a site, and leave nothing behind."""
    if not REAL:
        yield from _embedded(folder)
        return
    administrator = Path(os.environ[f"{SETTINGS}KUBECONFIG"])
    bot = Path(os.environ.get(f"{SETTINGS}BOT_KUBECONFIG", administrator))
    ingress, given = (os.environ.get(f"{SETTINGS}{name}") for name in ("INGRESS", "NAMESPACE"))
    connection = connect(CLUSTER, administrator, None)
    with nullcontext(given) if given else _namespace(connection) as namespace:
        site = Site(bot, ingress, namespace, secrets.token_hex(3), connection)
        yield site
        if given:
            site.clear()
    connection.close()


def _embedded(folder: Path) -> Iterator[Site]:
    """Yield the embedded cluster, to which Knobot has the rights that it has in a demo."""
    embedded = Embedded()
    for user in ("admin", "knobot"):
        (folder / user).write_text(embedded.cluster.kubeconfig(user))
    connection = connect(CLUSTER, folder / "admin", None)
    with _namespace(connection) as namespace:
        yield Site(folder / "knobot", embedded.cluster.ingress_url, namespace, secrets.token_hex(3), connection)
    connection.close()
    embedded.stop()


@contextmanager
def _namespace(connection: Connection) -> Iterator[str]:
    """Yield a new namespace, which is gone afterwards with all that is in it."""
    name = f"knobot-contract-{secrets.token_hex(4)}"
    connection.write("POST", NAMESPACES, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}, {})
    try:
        yield name
    finally:
        connection.write("DELETE", f"{NAMESPACES}/{name}", {}, {})
        eventually(partial(_gone, connection, f"{NAMESPACES}/{name}"))


def _gone(connection: Connection, path: str) -> bool:
    try:
        connection.read(path)
    except NotFound:
        return True
    return False
