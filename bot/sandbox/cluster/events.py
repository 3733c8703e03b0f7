"""Kubernetes Events: what the cluster says happened to an object.

The same words about the same object count up instead of repeating.

A real cluster forgets events after an hour; this one keeps the newest KEPT, so that a long demo does not grow.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from typing import TYPE_CHECKING

from bot.sandbox.cluster.kinds import EVENT
from bot.sandbox.cluster.objects import timestamp

if TYPE_CHECKING:
    from bot.sandbox.cluster.kinds import JSON
    from bot.sandbox.cluster.objects import Objects

KEPT = 2000
NORMAL, WARNING = "Normal", "Warning"


class Recorder:
    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._known: OrderedDict[tuple[str, str, str], tuple[str, str]] = OrderedDict()

    def record(self, about: JSON, component: str, reason: str, message: str, *, type_: str = NORMAL) -> None:
        """Write an Event about an object, or count an existing one up."""
        metadata, now = about["metadata"], timestamp()
        identity = (metadata["uid"], reason, message)
        if (place := self._known.get(identity)) and (event := self._objects.get(EVENT, *place)):
            self._objects.replace(EVENT, {**event, "count": event["count"] + 1, "lastTimestamp": now})
            return
        event = self._objects.create(
            EVENT,
            {
                "metadata": {
                    "name": f"{metadata['name']}.{secrets.token_hex(8)}",
                    "namespace": metadata.get("namespace", "default"),
                },
                "involvedObject": {
                    "kind": about["kind"],
                    **({"namespace": metadata["namespace"]} if "namespace" in metadata else {}),
                    "name": metadata["name"],
                    "uid": metadata["uid"],
                    "apiVersion": about["apiVersion"],
                    "resourceVersion": metadata["resourceVersion"],
                },
                "reason": reason,
                "message": message,
                "source": {"component": component},
                "firstTimestamp": now,
                "lastTimestamp": now,
                "count": 1,
                "type": type_,
                "eventTime": None,
                "reportingComponent": component,
                "reportingInstance": "",
            },
        )
        self._known[identity] = (event["metadata"]["namespace"], event["metadata"]["name"])
        if len(self._known) > KEPT:
            _, oldest = self._known.popitem(last=False)
            if self._objects.get(EVENT, *oldest):
                self._objects.delete(EVENT, *oldest)
