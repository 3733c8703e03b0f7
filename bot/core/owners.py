"""Who else writes to a Service: tools that put their own wish over Knobot's, known by the marks that they leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.core.model import Service

MARKS = {
    "flagger.app/primary-revision": "Flagger",
    "argocd.argoproj.io/tracking-id": "Argo CD",
    "argocd.argoproj.io/instance": "Argo CD",
    "kustomize.toolkit.fluxcd.io/name": "Flux",
    "helm.toolkit.fluxcd.io/name": "Flux",
}
"""Annotation or label → the tool that leaves it on what it manages."""


def warnings(service: Service) -> list[str]:
    """Return what a person should know before changing a Service that somebody else changes too."""
    marks = {*service.annotations, *service.labels}
    tools = dict.fromkeys(tool for mark, tool in MARKS.items() if mark in marks)
    found = [f"{tool} manages {service.key.name} too, and may put its own wish over this." for tool in tools]
    route = service.condition("RoutesReady")
    if route and route.reason == "RolloutInProgress":
        found.append("Knative is moving traffic by itself now (rollout-duration); this ends that.")
    return found
