"""The page's window on the embedded cluster: its Services, and answers of its ingress.

It asks the API server and the ingress over HTTP, as anybody would, so that it shows what is there.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from aiohttp import ClientError, ClientSession, ClientTimeout, web

if TYPE_CHECKING:
    from bot.sandbox.cluster import Cluster
    from bot.sandbox.workspace import Workspace

SERVICES = "/apis/serving.knative.dev/v1/services"


class Panel:
    """Two control routes: /sandbox/cluster and /sandbox/curl."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._session: ClientSession | None = None

    def open(self, workspace: Workspace) -> None:
        """Add the routes to a workspace that has not started yet."""
        workspace.add_get("/sandbox/cluster", self.services)
        workspace.add_get("/sandbox/curl", self.curl)

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    async def services(self, _request: web.Request) -> web.Response:
        """Answer the Services of all namespaces with their readiness and their actual traffic."""
        async with self._client().get(self._cluster.url + SERVICES, headers=self._cluster.credentials()) as answer:
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
    ready = next((found for found in status.get("conditions", []) if found["type"] == "Ready"), {})
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
