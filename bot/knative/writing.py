"""A plan is written as one conditional request, or not at all; and nobody is told a guess about which.

The write carries the resourceVersion that the plan was made from, so that it cannot land on anything else, and the
plan's id as an annotation, so that a write whose answer was lost is recognised on the object. Whatever goes wrong, the
object is read before anything is sent again:

    it carries the plan's id                ours: done
    it is gone, and the plan deletes it     done, whoever did it
    its spec is no longer the plan's base   Stale: somebody else changed it
    only its status (or metadata) moved     sent again, conditional on the new resourceVersion
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from bot.core.errors import NotFound, Stale, Unavailable
from bot.core.plan import PLAN
from bot.core.staleness import conditional
from bot.knative import codec, faults, objects, patches, resources

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.core.model import Object, Service, ServiceKey, Stored
    from bot.core.plan import Plan
    from bot.knative.connection import Connection, Query

ATTEMPTS = 5
PAUSE_SECONDS = 0.05
DRY_RUN: Query = (("dryRun", "All"),)


def read(connection: Connection, key: ServiceKey) -> Service | None:
    """Return the Service as the API server has it now, or None."""
    path = resources.services(key.namespace, key.name)
    try:
        return codec.SERVICES.one(connection.read(path), connection.cluster).value
    except NotFound:
        return None


def stored(connection: Connection, about: Object) -> Stored | None:
    """Return an object that is no Service as the API server has it now, or None; see `objects.read`."""
    return objects.read(connection, about)


def applied(connection: Connection, plan: Plan) -> bool:
    """Whether the write of `plan` is there to be seen; see `done`."""
    return done(plan, _present(connection, plan))


def done(plan: Plan, found: Service | Stored | None) -> bool:
    """Whether the last write of Knobot that an object carries is the one of `plan`; deleted is deleted."""
    if plan.deletes:
        return found is None or (plan.base is not None and found.uid != plan.base.uid) or found.deleting
    return found is not None and found.annotations.get(PLAN) == plan.id


def apply(connection: Connection, plan: Plan, headers: Mapping[str, str]) -> Service | Stored | None:
    """Write `plan` and return the object as written, None for one that is gone.

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
        if done(plan, found):
            return found
        _unmoved(plan, found, lost)
        version = found.resource_version if found else ""
        time.sleep(random.uniform(0, PAUSE_SECONDS * (attempt + 1)))  # noqa: S311 # spreads retries, hides nothing
    if lost is not None:
        raise _unknown(plan, lost) from lost
    raise Unavailable(
        f"{plan.subject} keeps changing its status, so nothing was written.", "Try again in a moment.", code=faults.BUSY
    )


def rehearse(connection: Connection, plan: Plan, headers: Mapping[str, str]) -> Service | Stored | None:
    """Send the write of `plan` as a dry run: defaults, webhooks and RBAC see it, and nothing is stored.

    Returns:
        The object as it would be, None for one that would be gone.

    Raises:
        Stale: the object is no longer the plan's base.
        Invalid, Refused, NotFound: an admission webhook, RBAC, or the lack of the namespace.
        Unavailable: the cluster does not answer, or status changes faster than a request takes.
    """
    version = plan.base.resource_version if plan.base else ""
    for _ in range(ATTEMPTS):
        try:
            return _write(connection, plan, version, headers, dry=True)
        except Stale:
            found = _present(connection, plan)
            conditional(plan, found)
            version = found.resource_version if found else ""
    raise Unavailable(f"{plan.subject} keeps changing its status.", "Try again in a moment.", code=faults.BUSY)


def _present(connection: Connection, plan: Plan) -> Service | Stored | None:
    return stored(connection, plan.about) if plan.about else read(connection, plan.key)


def _write(
    connection: Connection, plan: Plan, version: str, headers: Mapping[str, str], *, dry: bool = False
) -> Service | Stored | None:
    place = objects.path(plan.about) if plan.about else resources.services(plan.key.namespace, plan.key.name)
    if plan.deletes:
        # The API server does not look at a DELETE's query where there is a body: dryRun there would delete.
        preconditions = {"uid": plan.base.uid if plan.base else "", "resourceVersion": version}
        options = {"preconditions": preconditions, **({"dryRun": ["All"]} if dry else {})}
        connection.write("DELETE", place, options, headers)
        return None
    query = DRY_RUN if dry else ()
    method, path = ("PATCH", place) if plan.base else ("POST", place.rpartition("/")[0])
    if plan.about:
        document = objects.patch(plan, version) if plan.base else objects.body(plan)
        return objects.decode(plan.about.kind, connection.write(method, path, document, headers, query))
    document = patches.patch(plan, version) if plan.base else patches.body(plan)
    return codec.SERVICES.one(connection.write(method, path, document, headers, query), connection.cluster).value


def _look(connection: Connection, plan: Plan, lost: Unavailable | None) -> Service | Stored | None:
    try:
        return _present(connection, plan)
    except Unavailable as error:
        if lost is None:
            raise
        raise _unknown(plan, error) from error


def _unmoved(plan: Plan, found: Service | Stored | None, lost: Unavailable | None) -> None:
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
        f"It is not known whether {plan.subject} was changed: the answer to the write was lost. {cause.message}",
        f"`status {plan.key.name}` shows what is there. Applying the same plan again is safe: it is written once.",
        code="unknown",
    )
