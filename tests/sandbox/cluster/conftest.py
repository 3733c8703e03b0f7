"""A cluster for tests, and hands to use it with: over HTTP as a user of its own, or through kubectl."""

from __future__ import annotations

import asyncio
import io
import json
import threading
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp

from bot.sandbox.cluster import Cluster

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

    from tests.sandbox.cluster.replaying import JSON

SERVING = "/apis/serving.knative.dev/v1"
SERVICES = f"{SERVING}/namespaces/shop/services"
MERGE = "application/merge-patch+json"
GOOD_IMAGE = "ghcr.io/knative/helloworld-go:latest"


def service(name: str, target: str = "blue", *, image: str = GOOD_IMAGE, min_scale: int = 1) -> JSON:
    """A Service as a person writes it."""
    container = {"image": image, "env": [{"name": "TARGET", "value": target}]}
    annotations = {"autoscaling.knative.dev/min-scale": str(min_scale)} if min_scale else {}
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"template": {"metadata": {"annotations": annotations}, "spec": {"containers": [container]}}},
    }


@dataclass(slots=True)
class Hands:
    """One user's requests to one cluster."""

    cluster: Cluster
    session: aiohttp.ClientSession
    user: str = "admin"

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Status and body of one answer; `headers` are given with underscores for dashes."""
        sent = {"Authorization": f"Bearer {self.cluster.users.token(self.user)}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        data = None if body is None else io.BytesIO(json.dumps(body).encode())
        async with self.session.request(method, path, data=data, headers=sent) as response:
            text = await response.text()
            return response.status, json.loads(text) if text[:1] in "{[" and text else text

    async def create(self, obj: JSON) -> JSON:
        status, body = await self.ask("POST", SERVICES, obj)
        assert status == 201, body
        return dict(body)

    async def get(self, name: str) -> JSON:
        status, body = await self.ask("GET", f"{SERVICES}/{name}")
        assert status == 200, body
        return dict(body)

    async def patch(self, name: str, body: JSON) -> JSON:
        status, answer = await self.ask("PATCH", f"{SERVICES}/{name}", body, Content_Type=MERGE)
        assert status == 200, answer
        return dict(answer)

    async def deploy(self, name: str, target: str) -> None:
        """A new Revision with another TARGET."""
        body = service(name, target)["spec"]["template"]
        await self.patch(name, {"spec": {"template": body}})
        await self.cluster.settled()

    async def curl(self, host: str) -> tuple[int, str]:
        async with self.session.get(self.cluster.ingress_url, headers={"Host": host}) as response:
            return response.status, (await response.text()).strip()


@asynccontextmanager
async def serving(pace: float = 0) -> AsyncIterator[Hands]:
    """A running cluster with the namespace `shop`."""
    cluster = Cluster(pace=pace)
    await cluster.start()
    try:
        await cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})
        connector = aiohttp.TCPConnector(ssl=cluster.trust())
        async with aiohttp.ClientSession(cluster.url, connector=connector) as session:
            yield Hands(cluster, session)
    finally:
        await cluster.stop()


def run(story: Callable[[Hands], Coroutine[Any, Any, None]], *, pace: float = 0) -> None:
    """Tell a story on a fresh cluster."""

    async def told() -> None:
        async with serving(pace) as hands:
            await story(hands)

    asyncio.run(told())


class Background:
    """A cluster in a thread of its own, for tests that run kubectl and wait for it."""

    def __init__(self, pace: float) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.cluster = self.call(_started(pace))

    def call(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def stop(self) -> None:
        self.call(self.cluster.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _started(pace: float) -> Cluster:
    cluster = Cluster(pace=pace)
    await cluster.start()
    await cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})
    return cluster
