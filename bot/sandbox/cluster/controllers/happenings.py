"""What Deployments, ReplicaSets, the scheduler and the kubelet say happens to pods, in their own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.cluster.controllers.names import child_name
from bot.sandbox.cluster.events import WARNING
from bot.sandbox.cluster.pods import ContainerState

if TYPE_CHECKING:
    from bot.sandbox.cluster.events import Recorder
    from bot.sandbox.cluster.kinds import JSON

APPS = "apps/v1"


class Happenings:
    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def created(self, revision: JSON, replica_set: str, pod: JSON, before: int) -> None:
        """A pod was made and found a node, as one more than the `before` that there were."""
        metadata, name = revision["metadata"], pod["metadata"]["name"]
        deployment = _controller(metadata, "Deployment", child_name(metadata["name"], "-deployment"))
        words = f"Scaled up replica set {replica_set} from {before} to {before + 1}"
        self._recorder.record(deployment, "deployment-controller", "ScalingReplicaSet", words)
        about = _controller(metadata, "ReplicaSet", replica_set)
        self._recorder.record(about, "replicaset-controller", "SuccessfulCreate", f"Created pod: {name}")
        words = f"Successfully assigned {metadata['namespace']}/{name} to {pod['spec']['nodeName']}"
        self._recorder.record(pod, "default-scheduler", "Scheduled", words)

    def reported(self, pod: JSON, container: JSON, state: ContainerState) -> None:
        """The first container of a pod has come into a state."""
        name, image = container["name"], container["image"]
        self._recorder.record(pod, "kubelet", "Pulling", f'Pulling image "{image}"')
        if state is ContainerState.UNPULLED:
            words = f'Failed to pull image "{image}": not found'
            self._recorder.record(pod, "kubelet", "Failed", words, type_=WARNING)
            return
        self._recorder.record(pod, "kubelet", "Pulled", f'Successfully pulled image "{image}"')
        self._recorder.record(pod, "kubelet", "Created", f"Created container: {name}")
        self._recorder.record(pod, "kubelet", "Started", f"Started container {name}")

    def removed(self, revision: str, pod: JSON, before: int) -> None:
        """A pod of a Revision was taken away, one of the `before` that there were."""
        metadata = pod["metadata"]
        replica_set = metadata["generateName"].removesuffix("-")
        self._recorder.record(pod, "kubelet", "Killing", f"Stopping container {pod['spec']['containers'][0]['name']}")
        deployment = _controller(metadata, "Deployment", child_name(revision, "-deployment"))
        words = f"Scaled down replica set {replica_set} from {before} to {before - 1}"
        self._recorder.record(deployment, "deployment-controller", "ScalingReplicaSet", words)
        about = _controller(metadata, "ReplicaSet", replica_set)
        self._recorder.record(about, "replicaset-controller", "SuccessfulDelete", f"Deleted pod: {metadata['name']}")


def _controller(metadata: JSON, kind: str, name: str) -> JSON:
    """What stands between a Revision and its pods, and is no object of its own here."""
    place = {"name": name, "namespace": metadata["namespace"], "uid": f"{metadata['uid']}-{kind}"}
    return {"kind": kind, "apiVersion": APPS, "metadata": {**place, "resourceVersion": metadata["resourceVersion"]}}
