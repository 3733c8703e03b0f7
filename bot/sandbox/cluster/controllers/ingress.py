"""The Ingress controller (Kourier's part).

Takes a changed Ingress into the gateway, probes it, and says so in its status.

The gateway serves the new split from the moment it is taken in; `Ready` follows when the probe has come back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.cluster.controllers.conditions import TRUE, UNKNOWN, Conditions, observed
from bot.sandbox.cluster.kinds import INGRESS

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.cluster.kinds import JSON
    from bot.sandbox.cluster.objects import Objects
    from bot.sandbox.cluster.timeline import Timeline

PICKUP_SECONDS, PROBE_SECONDS = 0.05, 0.2
DEPENDENTS = ("LoadBalancerReady", "NetworkConfigured")
WAITING = "Waiting for load balancer to be ready"
LOAD_BALANCERS = {
    "privateLoadBalancer": {"ingress": [{"domainInternal": "kourier-internal.kourier-system.svc.cluster.local"}]},
    "publicLoadBalancer": {"ingress": [{"domainInternal": "kourier.kourier-system.svc.cluster.local"}]},
}


class IngressController:
    """`program` hands an Ingress to the gateway, `forget` takes one away; both are called with the whole object."""

    def __init__(
        self, objects: Objects, timeline: Timeline, program: Callable[[JSON], None], forget: Callable[[JSON], None]
    ) -> None:
        self._objects = objects
        self._timeline = timeline
        self._program = program
        self._forget = forget

    def reconcile(self, namespace: str, name: str) -> None:
        ingress = self._objects.get(INGRESS, namespace, name)
        if ingress is None:
            return
        if "deletionTimestamp" in ingress["metadata"]:
            self._forget(ingress)
            self._objects.replace(INGRESS, {**ingress, "metadata": {**ingress["metadata"], "finalizers": []}})
            return
        if observed(ingress):
            return
        self._program(ingress)
        conditions = Conditions(ingress, DEPENDENTS)
        conditions.mark("NetworkConfigured", TRUE)
        conditions.mark("LoadBalancerReady", UNKNOWN, "Uninitialized", WAITING)
        status = {"conditions": conditions.listed(), "observedGeneration": ingress["metadata"]["generation"]}
        self._objects.replace(INGRESS, {**ingress, "status": status}, status=True)
        self._timeline.schedule(
            ("probe", ingress["metadata"]["uid"]), PROBE_SECONDS, lambda: self._probed(namespace, name)
        )

    def _probed(self, namespace: str, name: str) -> None:
        ingress = self._objects.get(INGRESS, namespace, name)
        if ingress is None or not observed(ingress):
            return  # changed while the probe ran: the next pickup probes again
        conditions = Conditions(ingress, DEPENDENTS)
        conditions.mark("LoadBalancerReady", TRUE)
        status = {**ingress["status"], "conditions": conditions.listed(), **LOAD_BALANCERS}
        self._objects.replace(INGRESS, {**ingress, "status": status}, status=True)
