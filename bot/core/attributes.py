"""Labels and annotations of the Service itself: they say things about it, and make no new Revision."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.core.template import HIDDEN, Change, secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.core.model import Service

OWN = "knobot.dev/"
"""What begins so is Knobot's own, and nobody sets it by hand."""
VISIBILITY = "networking.knative.dev/visibility"
CLUSTER_LOCAL = "cluster-local"
ROLLOUT_DURATION = "serving.knative.dev/rollout-duration"
"""Annotation that Knative reads from a Service and nowhere else: over how long it moves traffic by itself."""


class AttributeKind(StrEnum):
    """The two kinds of attribute; the value is the word for one."""

    LABEL = "label"
    ANNOTATION = "annotation"


@dataclass(frozen=True, slots=True)
class Attribute:
    """`value` None stands for an attribute that is not there, or shall not be."""

    kind: AttributeKind
    name: str
    value: str | None


def label(name: str, value: str | None) -> Attribute:
    return Attribute(AttributeKind.LABEL, name, value)


def annotation(name: str, value: str | None) -> Attribute:
    return Attribute(AttributeKind.ANNOTATION, name, value)


def present(service: Service, wished: Iterable[Attribute]) -> tuple[Attribute, ...]:
    """Return what the Service has under the names of `wished`, in their order."""
    there = {AttributeKind.LABEL: service.labels, AttributeKind.ANNOTATION: service.annotations}
    return tuple(replace(each, value=there[each.kind].get(each.name)) for each in wished)


def settled(wished: Iterable[Attribute]) -> tuple[Attribute, ...]:
    """Return `wished` with each name once, as wished last."""
    return tuple({(each.kind, each.name): each for each in wished}.values())


def merged(there: Mapping[str, str], wished: Iterable[Attribute], kind: AttributeKind) -> dict[str, str]:
    """Return labels or annotations once `wished` is so."""
    values = {**there, **{each.name: each.value for each in wished if each.kind is kind}}
    return {name: value for name, value in values.items() if value is not None}


def differences(before: Iterable[Attribute], after: Iterable[Attribute]) -> tuple[Change, ...]:
    """Return what differs between two rows of the same names, with secrets hidden."""
    return tuple(
        Change(f"Service {now.kind.value} {now.name}", _shown(was), _shown(now))
        for was, now in zip(before, after, strict=True)
        if was.value != now.value
    )


def _shown(attribute: Attribute) -> str | None:
    if attribute.value is None:
        return None
    return HIDDEN if secret(attribute.name, attribute.value) else attribute.value
