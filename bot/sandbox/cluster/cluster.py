"""The cluster as one thing: start it, point kubectl at it, seed it, disturb it.

What it does is in the modules beside this one.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
from importlib import resources
from typing import TYPE_CHECKING, Any

import trustme
import yaml
from aiohttp import web

from bot.sandbox.cluster.admission import Admission
from bot.sandbox.cluster.api import Api
from bot.sandbox.cluster.controllers import Controllers
from bot.sandbox.cluster.failures import MAX_BODY
from bot.sandbox.cluster.faults import Faults
from bot.sandbox.cluster.gateway import Gateway, entrance
from bot.sandbox.cluster.identity import AUTHENTICATED, MASTERS, User, Users
from bot.sandbox.cluster.kinds import KINDS, kind_of
from bot.sandbox.cluster.objects import Objects
from bot.sandbox.cluster.storage import Storage
from bot.sandbox.cluster.timeline import Timeline
from bot.sandbox.cluster.traffic_metrics import TrafficMetrics

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from bot.sandbox.cluster.storage import Event

ADMIN = User("admin", (MASTERS, AUTHENTICATED))
KNOBOT = User(
    "system:serviceaccount:knobot:knobot", ("system:serviceaccounts", "system:serviceaccounts:knobot", AUTHENTICATED)
)


class Cluster:
    """An API server with Knative, an ingress and everything behind it, in memory, on loopback.

    `pace` is how many real seconds one second of the cluster's own doings takes: 1 for people, 0 at once for tests,
    infinity to let time pass only by `advance`.
    """

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, ingress_port: int = 0, pace: float = 1.0) -> None:
        self.url = ""
        self.ingress_url = ""
        self.users = Users()
        self.users.add("admin", ADMIN)
        self.users.add("knobot", KNOBOT)
        self._host = host
        self._ports = (port, ingress_port)
        self._timeline = Timeline(pace)
        self._objects = Objects(Storage())
        self._faults = Faults()
        self.metrics = TrafficMetrics()
        gateway = Gateway(self._objects, self.metrics)
        controllers = Controllers(self._objects, self._timeline, gateway.program, gateway.forget)
        gateway.revisions = controllers.revisions
        self._gateway = gateway
        self._api = Api(self._objects, self.users, controllers.revisions.logs, self._faults)
        self._authority = trustme.CA()
        self._runners: list[web.AppRunner] = []
        self._clock: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Seed the system's own objects and listen; `url` and `ingress_url` are known afterwards."""
        for document in yaml.safe_load_all(resources.files(__package__).joinpath("seed.yaml").read_text()):
            await self.apply(document)
        self._clock = asyncio.create_task(self._timeline.run())
        port, ingress_port = self._ports
        self.url = await self._listen(self._api.handle, port, self._tls())
        self.ingress_url = await self._listen(self._gateway.handle, ingress_port, None)
        await self.apply(entrance(self._host, int(self.ingress_url.rpartition(":")[2])))

    async def stop(self) -> None:
        """End all watches, close the ports, stop the clock."""
        self._objects.storage.cut_watches()
        for runner in self._runners:
            await runner.cleanup()
        self._runners.clear()
        if self._clock:
            self._clock.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._clock

    def kubeconfig(self, user: str = "admin") -> str:
        """A kubeconfig as YAML, with the token of `admin` or `knobot`. Raises KeyError for another user."""
        named = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "sandbox",
            "clusters": [
                {"name": "sandbox", "cluster": {"server": self.url, "certificate-authority-data": self.authority}}
            ],
            "users": [{"name": user, "user": {"token": self.users.token(user)}}],
            "contexts": [{"name": "sandbox", "context": {"cluster": "sandbox", "user": user}}],
        }
        return yaml.safe_dump(named, sort_keys=False)

    @property
    def authority(self) -> str:
        """The certificate that the API server's is signed with, as a kubeconfig carries it: base64 of PEM."""
        return base64.b64encode(self._authority.cert_pem.bytes()).decode()

    def trust(self) -> ssl.SSLContext:
        """What a client in this process needs in order to believe that the API server is this one."""
        return ssl.create_default_context(cadata=self._authority.cert_pem.bytes().decode())

    async def apply(self, document: dict[str, Any]) -> None:
        """Create or update an object as `admin`, through the same admission as HTTP.

        Raises Failure when it is refused.
        """
        kind = kind_of(document)
        if kind is None:
            raise ValueError(f"no such kind: {document.get('apiVersion')} {document.get('kind')}")
        admission, metadata = Admission(self._objects), document["metadata"]
        namespace = metadata.get("namespace", "default") if kind.namespaced else ""
        document = {**document, "metadata": {**metadata, **({"namespace": namespace} if namespace else {})}}
        before = self._objects.get(kind, namespace, metadata["name"])
        if before is None:
            admission.create(kind, document, ADMIN.name, dry_run=False)
        else:
            admission.update(kind, before, document, ADMIN.name)

    async def settled(self) -> None:
        """Return when the controllers and pods have nothing left to do by themselves."""
        await self._timeline.settled()

    async def advance(self, seconds: float) -> None:
        """Let the cluster's time pass at once: pods start, idle Revisions go to sleep, rollouts step."""
        await self._timeline.advance(seconds)

    def objects(self, plural: str) -> Iterator[dict[str, Any]]:
        """All objects of one kind, as they are stored: not to be changed."""
        kinds = (kind for kind in KINDS if kind.plural == plural)
        return (obj for kind in kinds for obj in self._objects.list(kind))

    def witness(self, see: Callable[[Event], None]) -> None:
        """Show every change to `see` as it is stored, in order, from now on."""
        self._objects.storage.listeners.append(see)

    def fault(self, kind: str, **options: Any) -> None:
        """Order a fault.

        `status` (code, count), `latency` (seconds, count), `drop` (count), `cut_watches`, `expire_history`, `clear`.
        """
        match kind:
            case "cut_watches":
                self._objects.storage.cut_watches()
            case "expire_history":
                self._objects.storage.expire_history()
            case _:
                self._faults.order(kind, **options)

    def _tls(self) -> ssl.SSLContext:
        """A certificate for this host. kubectl and client-go send a token over TLS only, so plain HTTP would not do."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._authority.issue_cert(self._host, "localhost").configure_cert(context)
        return context

    async def _listen(
        self, handler: Callable[[web.Request], Awaitable[web.StreamResponse]], port: int, tls: ssl.SSLContext | None
    ) -> str:
        server = web.Application(client_max_size=MAX_BODY)
        server.router.add_route("*", "/{path:.*}", handler)
        runner = web.AppRunner(server, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        site = web.TCPSite(runner, self._host, port, ssl_context=tls)
        await site.start()
        self._runners.append(runner)
        address = runner.addresses[0]
        return f"{'https' if tls else 'http'}://{self._host}:{address[1]}"
