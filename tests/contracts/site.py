"""Where the contracts are checked: on the embedded cluster, or on a real one when KNOBOT_TEST_KUBECONFIG names it."""

from __future__ import annotations

import asyncio
import os
import secrets
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bot.core.commands import Address
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
IMAGE = "ghcr.io/knative/helloworld-go:latest"
PATIENCE = 120.0
NAMESPACES = "/api/v1/namespaces"


def eventually(look: Callable[[], T | None], patience: float = PATIENCE) -> T:
    """Return what `look` returns once that is true, or fail."""
    until = time.monotonic() + patience
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < until, "it did not become true in time"
        time.sleep(0.02)


@dataclass(frozen=True, slots=True)
class Site:
    """A cluster and a namespace of it that is ours. `embedded` is None on a real one."""

    kubeconfig: Path
    ingress: str | None
    namespace: str
    connection: Connection
    embedded: Embedded | None

    def key(self, name: str) -> ServiceKey:
        return ServiceKey(CLUSTER, self.namespace, name)

    def clusters(self) -> KnativeClusters:
        clusters = KnativeClusters()
        clusters.connect(CLUSTER, self.kubeconfig, ingress=self.ingress)
        return clusters

    def touch(self, name: str, document: dict[str, Any]) -> None:
        """Change a Service as somebody else would."""
        path = f"/apis/serving.knative.dev/v1/namespaces/{self.namespace}/services/{name}"
        self.connection.write("PATCH", path, document, {})


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
    """Yield a site with a namespace of its own, which is deleted afterwards."""
    given = os.environ.get("KNOBOT_TEST_KUBECONFIG")
    embedded = None if given else Embedded()
    kubeconfig = Path(given) if given else folder / "kubeconfig"
    ingress = os.environ.get("KNOBOT_TEST_INGRESS")
    if embedded is not None:
        kubeconfig.write_text(embedded.cluster.kubeconfig())
        ingress = embedded.cluster.ingress_url
    connection = connect(CLUSTER, kubeconfig, None)
    namespace = f"knobot-contract-{secrets.token_hex(4)}"
    connection.write("POST", NAMESPACES, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}, {})
    yield Site(kubeconfig, ingress, namespace, connection, embedded)
    connection.write("DELETE", f"{NAMESPACES}/{namespace}", {}, {})
    connection.close()
    if embedded is not None:
        embedded.stop()
