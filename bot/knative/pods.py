"""Pods of Revisions and what their containers wrote: why a Revision does not become Ready is mostly found here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bot.core.errors import Invalid, NotFound
from bot.core.model import Pod
from bot.knative import codec, resources
from bot.knative.documents import Document, Metadata

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.core.model import ServiceKey
    from bot.knative.connection import Connection

SERVING_CONTAINER = "user-container"
"""How Knative names a container that the template leaves unnamed."""
SIDECAR = "queue-proxy"
SERVING_PORT = "user-port"
LONGEST = 300
LOGGED_PODS = 5
LOG_BYTES = 256 * 1024


class Waiting(Document):
    reason: str = ""
    message: str = ""


class Terminated(Document):
    exit_code: int = 0
    reason: str = ""
    message: str = ""


class State(Document):
    waiting: Waiting | None = None
    terminated: Terminated | None = None


class ContainerStatus(Document):
    name: str
    ready: bool = False
    restart_count: int = 0
    state: State = msgspec.field(default_factory=State)
    last_state: State = msgspec.field(default_factory=State)


class PodCondition(Document):
    type: str
    status: str
    reason: str = ""
    message: str = ""


class Port(Document):
    name: str = ""


class Container(Document):
    name: str
    ports: list[Port] | None = None


class PodSpec(Document):
    containers: list[Container]


class PodStatus(Document):
    phase: str = "Unknown"
    reason: str = ""
    message: str = ""
    conditions: list[PodCondition] | None = None
    container_statuses: list[ContainerStatus] | None = None


class PodDocument(Document):
    metadata: Metadata
    spec: PodSpec
    status: PodStatus = msgspec.field(default_factory=PodStatus)


class PodList(Document):
    items: list[PodDocument]


_PODS = msgspec.json.Decoder(PodList)


def pods(connection: Connection, key: ServiceKey, revision: str | None) -> list[Pod]:
    """Return the pods of a Service, or of one Revision of it, newest first."""
    return [_pod(document) for document in listed(connection, key, revision)]


def logs(
    connection: Connection, key: ServiceKey, revision: str, lines: int, since: timedelta | None = None
) -> list[str]:
    """Return the last `lines` lines that the serving containers of a Revision wrote, oldest first.

    Lines of several pods (the newest five) are merged by the time at which they were written; `since` leaves out those
    that are older. A container that has not started has written nothing.
    """
    found: list[tuple[str, str]] = []
    for document in listed(connection, key, revision)[:LOGGED_PODS]:
        query = (
            ("container", serving(document.spec.containers)),
            ("tailLines", str(lines)),
            ("limitBytes", str(LOG_BYTES)),
            ("timestamps", "true"),
            *within(since),
        )
        try:
            text = connection.read(resources.log(key.namespace, document.metadata.name), query)
        except (Invalid, NotFound):
            continue  # waiting to start, or gone since the list was made
        written = text.decode(errors="replace").splitlines()
        found += [(time, line) for time, _, line in (stamped.partition(" ") for stamped in written)]
    found.sort(key=lambda entry: entry[0])
    return [line for _, line in found[-lines:]]


def within(since: timedelta | None) -> tuple[tuple[str, str], ...]:
    """Return the parameter of a log that leaves out what is older; the API counts in whole seconds from one on."""
    return () if since is None else (("sinceSeconds", str(max(1, int(since.total_seconds())))),)


def listed(connection: Connection, key: ServiceKey, revision: str | None) -> list[PodDocument]:
    """Return the pods of a Service, or of one Revision of it, as the API has them, newest first."""
    selector = f"{codec.SERVICE_LABEL}={resources.label(key.name, 'Service')}"
    if revision is not None:
        selector += f",{codec.REVISION_LABEL}={resources.label(revision, 'Revision')}"
    data = connection.read(resources.pods(key.namespace), (("labelSelector", selector),))
    return _newest_first(codec.decode(_PODS, data).items)


def _newest_first(documents: list[PodDocument]) -> list[PodDocument]:
    return sorted(documents, key=lambda document: document.metadata.creation_timestamp, reverse=True)


def _pod(document: PodDocument) -> Pod:
    metadata, status = document.metadata, document.status
    containers = status.container_statuses or []
    name = serving(document.spec.containers)
    reason, message = _trouble(status, sorted(containers, key=lambda container: container.name != name))
    return Pod(
        name=metadata.name,
        revision=(metadata.labels or {}).get(codec.REVISION_LABEL, ""),
        phase="Terminating" if metadata.deletion_timestamp else status.phase,
        ready=any(condition.type == "Ready" and condition.status == "True" for condition in status.conditions or ()),
        restarts=sum(container.restart_count for container in containers),
        created=metadata.creation_timestamp,
        reason=reason,
        message=" ".join(message.split())[:LONGEST],
    )


def serving(containers: list[Container]) -> str:
    """Return the name of the container that serves: Knative names its port, whatever the container is called."""
    own = [container for container in containers if container.name != SIDECAR]
    named = (container for container in own if any(port.name == SERVING_PORT for port in container.ports or ()))
    return next((container.name for container in (*named, *own)), SERVING_CONTAINER)


def _trouble(status: PodStatus, containers: list[ContainerStatus]) -> tuple[str, str]:
    """Return reason and message of what keeps a pod from being ready: a container's, else the pod's, else nothing.

    A container that waits between two crashes says only CrashLoopBackOff: how it ended last says more.
    """
    for container in containers:
        if container.ready:
            continue
        stuck = container.state.waiting or container.state.terminated
        if stuck is not None:
            ended = container.state.terminated or container.last_state.terminated
            return stuck.reason, _ending(ended) if ended else stuck.message
    if status.reason:
        return status.reason, status.message
    for condition in status.conditions or ():
        if condition.type == "PodScheduled" and condition.status == "False":
            return condition.reason, condition.message
    return "", ""


def _ending(ended: Terminated) -> str:
    code = f"ended with exit code {ended.exit_code}"
    return ended.message or (code if ended.reason in ("", "Error") else f"{code} ({ended.reason})")
