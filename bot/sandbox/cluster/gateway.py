"""The ingress data plane.

Answers HTTP by Host header as the programmed Ingresses split it, from containers that are only their image's name.

A split is a fixed cycle of a hundred, interleaved smoothly, so any hundred requests in a row keep the weights
exactly. (A real Envoy keeps them on average only; a demo that counts to a hundred should not have to explain that.)
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.cluster.kinds import POD, REVISION
from bot.sandbox.cluster.prometheus import Prometheus

if TYPE_CHECKING:
    from bot.sandbox.cluster.controllers.revision import RevisionController
    from bot.sandbox.cluster.kinds import JSON
    from bot.sandbox.cluster.objects import Objects
    from bot.sandbox.cluster.traffic_metrics import TrafficMetrics

COLD_START_SECONDS = 60.0  # as long as the activator keeps a request waiting
ERROR_EVERY = 3

Place = tuple[str, str]  # namespace and name of a Revision


def interleaved(weights: list[tuple[Place, int]]) -> list[Place]:
    """A cycle in which everybody comes as often as its weight, as evenly spread as whole numbers allow."""
    total = sum(weight for _, weight in weights)
    credit = dict.fromkeys((place for place, _ in weights), 0)
    order = []
    for _ in range(total):
        for place, weight in weights:
            credit[place] += weight
        chosen = max(credit, key=lambda place: credit[place])
        credit[chosen] -= total
        order.append(chosen)
    return order


def entrance(host: str, port: int) -> JSON:
    """The Service of Kourier's gateway, as its release has it; its load balancer is this very process."""
    labels = {"networking.knative.dev/ingress-provider": "kourier", "app.kubernetes.io/component": "net-kourier"}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "kourier", "namespace": "kourier-system", "labels": labels},
        "spec": {
            "type": "LoadBalancer",
            "clusterIP": "10.96.0.80",
            "selector": {"app": "3scale-kourier-gateway"},
            "ports": [{"name": "http2", "port": port, "protocol": "TCP", "targetPort": 8080}],
        },
        "status": {"loadBalancer": {"ingress": [{"ip": host}]}},
    }


@dataclass(slots=True)
class Rule:
    """What one host does: hand out Revisions in turn, or pass on to another host."""

    weights: list[tuple[Place, int]]
    rewrite: str = ""
    turns: Iterator[Place] = field(init=False)

    def __post_init__(self) -> None:
        self.turns = cycle(interleaved(self.weights))


class Gateway:
    def __init__(self, objects: Objects, metrics: TrafficMetrics) -> None:
        self._objects = objects
        self._metrics = metrics
        self._prometheus = Prometheus(metrics)
        self._rules: dict[str, Rule] = {}
        self._hosts: dict[Place, set[str]] = {}
        self._served: dict[Place, int] = {}
        self.revisions: RevisionController | None = None

    def program(self, ingress: JSON) -> None:
        """Take in an Ingress: its hosts answer by its splits from now on. An unchanged split goes on in its turn."""
        place = _place(ingress)
        hosts: dict[str, Rule] = {}
        for rule in ingress["spec"]["rules"]:
            path = rule["http"]["paths"][0]
            weights = [
                ((split.get("serviceNamespace", ""), split["serviceName"]), split["percent"])
                for split in path["splits"]
            ]
            for host in rule["hosts"]:
                known = self._rules.get(host)
                hosts[host] = (
                    known if known and known.weights == weights else Rule(weights, path.get("rewriteHost", ""))
                )
        self.forget(ingress)
        self._rules |= hosts
        self._hosts[place] = set(hosts)

    def forget(self, ingress: JSON) -> None:
        for host in self._hosts.pop(_place(ingress), set()):
            self._rules.pop(host, None)

    async def handle(self, request: web.Request) -> web.Response:
        """Answer as the Revision whose turn it is; 404 for a host that no Ingress names."""
        rule = self._rules.get(request.headers.get("Host", "").partition(":")[0].lower())
        if rule and rule.rewrite:
            rule = self._rules.get(rule.rewrite)
        if rule is None:
            return await self._own(request)
        place = next(rule.turns)
        started = time.perf_counter()
        response = await self._serve(place)
        self._metrics.count(self._labels(place), response.status, time.perf_counter() - started)
        return response

    async def _own(self, request: web.Request) -> web.Response:
        """What the gateway answers under its own name: its counters, and Prometheus' questions about them."""
        if request.path == "/metrics":
            return web.Response(text=self._metrics.exposition())
        if request.path in {"/api/v1/query", "/api/v1/query_range"}:
            asked = {**request.query, **(await request.post() if request.method == "POST" else {})}
            query = {name: text for name, text in asked.items() if isinstance(text, str)}
            status, body = self._prometheus.answer(request.path, query)
            return web.json_response(body, status=status)
        return web.Response(status=404)

    async def _serve(self, place: Place) -> web.Response:
        revision = self._objects.get(REVISION, *place)
        if revision is None or not await self._awake(place):
            return web.Response(status=503, text="no healthy upstream")
        container = revision["spec"]["containers"][0]
        served = self._served[place] = self._served.get(place, 0) + 1
        self._log(place, "helloworld: received a request")
        if "error500" in container["image"] and served % ERROR_EVERY == 0:
            return web.Response(status=500, text="Internal Server Error\n")
        told = {variable["name"]: variable.get("value", "") for variable in container.get("env") or []}
        return web.Response(text=f"Hello {told.get('TARGET') or 'World'}!\n")

    async def _awake(self, place: Place) -> bool:
        """Let the Revision know of the request, and wait for its pods if they have to start first."""
        if self.revisions is None:
            return False
        self.revisions.touch(*place)
        end = time.monotonic() + COLD_START_SECONDS
        while (workload := self.revisions.workload(*place)) and not workload.serves:
            if time.monotonic() > end:
                return False
            await asyncio.sleep(0.01)
        return workload is not None

    def _labels(self, place: Place) -> tuple[str, str, str]:
        revision = self._objects.get(REVISION, *place)
        labels = revision["metadata"].get("labels") or {} if revision else {}
        return place[0], labels.get("serving.knative.dev/service", ""), place[1]

    def _log(self, place: Place, line: str) -> None:
        revision = self._objects.get(REVISION, *place)
        if revision is None or self.revisions is None:
            return
        for kind, key in self._objects.dependents(revision["metadata"]["uid"]):
            if kind is POD and (log := self.revisions.logs.get(key)):
                log.write(line)
                return


def _place(ingress: JSON) -> Place:
    return ingress["metadata"]["namespace"], ingress["metadata"]["name"]
