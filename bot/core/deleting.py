"""Plans that take something away: what is lost by it is part of the plan, and has to be confirmed by who asks.

Knative makes the newest Revision anew as soon as it is deleted, and traffic that leads to a deleted one is lost; both
are refused (knative/serving issues 10740 and 10949).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core import references, traffic
from bot.core.counting import counted
from bot.core.errors import Invalid, NotFound
from bot.core.model import Object, ObjectKind, ServiceKey
from bot.core.plan import GONE, Base, Plan, Request, State, sealed

if TYPE_CHECKING:
    from bot.core.model import Revision, Service, Snapshot, Stored

VERB = "delete"


def service(snapshot: Snapshot, request: Request) -> Plan:
    """Return the plan that deletes a Service with everything that belongs to it.

    Raises:
        NotFound: there is none. Invalid: it is being deleted already.
    """
    found = snapshot.service
    if found is None:
        raise NotFound(f"There is no Service {snapshot.key}.", "`services` lists those that are there.")
    if found.deleting:
        raise Invalid(f"{snapshot.key} is being deleted.", "Wait until it is gone.")
    before = State(found.traffic, found.template)
    loses, leads = tuple(_losses(snapshot, found)), references.followed(snapshot)
    return sealed(Plan(VERB, snapshot.key, request, Base.of(found), before, GONE, loses=loses, leads=leads))


def subject(reference: str, snapshot: Snapshot) -> Object:
    """Return the Revision that `reference` names as an object.

    Raises:
        NotFound: there is none. Invalid: it carries traffic or a tag, or is the newest one.
    """
    revision = references.find(reference, snapshot)
    _spare(revision, snapshot)
    return Object(ObjectKind.REVISION, revision.name, snapshot.key.namespace)


def revision(key: ServiceKey, about: Object, found: Stored | None, request: Request) -> Plan:
    """Return the plan that deletes the Revision `about`, which is `found` on the cluster.

    It holds for the Revision exactly as it is: one that is given traffic, or a mark to be kept, meanwhile stays.
    """
    if found is None:
        raise NotFound(f"There is no Revision {about.name} any more.")
    loses = (f"the Revision {about.name}: nobody can go back to it",)
    return sealed(Plan(VERB, key, request, Base.of(found), State(document="{}"), GONE, loses=loses, about=about))


def _losses(snapshot: Snapshot, found: Service) -> list[str]:
    count = len(snapshot.revisions)
    lost = [f"{counted(count, 'Revision')}, with all that could be gone back to"]
    if found.url:
        lost.append(f"the address {found.url}")
    tags = traffic.tags(found.traffic)
    if tags:
        lost.append(f"the tag{'' if len(tags) == 1 else 's'} {', '.join(tags)}")
    return lost


def _spare(revision: Revision, snapshot: Snapshot) -> None:
    found = snapshot.service
    if found is None:
        raise NotFound(f"There is no Service {snapshot.key}.")
    wished = {target.revision or references.followed(snapshot) for target in found.traffic}
    if revision.name in wished or revision.name in found.shares:
        raise Invalid(
            f"{revision.name} carries traffic or a tag.",
            f"`rollout {snapshot.key.name}` or `untag` take it away first.",
        )
    if revision.name == found.latest_created:
        raise Invalid(
            f"{revision.name} is the newest Revision: Knative would make it anew at once.",
            "Deploy what shall take its place, and delete it then.",
        )
