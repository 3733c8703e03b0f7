"""The clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.model import Pod, Revision, Service, ServiceKey, Snapshot
    from bot.core.plan import Plan


@dataclass(frozen=True, slots=True)
class Response:
    """What the ingress answered to one request: HTTP status, body as text, seconds it took."""

    status: int
    body: str
    seconds: float


class Knative(Protocol):
    """Knative on one or several clusters, by the names that the configuration gives them."""

    def snapshot(self, key: ServiceKey) -> Snapshot:
        """Read one Service with its Revisions, newest first; a Service that is not there is None in it."""
        ...

    def services(self, cluster: str, namespace: str) -> Sequence[Service]:
        """List the Services of a namespace by name."""
        ...

    def revisions(self, cluster: str, namespace: str) -> Sequence[Revision]:
        """List the Revisions of all Services of a namespace, newest first."""
        ...

    def pods(self, key: ServiceKey, revision: str | None = None) -> Sequence[Pod]:
        """List the pods of a Service, or of one Revision of it, newest first."""
        ...

    def logs(self, key: ServiceKey, revision: str, lines: int) -> Sequence[str]:
        """Return the last lines that the serving containers of a Revision wrote, oldest first; may be empty."""
        ...

    def apply(self, plan: Plan) -> Service:
        """Write `plan` as one conditional request and return the Service as written.

        Recognises a write of this very plan that already happened and returns the Service then.

        Raises:
            Stale: the object is no longer the plan's base. Invalid: Knative's webhook refused it. Refused: RBAC did.
        """
        ...

    def applied(self, plan: Plan) -> Service | None:
        """Return the Service if it carries the write of `plan` as its last one by Knobot, else None."""
        ...

    def fetch(self, service: Service, path: str, count: int, tag: str | None = None) -> Sequence[Response]:
        """Send `count` GET requests for `path` through the ingress to the Service, or to one tag's address."""
        ...
