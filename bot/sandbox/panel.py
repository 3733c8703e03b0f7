"""The page's window on the embedded cluster: its Services, and answers of its ingress.

It asks the API server and the ingress over HTTP, as anybody would, so that it shows what is there.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import ClientError, ClientSession, ClientTimeout, web

if TYPE_CHECKING:
    from bot.sandbox.cluster import Cluster

SERVICES = "/apis/serving.knative.dev/v1/services"


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Panel:
    """Two control routes: /sandbox/cluster and /sandbox/curl."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._session: ClientSession | None = None
        self._trust = cluster.trust()

    def routes(self) -> dict[str, Handler]:
        """Return what the workspace shall serve for it, by path."""
        return {"/sandbox/cluster": self.services, "/sandbox/curl": self.curl}

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    async def services(self, _request: web.Request) -> web.Response:
        """Answer the Services of all namespaces with their readiness and their actual traffic."""
        credentials = {"Authorization": f"Bearer {self._cluster.users.token('admin')}"}
        async with self._client().get(self._cluster.url + SERVICES, headers=credentials, ssl=self._trust) as answer:
            document = await answer.json()
        return web.json_response({"services": [_service(item) for item in document.get("items", [])]})

    async def curl(self, request: web.Request) -> web.Response:
        """Answer what the ingress answers to one request for ?namespace=&service=."""
        host = f"{request.query.get('service', '')}.{request.query.get('namespace', '')}.example.com"
        started = time.perf_counter()
        try:
            async with self._client().get(self._cluster.ingress_url, headers={"Host": host}) as answer:
                body = (await answer.text()).strip()
        except (ClientError, TimeoutError) as error:
            return web.json_response({"error": f"the ingress does not answer: {error}"}, status=502)
        milliseconds = (time.perf_counter() - started) * 1000
        return web.json_response({"body": body, "status": answer.status, "ms": round(milliseconds, 1)})

    def _client(self) -> ClientSession:
        if self._session is None:
            self._session = ClientSession(timeout=ClientTimeout(total=5))
        return self._session


def _service(item: dict[str, Any]) -> dict[str, Any]:
    status = item.get("status", {})
    ready: dict[str, Any] = next((found for found in status.get("conditions", []) if found["type"] == "Ready"), {})
    current = status.get("observedGeneration") == item["metadata"].get("generation")
    return {
        "namespace": item["metadata"]["namespace"],
        "name": item["metadata"]["name"],
        "url": status.get("url"),
        "ready": ready.get("status", "Unknown") if current else "Unknown",
        "reason": ready.get("reason", ""),
        "traffic": [
            {
                "revision": target.get("revisionName"),
                "percent": target.get("percent", 0),
                "tag": target.get("tag"),
                "latest": target.get("latestRevision", False),
            }
            for target in status.get("traffic", [])
        ],
    }
