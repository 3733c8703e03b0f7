"""A plan is written as one conditional request, or not at all; and nobody is told a guess about which.

The write carries the resourceVersion that the plan was made from, so that it cannot land on anything else, and the
plan's id as an annotation, so that a write whose answer was lost is recognised on the object. Whatever goes wrong, the
object is read before anything is sent again:

    it carries the plan's id                ours: done
    its spec is no longer the plan's base   Stale: somebody else changed it
    only its status (or metadata) moved     sent again, conditional on the new resourceVersion
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from bot.core.errors import NotFound, Stale, Unavailable
from bot.core.plan import conditional
from bot.knative import codec, faults, resources

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.core.model import Service, ServiceKey
    from bot.core.plan import Plan
    from bot.knative.connection import Connection

ATTEMPTS = 5
PAUSE_SECONDS = 0.05


def read(connection: Connection, key: ServiceKey) -> Service | None:
    """Return the Service as the API server has it now, or None."""
    path = resources.services(key.namespace, key.name)
    try:
        return codec.decode_service(connection.read(path), connection.cluster).value
    except NotFound:
        return None


def apply(connection: Connection, plan: Plan, headers: Mapping[str, str]) -> Service:
    """Write `plan` and return the Service as written.

    Args:
        connection: of the plan's cluster.
        plan: its base must come from this cluster.
        headers: sent with the write only, such as those for impersonation.

    Raises:
        Stale: the object is no longer the plan's base; nothing was written.
        Invalid, Refused, NotFound: an admission webhook, RBAC, or the lack of the namespace; nothing was written.
        Unavailable: code "unknown" where it is not known whether it was written, else nothing was.
    """
    version = plan.base.resource_version if plan.base else ""
    lost: Unavailable | None = None
    for attempt in range(ATTEMPTS):
        try:
            return _write(connection, plan, version, headers)
        except Stale:
            pass  # a conflict: what it means only the object can tell
        except NotFound:
            if plan.base is None:
                raise  # the namespace is missing
        except Unavailable as error:
            if error.code == faults.LOST:
                lost = error
            elif lost is None:
                raise
        found = _look(connection, plan, lost)
        if found is not None and codec.written_by(plan, found):
            return found
        _unmoved(plan, found, lost)
        version = found.resource_version if found else ""
        time.sleep(random.uniform(0, PAUSE_SECONDS * (attempt + 1)))  # noqa: S311 # spreads retries, hides nothing
    if lost is not None:
        raise _unknown(plan, lost) from lost
    raise Unavailable(
        f"{plan.key} keeps changing its status, so nothing was written.", "Try again in a moment.", code=faults.BUSY
    )


def _write(connection: Connection, plan: Plan, version: str, headers: Mapping[str, str]) -> Service:
    if plan.base is None:
        path = resources.services(plan.key.namespace)
        answer = connection.write("POST", path, codec.body(plan), headers)
    else:
        path = resources.services(plan.key.namespace, plan.key.name)
        answer = connection.write("PATCH", path, codec.patch(plan, version), headers)
    return codec.decode_service(answer, connection.cluster).value


def _look(connection: Connection, plan: Plan, lost: Unavailable | None) -> Service | None:
    try:
        return read(connection, plan.key)
    except Unavailable as error:
        if lost is None:
            raise
        raise _unknown(plan, error) from error


def _unmoved(plan: Plan, found: Service | None, lost: Unavailable | None) -> None:
    """Refuse to send again what is stale; a lost write that others may have replaced since is not called unwritten."""
    try:
        conditional(plan, found)
    except Stale as stale:
        created = plan.base.generation if plan.base else 0
        if lost is not None and (found is None or found.generation > created + 1):
            raise _unknown(plan, stale) from stale
        raise


def _unknown(plan: Plan, cause: Unavailable | Stale) -> Unavailable:
    return Unavailable(
        f"It is not known whether {plan.key} was changed: the answer to the write was lost. {cause.message}",
        f"`status {plan.key.name}` shows what is there. Applying the same plan again is safe: it is written once.",
        code="unknown",
    )
