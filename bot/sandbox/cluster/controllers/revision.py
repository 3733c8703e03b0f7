"""The Revision controller together with what it drives in a real cluster: Deployment, autoscaler and kubelet.

Each Revision is a Workload that walks through the stages of `lifecycle`; its status and its pods are whatever its
stage says they are.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sandbox.cluster import pods
from bot.sandbox.cluster.controllers.conditions import dated
from bot.sandbox.cluster.controllers.configuration import GENERATION_LABEL, ROUTING_STATE
from bot.sandbox.cluster.controllers.happenings import Happenings
from bot.sandbox.cluster.controllers.lifecycle import (
    LAST_WORDS,
    PATIENT,
    RESERVE_SCALE_SECONDS,
    RESERVE_WINDOW,
    ROWS,
    STABLE_WINDOW,
    Behaviour,
    Stage,
    conditions_of,
    next_of,
)
from bot.sandbox.cluster.controllers.names import child_name
from bot.sandbox.cluster.events import WARNING
from bot.sandbox.cluster.kinds import POD, REVISION
from bot.sandbox.cluster.pods import ContainerState, Log

if TYPE_CHECKING:
    from bot.sandbox.cluster.events import Recorder
    from bot.sandbox.cluster.kinds import JSON
    from bot.sandbox.cluster.objects import Objects
    from bot.sandbox.cluster.timeline import Timeline

MIN_SCALE = "autoscaling.knative.dev/min-scale"
SERVING = {Stage.AVAILABLE, Stage.PROXIED, Stage.ACTIVE, Stage.IDLE}
CONTAINER_STATES = {Stage.PULL_FAILED: ContainerState.UNPULLED, Stage.CRASHED: ContainerState.CRASHING}
CONTAINER_STATES |= dict.fromkeys((Stage.STARTED, Stage.ACTIVE), ContainerState.RUNNING)
PODLESS = {Stage.BORN, Stage.RESOLVING, Stage.COLD, Stage.NEVER_SCALED, Stage.SCALED_DOWN, Stage.GIVEN_UP}


@dataclass(slots=True)
class Workload:
    """What runs for one Revision.

    Times are virtual seconds; `counted` is whether the autoscaler has set a scale yet.
    """

    namespace: str
    name: str
    image: str
    behaviour: Behaviour
    stage: Stage = Stage.BORN
    counted: bool = False
    busy: float = 0.0
    reachable: bool = True

    @property
    def serves(self) -> bool:
        return self.stage in SERVING


class RevisionController:
    """All Workloads, by the uid of their Revision; and the logs of their pods."""

    def __init__(self, objects: Objects, recorder: Recorder, timeline: Timeline) -> None:
        self._objects = objects
        self._recorder = recorder
        self._happenings = Happenings(recorder)
        self._timeline = timeline
        self._workloads: dict[str, Workload] = {}
        self._addresses = 0
        self.logs: dict[tuple[str, str], Log] = {}

    def reconcile(self, namespace: str, name: str) -> None:
        """Begin the life of a new Revision; let an old one notice that it was routed to, or no longer is."""
        revision = self._objects.get(REVISION, namespace, name)
        if revision is None:
            return
        uid = revision["metadata"]["uid"]
        if uid not in self._workloads:
            image = revision["spec"]["containers"][0]["image"]
            self._workloads[uid] = Workload(namespace, name, image, Behaviour.of(image))
            self._follow(uid)
        self._adapt(uid, revision)

    def forget(self, revision: JSON) -> None:
        """A Revision is gone: so are its pods."""
        uid = revision["metadata"]["uid"]
        if workload := self._workloads.pop(uid, None):
            for what in ("stage", "idle", "scale"):
                self._timeline.cancel((what, uid))
            self._remove_pods(workload, uid)

    def workload(self, namespace: str, name: str) -> Workload | None:
        """What runs for a Revision, for the gateway to ask."""
        revision = self._objects.get(REVISION, namespace, name)
        return self._workloads.get(revision["metadata"]["uid"]) if revision else None

    def touch(self, namespace: str, name: str) -> None:
        """A request has come: the Revision is not idle; if it sleeps, it wakes."""
        revision = self._objects.get(REVISION, namespace, name)
        workload = self._workloads.get(revision["metadata"]["uid"]) if revision else None
        if revision is None or workload is None:
            return
        workload.busy = self._timeline.now()
        if workload.stage in {Stage.IDLE, Stage.COLD}:
            self._wake(revision["metadata"]["uid"])

    def _follow(self, uid: str) -> None:
        workload = self._workloads[uid]
        if following := next_of(workload.stage, workload.behaviour):
            delay, stage = following
            patient = workload.stage in PATIENT
            self._timeline.schedule(("stage", uid), delay, lambda: self._enter(uid, stage), patient=patient)

    def _enter(self, uid: str, stage: Stage) -> None:
        workload = self._workloads[uid]
        revision = self._objects.get(REVISION, workload.namespace, workload.name)
        if revision is None:
            return
        workload.stage = stage
        workload.counted |= stage is Stage.SCALED and workload.reachable
        self._show_pods(workload, revision)
        self._write_status(workload, revision)
        if stage is Stage.ACTIVE:
            self._become_active(uid, workload)
        if stage is Stage.AVAILABLE:
            ready = "Revision becomes ready upon all resources being ready"
            self._recorder.record(revision, "revision-controller", "RevisionReady", ready)
        self._follow(uid)

    def _become_active(self, uid: str, workload: Workload) -> None:
        workload.busy = self._timeline.now()
        if not workload.counted:
            self._timeline.schedule(("scale", uid), RESERVE_SCALE_SECONDS, lambda: self._count(uid), patient=True)
        self._plan_rest(uid)

    def _count(self, uid: str) -> None:
        workload = self._workloads[uid]
        workload.counted = True
        if revision := self._objects.get(REVISION, workload.namespace, workload.name):
            self._write_status(workload, revision)

    def _adapt(self, uid: str, revision: JSON) -> None:
        """React to the routing state: a Revision in reserve forgets its min-scale and rests.

        One that is used again comes back.
        """
        workload = self._workloads[uid]
        if workload.stage is Stage.ACTIVE and self._pods_are_outdated(workload, revision):
            self._remove_pods(workload, uid)
            self._show_pods(workload, revision)
        reachable = (revision["metadata"].get("labels") or {}).get(ROUTING_STATE) != "reserve"
        if reachable == workload.reachable:
            return
        workload.reachable = reachable
        if reachable and _min_scale(revision) and workload.stage in {Stage.IDLE, Stage.COLD}:
            self._wake(uid)
        elif workload.stage is Stage.ACTIVE:
            if not reachable:
                workload.busy = max(workload.busy, self._timeline.now() - STABLE_WINDOW + RESERVE_WINDOW)
            self._plan_rest(uid)

    def _plan_rest(self, uid: str) -> None:
        self._timeline.cancel(("idle", uid))
        workload = self._workloads[uid]
        revision = self._objects.get(REVISION, workload.namespace, workload.name)
        if revision and not (workload.reachable and _min_scale(revision)):
            delay = max(0.0, workload.busy + STABLE_WINDOW - self._timeline.now())
            self._timeline.schedule(("idle", uid), delay, lambda: self._rest(uid), patient=True)

    def _rest(self, uid: str) -> None:
        workload = self._workloads[uid]
        if workload.stage is not Stage.ACTIVE:
            return
        if workload.busy + STABLE_WINDOW > self._timeline.now():  # there were requests since this was planned
            self._plan_rest(uid)
        else:
            self._enter(uid, Stage.IDLE)

    def _wake(self, uid: str) -> None:
        warm = self._workloads[uid].stage is Stage.IDLE
        self._timeline.cancel(("stage", uid))
        self._enter(uid, Stage.ACTIVE if warm else Stage.WAKING)

    def _write_status(self, workload: Workload, revision: JSON) -> None:
        row, scale = ROWS[workload.stage], max(1, _min_scale(revision))
        first = (revision["metadata"].get("labels") or {}).get(GENERATION_LABEL) == "1"
        said = conditions_of(workload.stage, image=workload.image, replica_set=_replica_set(revision), first=first)
        before = (revision.get("status") or {}).get("conditions") or []
        status: JSON = {"conditions": dated(said, before), "observedGeneration": revision["metadata"]["generation"]}
        if workload.stage is not Stage.RESOLVING:
            status["containerStatuses"] = [{"name": each["name"]} for each in revision["spec"]["containers"]]
        if row.running is not None:
            status["actualReplicas"] = scale if row.running else 0
        if row.wanted is not None and workload.counted:
            status["desiredReplicas"] = scale if row.wanted else 0
        self._objects.replace(REVISION, {**revision, "status": status}, status=True)

    def _show_pods(self, workload: Workload, revision: JSON) -> None:
        uid = revision["metadata"]["uid"]
        if workload.stage in PODLESS:
            self._remove_pods(workload, uid)
            return
        running = self._pods(workload, uid)
        for _ in range(max(1, _min_scale(revision)) - len(running)):
            self._addresses += 1
            pod = self._objects.create(POD, pods.pod_for(revision, _replica_set(revision), self._addresses))
            self._happenings.created(revision, _replica_set(revision), pod, len(running))
            self.logs[pod["metadata"]["namespace"], pod["metadata"]["name"]] = Log()
            running.append(pod)
        if state := CONTAINER_STATES.get(workload.stage):
            for pod in running:
                self._report(pod, revision, state)

    def _report(self, pod: JSON, revision: JSON, state: ContainerState) -> None:
        before, crashing = pod["status"], state is ContainerState.CRASHING
        status = pods.pod_status(revision["spec"], state, before["podIP"], before["startTime"], restarts=2 * crashing)
        if (
            before["containerStatuses"][0]["state"].keys()
            == status["containerStatuses"][0]["state"].keys()
            == {"running"}
        ):
            return
        pod = self._objects.replace(POD, {**pod, "status": status}, status=True)
        waiting = status["containerStatuses"][0]["state"].get("waiting")
        log = self.logs[pod["metadata"]["namespace"], pod["metadata"]["name"]]
        self._happenings.reported(pod, revision["spec"]["containers"][0], state)
        if waiting:
            self._recorder.record(pod, "kubelet", "BackOff", waiting["message"], type_=WARNING)
        if crashing:
            log.write(LAST_WORDS)
        elif state is ContainerState.RUNNING:
            log.write("helloworld: starting server...")
            log.write("helloworld: listening on port 8080")

    def _pods_are_outdated(self, workload: Workload, revision: JSON) -> bool:
        """Labels and annotations of a Revision are in its pods' template: a change rolls them, as a Deployment does."""
        wanted = pods.carried(revision)
        return any(pods.carried_by(pod) != wanted for pod in self._pods(workload, revision["metadata"]["uid"]))

    def _pods(self, workload: Workload, uid: str) -> list[JSON]:
        owned = self._objects.dependents(uid)
        found = [self._objects.get(kind, *key) for kind, key in sorted(owned, key=lambda each: each[1]) if kind is POD]
        return [pod for pod in found if pod and pod["metadata"]["namespace"] == workload.namespace]

    def _remove_pods(self, workload: Workload, uid: str) -> None:
        running = self._pods(workload, uid)
        for gone, pod in enumerate(running):
            metadata = pod["metadata"]
            self._objects.delete(POD, metadata["namespace"], metadata["name"])
            self._happenings.removed(workload.name, pod, len(running) - gone)
            if log := self.logs.pop((metadata["namespace"], metadata["name"]), None):
                log.end()


def _min_scale(revision: JSON) -> int:
    return int((revision["metadata"].get("annotations") or {}).get(MIN_SCALE, 0))


def _replica_set(revision: JSON) -> str:
    """The ReplicaSet's name, the same for a Revision as long as it lives."""
    digest = hashlib.sha256(revision["metadata"]["uid"].encode()).hexdigest()
    return f"{child_name(revision['metadata']['name'], '-deployment')}-{digest[:9]}"
