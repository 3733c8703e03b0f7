"""Pods as Knative and the kubelet make them: the documents, and the lines that their containers log.

A pod holds the user's container and the queue-proxy in front of it. What a container is doing is one ContainerState;
every part of the pod's status follows from it.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, auto
from typing import TYPE_CHECKING

from bot.sandbox.cluster.objects import timestamp

if TYPE_CHECKING:
    from bot.sandbox.cluster.kinds import JSON

LOG_LINES = 1000
USER_CONTAINER, QUEUE_PROXY = "user-container", "queue-proxy"
QUEUE_IMAGE = "dev.local/queue"
HASH_LABEL = "pod-template-hash"
ALPHABET = "bcdfghjklmnpqrstvwxz2456789"


class ContainerState(Enum):
    CREATING = auto()
    RUNNING = auto()
    UNPULLED = auto()
    CRASHING = auto()


@dataclass(slots=True)
class Log:
    """The last lines of one container; `grown` lets a follower wait for more, or for the end."""

    lines: deque[tuple[datetime, str]] = field(default_factory=lambda: deque(maxlen=LOG_LINES))
    written: int = 0
    ended: bool = False
    grown: asyncio.Event = field(default_factory=asyncio.Event)

    def write(self, line: str) -> None:
        self.lines.append((datetime.now(UTC), line))
        self.written += 1
        self._wake()

    def end(self) -> None:
        self.ended = True
        self._wake()

    def _wake(self) -> None:
        self.grown.set()
        self.grown = asyncio.Event()


def suffix(length: int) -> str:
    """Random letters as Kubernetes puts behind generated names."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def carried(revision: JSON) -> tuple[JSON, JSON]:
    """The labels and annotations that a Revision's pods carry."""
    metadata = revision["metadata"]
    labels = {key: text for key, text in (metadata.get("labels") or {}).items() if not key.endswith("/routingState")}
    annotations = metadata.get("annotations") or {}
    dropped = ("autoscaling.knative.dev/", "serving.knative.dev/routes", "serving.knative.dev/routingState")
    told = {
        "app": metadata["name"],
        "serving.knative.dev/revision": metadata["name"],
        "serving.knative.dev/revisionUID": metadata["uid"],
    }
    first = {"kubectl.kubernetes.io/default-container": revision["spec"]["containers"][0]["name"]}
    return {**labels, **told}, {
        **first,
        **{key: text for key, text in annotations.items() if not key.startswith(dropped)},
    }


def carried_by(pod: JSON) -> tuple[JSON, JSON]:
    """What `carried` gave when the pod was made."""
    metadata = pod["metadata"]
    return {key: text for key, text in metadata["labels"].items() if key != HASH_LABEL}, metadata["annotations"]


def pod_for(revision: JSON, replica_set: str, number: int) -> JSON:
    """A new pod of a Revision; `number` tells its address."""
    metadata, spec = revision["metadata"], revision["spec"]
    labels, annotations = carried(revision)
    return {
        "metadata": {
            "name": f"{replica_set}-{suffix(5)}",
            "generateName": f"{replica_set}-",
            "namespace": metadata["namespace"],
            "labels": {**labels, HASH_LABEL: replica_set.rpartition("-")[2]},
            "annotations": annotations,
            "ownerReferences": [
                {
                    "apiVersion": "apps/v1",
                    "kind": "ReplicaSet",
                    "name": replica_set,
                    "uid": metadata["uid"],
                    "controller": True,
                    "blockOwnerDeletion": True,
                }
            ],
        },
        "spec": {
            "containers": [*(_user_container(revision, each) for each in spec["containers"]), _queue_proxy(revision)],
            "restartPolicy": "Always",
            "terminationGracePeriodSeconds": spec.get("timeoutSeconds", 300),
            "dnsPolicy": "ClusterFirst",
            "serviceAccountName": spec.get("serviceAccountName", "default"),
            "nodeName": "local",
            "securityContext": {},
            "schedulerName": "default-scheduler",
            "enableServiceLinks": False,
        },
        "status": pod_status(spec, ContainerState.CREATING, f"10.244.1.{number % 250 + 2}", timestamp(), restarts=0),
    }


def _user_container(revision: JSON, container: JSON) -> JSON:
    name, labels = revision["metadata"]["name"], revision["metadata"].get("labels") or {}
    told = {
        "PORT": "8080",
        "K_REVISION": name,
        "K_CONFIGURATION": labels.get("serving.knative.dev/configuration", ""),
        "K_SERVICE": labels.get("serving.knative.dev/service", ""),
    }
    kept = {key: value for key, value in container.items() if key != "readinessProbe"}
    return {
        **kept,
        "ports": [{"name": "user-port", "containerPort": 8080, "protocol": "TCP"}],
        "env": [*(container.get("env") or []), *({"name": key, "value": value} for key, value in told.items())],
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "imagePullPolicy": "Always"
        if container["image"].endswith(":latest") or ":" not in container["image"]
        else "IfNotPresent",
    }


def _queue_proxy(revision: JSON) -> JSON:
    told = {"SERVING_NAMESPACE": revision["metadata"]["namespace"], "SERVING_REVISION": revision["metadata"]["name"]}
    return {
        "name": QUEUE_PROXY,
        "image": QUEUE_IMAGE,
        "ports": [{"name": "queue-port", "containerPort": 8012, "protocol": "TCP"}],
        "env": [{"name": key, "value": value} for key, value in told.items()],
        "resources": {"requests": {"cpu": "25m"}},
    }


def pod_status(spec: JSON, state: ContainerState, address: str, started: str, *, restarts: int) -> JSON:
    """The kubelet's report on a pod; `started` is when the pod was, `spec` the Revision's."""
    ready, now = "True" if state is ContainerState.RUNNING else "False", timestamp()
    truths = {"PodScheduled": "True", "Initialized": "True", "ContainersReady": ready, "Ready": ready}
    images = [(each["name"], each["image"]) for each in spec["containers"]]
    return {
        "phase": "Pending" if state in {ContainerState.CREATING, ContainerState.UNPULLED} else "Running",
        "conditions": [
            {"type": name, "status": truth, "lastProbeTime": None, "lastTransitionTime": now}
            for name, truth in truths.items()
        ],
        "hostIP": "10.244.0.1",
        "podIP": address,
        "podIPs": [{"ip": address}],
        "startTime": started,
        "containerStatuses": [
            _container_status(name, image, state, restarts, unpulled=images[0][1])
            for name, image in [*images, (QUEUE_PROXY, QUEUE_IMAGE)]
        ],
        "qosClass": "Burstable",
    }


def _container_status(name: str, image: str, state: ContainerState, restarts: int, *, unpulled: str) -> JSON:
    """One container's report; `unpulled` is the image that holds up all containers of the pod."""
    now, running = timestamp(), state is ContainerState.RUNNING
    last: JSON = {}
    match state:
        case ContainerState.RUNNING:
            current: JSON = {"running": {"startedAt": now}}
        case ContainerState.CREATING:
            current = {"waiting": {"reason": "ContainerCreating"}}
        case ContainerState.UNPULLED:
            current = {"waiting": {"reason": "ImagePullBackOff", "message": f'Back-off pulling image "{unpulled}"'}}
        case ContainerState.CRASHING:
            ended = {
                "exitCode": 3,
                "reason": "Error",
                "message": "boom: no database",
                "startedAt": now,
                "finishedAt": now,
            }
            words = f"back-off 10s restarting failed container={name}"
            current = {"waiting": {"reason": "CrashLoopBackOff", "message": words}}
            last = {"terminated": ended}
    if state is ContainerState.CRASHING and name == QUEUE_PROXY:
        current, last, running = {"running": {"startedAt": now}}, {}, True
    return {
        "name": name,
        "state": current,
        "lastState": last,
        "ready": running,
        "restartCount": 0 if name == QUEUE_PROXY else restarts,
        "image": image,
        "imageID": image,
        "started": running,
    }
