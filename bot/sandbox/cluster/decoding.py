"""What Knative's defaulting webhook cannot read: values of another type than its Go structs have.

It speaks before the custom resource's schema is looked at, so this is what a wrong type is answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.cluster.kinds import CONFIGURATION, ROUTE, SERVICE
from bot.sandbox.cluster.metadata import GO_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.sandbox.cluster.kinds import JSON, Kind

INT64 = range(-(2**63), 2**63)
TARGET = {
    "percent": "int64",
    "latestRevision": "bool",
    "revisionName": "string",
    "configurationName": "string",
    "tag": "string",
}
LIMITS = {"containerConcurrency": "int64", "timeoutSeconds": "int64"}
EMBEDDED = {SERVICE: ("RouteSpec.", "ConfigurationSpec."), ROUTE: ("", ""), CONFIGURATION: ("", "")}
"""Go's words name the struct that a Service's spec takes its fields from, too."""


def misfit_of(kind: Kind, obj: JSON) -> str | None:
    """Go's words for the first value of a wrong type; None when all can be read."""
    if kind not in EMBEDDED:
        return None
    return next(_misfits(obj.get("spec") or {}, *EMBEDDED[kind], kind), None)


def _misfits(spec: JSON, route: str, configuration: str, kind: Kind) -> Iterator[str]:
    traffic = spec.get("traffic")
    place = f"spec.{route}traffic"
    owner = f"{kind.kind}Spec" if route else "RouteSpec"
    if traffic is not None and not isinstance(traffic, list):
        yield _words(traffic, owner, place, "[]v1.TrafficTarget")
        return
    for target in traffic or []:
        if isinstance(target, dict):
            yield from _fields(target, TARGET.items(), "TrafficTarget", place)
        elif target is not None:
            yield _words(target, owner, place, "v1.TrafficTarget")
    template = (spec.get("template") or {}).get("spec") or {}
    yield from _fields(template, LIMITS.items(), "RevisionSpec", f"spec.{configuration}template.spec")


def _fields(there: JSON, wanted: Iterable[tuple[str, str]], struct: str, place: str) -> Iterator[str]:
    for field, type_ in wanted:
        value = there.get(field)
        if value is not None and not _fits(value, type_):
            yield _words(value, struct, f"{place}.{field}", type_)


def _fits(value: Any, type_: str) -> bool:
    match type_:
        case "int64":  # the API server writes 100.0 as 100
            return type(value) in (int, float) and value == int(value) and int(value) in INT64
        case "bool":
            return isinstance(value, bool)
        case _:
            return isinstance(value, str)


def _words(value: Any, struct: str, place: str, type_: str) -> str:
    said = f"number {value}" if type_ == "int64" and type(value) in (int, float) else GO_TYPES[type(value)]
    return f"json: cannot unmarshal {said} into Go struct field {struct}.{place} of type {type_}"
