"""The gateways of a cluster, as the manifests of several ingresses bring them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.knative.gateways import gateways
from tests.knative.wire import Asked, Said

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.knative.connection import Connection
    from tests.knative.conftest import Answer
    from tests.knative.wire import Wire

KNATIVE = "networking.knative.dev/ingress-provider"


def service(namespace: str, name: str, provider: str | None, spec: dict[str, Any], *given: dict[str, str]) -> Any:
    labels = {KNATIVE: provider} if provider else {"istio": "ingressgateway"}
    metadata = {"namespace": namespace, "name": name, "labels": labels, "creationTimestamp": "2026-11-23T21:00:00Z"}
    return {"metadata": metadata, "spec": spec, "status": {"loadBalancer": {"ingress": list(given)}}}


PORTS = {"ports": [{"port": 80, "nodePort": 31080}, {"port": 443, "nodePort": 31443}]}
LABELLED = [
    service("kourier-system", "kourier", "kourier", {"type": "LoadBalancer", **PORTS}, {"ip": "203.0.113.7"}),
    service("kourier-system", "kourier-internal", "kourier", {"type": "ClusterIP", **PORTS}),
    service("contour-external", "envoy", "contour", {"type": "NodePort", **PORTS}),
    service("edge", "fixed", "kourier", {"externalIPs": ["198.51.100.1"], "ports": [{"port": 80}]}),
]
ISTIO = [
    service("istio-system", "istio-ingressgateway", None, {"type": "LoadBalancer"}, {"hostname": "lb.example.net"}),
]


def test_each_ingress_is_found_by_the_label_that_its_manifests_give(
    serve: Callable[[Answer], Wire], dial: Callable[[str], Connection]
) -> None:
    def answer(asked: Asked) -> Said:
        return Said(200, json.dumps({"items": LABELLED if asked.query["labelSelector"] == KNATIVE else ISTIO}).encode())

    wire = serve(answer)
    found = gateways(dial(wire.url))
    assert {asked.path for asked in wire.asked} == {"/api/v1/services"}
    assert [(each.provider, each.name, each.addresses, each.ports) for each in found] == [
        ("contour", "envoy", (), (31080, 31443)),
        ("kourier", "fixed", ("198.51.100.1",), (80,)),
        ("istio", "istio-ingressgateway", ("lb.example.net",), ()),
        ("kourier", "kourier", ("203.0.113.7",), (80, 443)),
    ]
