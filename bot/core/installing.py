"""Knative itself, as a plan: the release manifests that the configuration names are applied, module by module.

Applying them again does no harm, so a plan of it is repeated after a crash like any other. What it is bound to is the
manifests: others in the files by the time of the write are not what was agreed to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.model import Object, ObjectKind, ServiceKey
from bot.core.plan import Base, Plan, Request, State, sealed
from bot.core.template import Change, canonical

if TYPE_CHECKING:
    from collections.abc import Sequence

VERB = "install"
SYSTEM = "knative-serving"
RELEASE = Object(ObjectKind.RELEASE, SYSTEM)
"""What is installed, as an object that plans are about: its document is module → digest of its manifests."""
UID = "release"


@dataclass(frozen=True, slots=True)
class Module:
    """One file of manifests: its name, how many objects are in it, and the SHA-256 of them."""

    name: str
    objects: int
    digest: str


def document(modules: Sequence[Module]) -> str:
    """Return what a plan decides about, as JSON text."""
    return canonical({module.name: module.digest for module in modules})


def plan(modules: Sequence[Module], cluster: str, request: Request) -> Plan:
    """Return the plan that puts the modules into a cluster."""
    state = State(document=document(modules))
    count = sum(module.objects for module in modules)
    return sealed(
        Plan(
            VERB,
            ServiceKey(cluster, SYSTEM, ""),
            request,
            Base(UID, 0, ""),
            state,
            state,
            changes=tuple(Change(module.name, None, f"{module.objects} objects") for module in modules),
            about=RELEASE,
            loses=(
                f"{count} objects are put into the cluster {cluster}: what was changed in them by hand is written over",
            ),
        )
    )
