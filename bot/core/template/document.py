"""JSON documents: the text that stands for one, the patch between two, and the container that serves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")


def merge_patch(before: Any, after: Any) -> Any:
    """Return the JSON merge patch that turns `before` into `after` (RFC 7386): removed keys become null."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return after
    patch: dict[str, Any] = {key: None for key in before if key not in after}
    for key, value in after.items():
        if key not in before:
            patch[key] = value
        elif canonical(before[key]) != canonical(value):  # in Python 1 equals true
            patch[key] = merge_patch(before[key], value)
    return patch


def canonical(document: Any) -> str:
    """Return JSON text that is the same for the same document: keys sorted, no blanks."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def serving(containers: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the container that serves, of those of a template's or Revision's spec."""
    return ported(containers, lambda container: container.get("ports"))


def ported(containers: Sequence[T], ports: Callable[[T], object]) -> T:
    """Of several containers the one with ports serves (Knative's rule); a single one needs none."""
    if len(containers) == 1:
        return containers[0]
    return next((container for container in containers if ports(container)), containers[0])
