"""JSON documents: the text that stands for one, the patch between two, and the container that serves."""

from __future__ import annotations

import json
from typing import Any


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
    """Of several containers the one with ports serves (Knative's rule); a single one needs none."""
    return next((container for container in containers if container.get("ports")), containers[0])
