"""Who else writes to a Service: tools that put their own wish over Knobot's, known by the marks that they leave.

Argo CD and Flux make the whole object what their repository says. Flagger moves the traffic, and so does Knative itself
while a rollout-duration lasts. A change of what somebody else decides is refused, unless it is forced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.core.model import Service
    from bot.core.plan import Plan

FORCE = "force"
"""The word by which rules let people change what another tool decides; no verb, but asked for like one."""
WHOLE = {
    "argocd.argoproj.io/tracking-id": "Argo CD",
    "argocd.argoproj.io/instance": "Argo CD",
    "kustomize.toolkit.fluxcd.io/name": "Flux",
    "helm.toolkit.fluxcd.io/name": "Flux",
}
"""Annotation or label → the tool that leaves it on what it manages as a whole."""
TRAFFIC = {"flagger.app/primary-revision": "Flagger"}
"""Annotation or label → the tool that leaves it on a Service whose traffic it moves."""
IN_PROGRESS = "RolloutInProgress"
WAY_OUT = "If it cannot wait, and you may: `--force`."


def check(plan: Plan, service: Service, *, force: bool, back: bool) -> tuple[str, ...]:
    """Let `plan` pass if nobody else decides about what it changes, or if it is forced.

    Args:
        plan: changes `service`.
        service: as it is.
        force: whether the person wants it all the same.
        back: whether it goes back to what was: that may end a gradual rollout without force, since nothing is quicker.

    Returns:
        What a person should know who reads the plan; empty where nobody else has to do with it.

    Raises:
        Refused: somebody else decides about it; code "owned".
    """
    refusals = list(_refusals(plan, service, back=back))
    if refusals and not force:
        message, hint = refusals[0]
        raise Refused(message, f"{hint} {WAY_OUT}", code="owned")
    return (*(f"Forced: {message}" for message, _ in refusals), *_notes(plan, service, back=back))


def forced(plan: Plan, service: Service, *, back: bool) -> bool:
    """Whether `plan` passes by force alone."""
    return any(_refusals(plan, service, back=back))


def _refusals(plan: Plan, service: Service, *, back: bool) -> Iterator[tuple[str, str]]:
    name = service.key.name
    for mark in plan.before.attributes if plan.before else ():
        tool = {**WHOLE, **TRAFFIC}.get(mark.name)
        if tool and mark.value is not None:
            yield f"{tool} knows {name} by its {mark.kind.value} {mark.name}.", "Take it from there instead."
    if plan.new_revision or plan.moves_traffic:
        for tool in _tools(service, WHOLE):
            yield f"{tool} manages {name} and may put its own wish over this.", "Change it where it takes it from."
    if plan.moves_traffic:
        for tool in _tools(service, TRAFFIC):
            yield f"{tool} moves the traffic of {name} and may put its own wish over this.", "Let it come to its end."
        if _in_progress(service) and not back:
            hint = f"Let it come to its end, or go back: `rollback {name}`."
            yield (
                f"Knative is moving the traffic of {name} by itself now (rollout-duration); this would end that.",
                hint,
            )


def _notes(plan: Plan, service: Service, *, back: bool) -> Iterator[str]:
    if _in_progress(service) and plan.moves_traffic and back:
        yield "Knative is moving traffic by itself now (rollout-duration); this ends that."
    if plan.new_revision and not plan.moves_traffic:
        for tool in _tools(service, TRAFFIC):
            yield f"{tool} decides what traffic the new Revision gets."


def _tools(service: Service, marks: dict[str, str]) -> list[str]:
    found = {*service.annotations, *service.labels}
    return list(dict.fromkeys(tool for mark, tool in marks.items() if mark in found))


def _in_progress(service: Service) -> bool:
    route = service.condition("RoutesReady")
    return route is not None and route.reason == IN_PROGRESS
