"""Which Revisions the targets of a Route mean now, or why one of them means none.

One bad target spoils the whole list: the Route then says so and leaves the old routing in place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sandbox.cluster.controllers.conditions import FALSE, UNKNOWN, status_of
from bot.sandbox.cluster.controllers.configuration import CONFIGURATION_LABEL
from bot.sandbox.cluster.controllers.service import SERVICE_LABEL
from bot.sandbox.cluster.kinds import CONFIGURATION, REVISION

if TYPE_CHECKING:
    from bot.sandbox.cluster.kinds import JSON
    from bot.sandbox.cluster.objects import Objects


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Why a target has no Revision: what AllTrafficAssigned says."""

    status: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """A target with its Revision; `follows` is the Configuration whose latest Revision it wants."""

    revision: str
    percent: int
    tag: str
    follows: str


def resolve(objects: Objects, route: JSON) -> list[Resolved] | Unresolved:
    """All targets of a Route, or the last problem found among them, as Knative reports it."""
    found = [_resolve(objects, route, target) for target in route["spec"]["traffic"]]
    problems = [each for each in found if isinstance(each, Unresolved)]
    return problems[-1] if problems else [each for each in found if isinstance(each, Resolved)]


def _resolve(objects: Objects, route: JSON, target: JSON) -> Resolved | Unresolved:
    namespace = route["metadata"]["namespace"]
    percent, tag = target.get("percent", 0), target.get("tag", "")
    if name := target.get("revisionName"):
        problem = _problem_of_revision(objects, name, route)
        return problem or Resolved(name, percent, tag, "")
    name = target["configurationName"]
    configuration = objects.get(CONFIGURATION, namespace, name)
    if configuration is None:
        return _missing(name)
    if latest := configuration.get("status", {}).get("latestReadyRevisionName"):
        return Resolved(latest, percent, tag, name)
    if status_of(configuration) == FALSE:
        return Unresolved(FALSE, "RevisionMissing", f'Configuration "{name}" does not have any ready Revision.')
    waiting = f'Configuration "{name}" is waiting for a Revision to become ready.'
    return Unresolved(UNKNOWN, "RevisionMissing", waiting)


def _missing(configuration: str) -> Unresolved:
    return Unresolved(
        FALSE, "ConfigurationMissing", f'Configuration "{configuration}" referenced in traffic not found.'
    )


def _problem_of_revision(objects: Objects, name: str, route: JSON) -> Unresolved | None:
    namespace = route["metadata"]["namespace"]
    revision = objects.get(REVISION, namespace, name)
    if revision is None:
        return Unresolved(FALSE, "RevisionMissing", f'Revision "{name}" referenced in traffic not found.')
    configuration = (revision["metadata"].get("labels") or {}).get(CONFIGURATION_LABEL, "")
    if objects.get(CONFIGURATION, namespace, configuration) is None:
        return _missing(configuration)
    service = (route["metadata"].get("labels") or {}).get(SERVICE_LABEL)
    owner = (revision["metadata"].get("labels") or {}).get(SERVICE_LABEL)
    if owner != service:
        return Unresolved(
            FALSE, "RevisionNotOwned", f'Revision "{name}" referenced in traffic is not owned by this Route.'
        )
    match status_of(revision):
        case "True":
            return None
        case "False":
            return Unresolved(FALSE, "RevisionMissing", f'Revision "{name}" failed to become ready.')
        case _:
            return Unresolved(UNKNOWN, "RevisionMissing", f'Revision "{name}" is not yet ready.')
