"""Server-side apply: who applied which fields, so that two managers cannot overwrite each other unnoticed.

A manager owns the leaves that it last applied; lists are atomic, as Knative's resource definitions have them. What a
manager no longer applies is removed, unless somebody else owns it too. Ownership is kept beside the objects:
`managedFields` are not shown.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from bot.sandbox.cluster.failures import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sandbox.cluster.kinds import JSON

Path = tuple[str, ...]
IDENTITY = {("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace")}


class Ownership:
    """Which manager owns which fields, by the uid of the object."""

    def __init__(self) -> None:
        self._owned: dict[str, dict[str, dict[Path, Any]]] = defaultdict(dict)

    def applied(self, before: JSON | None, patch: JSON, manager: str, *, force: bool) -> JSON:
        """The object after an apply.

        Raises the 409 Failure that names every field which another manager owns differently.
        """
        wanted = {path: value for path, value in _leaves(patch) if path not in IDENTITY}
        if before is None:
            return patch
        managers = self._owned[before["metadata"]["uid"]]
        others = {name: owned for name, owned in managers.items() if name != manager}
        conflicts = [
            (name, path)
            for name, owned in others.items()
            for path in owned
            if path in wanted and owned[path] != wanted[path]
        ]
        if conflicts and not force:
            raise _conflict(conflicts)
        for name, path in conflicts:
            del managers[name][path]
        result = before
        kept = {path for owned in others.values() for path in owned}
        for path in managers.get(manager, {}):
            if path not in wanted and path not in kept:
                result = _without(result, path)
        for path, value in wanted.items():
            result = _with(result, path, value)
        return result

    def remember(self, uid: str, patch: JSON, manager: str) -> None:
        """Note what a manager applied, once it is stored."""
        self._owned[uid][manager] = {path: value for path, value in _leaves(patch) if path not in IDENTITY}

    def overwritten(self, uid: str, before: JSON, after: JSON, manager: str) -> None:
        """A plain write took fields over from those who had applied them."""
        managers = self._owned.get(uid)
        if not managers:
            return
        old, new = dict(_leaves(before)), dict(_leaves(after))
        changed = {path: new[path] for path in new if path[0] != "status" and old.get(path) != new[path]}
        for owned in managers.values():
            for path in changed:
                owned.pop(path, None)
        managers.setdefault(manager, {}).update(changed)


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict) and value:
        for field, inner in value.items():
            yield from _leaves(inner, (*path, field))
    elif path:
        yield path, value


def _with(obj: JSON, path: Path, value: Any) -> JSON:
    field, *rest = path
    inner = obj.get(field)
    return {**obj, field: _with(inner if isinstance(inner, dict) else {}, tuple(rest), value) if rest else value}


def _without(obj: JSON, path: Path) -> JSON:
    field, *rest = path
    if field not in obj:
        return obj
    inner = _without(obj[field], tuple(rest)) if rest and isinstance(obj[field], dict) else None
    return {**obj, field: inner} if inner else {key: value for key, value in obj.items() if key != field}


def _conflict(conflicts: list[tuple[str, Path]]) -> Failure:
    causes = [
        {"reason": "FieldManagerConflict", "message": f'conflict with "{name}"', "field": "." + ".".join(path)}
        for name, path in conflicts
    ]
    listed = "\n".join(f"{cause['message']}: {cause['field']}" for cause in causes)
    count = f"{len(causes)} conflict{'s' if len(causes) > 1 else ''}"
    return Failure(409, "Conflict", f"Apply failed with {count}: {listed}", {"causes": causes})
