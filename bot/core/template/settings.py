"""One setting: where in a template it lies and what shall be there. All that a deploy can set is a row of these.

A path leads from one of three places through objects and lists; an entry of a list is told apart by one of its own
fields, as Kubernetes does it (variables by name, mounts by path), so that its neighbours and their order stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from bot.core.template.document import serving

AUTOSCALING = "autoscaling.knative.dev/"


class Place(Enum):
    """Where a path begins: at the template's metadata, at its spec, or at the container that serves."""

    METADATA = "metadata"
    SPEC = "spec"
    CONTAINER = "container"


@dataclass(frozen=True, slots=True)
class Entry:
    """The entry of a list that has `value` at `key`, or the first entry where `key` is empty."""

    key: tuple[str, ...] = ()
    value: str = ""

    def of(self, items: list[dict[str, Any]]) -> int | None:
        """Return where in `items` it stands."""
        return next((index for index, item in enumerate(items) if self._is(item)), None)

    def _is(self, item: Any) -> bool:
        for field in self.key:
            item = (item or {}).get(field)
        return not self.key or item == self.value


Step = str | Entry


@dataclass(frozen=True, slots=True)
class Setting:
    """`value` is JSON: what shall be at the end of `path`; None takes away what is there."""

    place: Place
    path: tuple[Step, ...]
    value: Any


def apply(setting: Setting, template: dict[str, Any]) -> None:
    """Change `template` so that it has `setting`; objects and lists that are left empty by taking away go too."""
    if setting.place is Place.METADATA:
        start = _object(template, "metadata")
    else:
        start = _object(template, "spec")
        if setting.place is Place.CONTAINER:
            start = serving(start.setdefault("containers", [{}]))
    _put(start, setting.path, setting.value)


def _put(parent: dict[str, Any] | list[Any], path: tuple[Step, ...], value: Any) -> None:
    step, *rest = path
    if rest:
        if value is None and _child(parent, step) is None:
            return
        child = _made(parent, step, [] if isinstance(rest[0], Entry) else {})
        _put(child, tuple(rest), value)
        if value is None and not child:
            _remove(parent, step)
    elif value is None:
        _remove(parent, step)
    elif isinstance(parent, dict):
        parent[str(step)] = value
    elif isinstance(step, Entry):
        index = step.of(parent)
        if index is None:
            parent.append(value)
        else:
            parent[index] = value


def _child(parent: dict[str, Any] | list[Any], step: Step) -> Any:
    if isinstance(step, Entry):
        items = parent if isinstance(parent, list) else []
        index = step.of(items)
        return None if index is None else items[index]
    return parent.get(step) if isinstance(parent, dict) else None


def _made(parent: dict[str, Any] | list[Any], step: Step, empty: dict[str, Any] | list[Any]) -> Any:
    """Return what is at `step`, made where there is nothing; null is nothing, as Go's encoder writes it."""
    child = _child(parent, step)
    if child is None:
        child = empty
        if isinstance(parent, dict):
            parent[str(step)] = child
        else:
            parent.append(child)
    return child


def _remove(parent: dict[str, Any] | list[Any], step: Step) -> None:
    if isinstance(parent, dict):
        parent.pop(str(step), None)
    elif isinstance(step, Entry):
        index = step.of(parent)
        if index is not None:
            del parent[index]


def _object(parent: dict[str, Any], key: str) -> dict[str, Any]:
    if parent.get(key) is None:
        parent[key] = {}
    child: dict[str, Any] = parent[key]
    return child
