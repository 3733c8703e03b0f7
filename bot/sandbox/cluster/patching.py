"""The four ways to change a part of an object.

JSON merge patch, JSON patch, strategic merge patch and server-side apply.

Each takes an object and a patch and returns a new object; none changes its arguments.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from bot.sandbox.cluster.failures import Failure, bad_request

if TYPE_CHECKING:
    from bot.sandbox.cluster.kinds import JSON

MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"

MERGE_KEYS = {
    "containers": "name",
    "env": "name",
    "volumes": "name",
    "ports": "containerPort",
    "conditions": "type",
    "ownerReferences": "uid",
}


def merged(target: Any, patch: Any) -> Any:
    """RFC 7386: objects are merged, null removes, everything else replaces whole, lists too."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def strategically_merged(target: Any, patch: Any) -> Any:
    """Like a merge patch, but lists of known fields are merged by the key that names their items."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for field, value in patch.items():
        if value is None:
            result.pop(field, None)
        elif field.startswith("$"):
            continue  # directives steer lists, handled below; $retainKeys and $setElementOrder only order them
        elif isinstance(value, list) and field in MERGE_KEYS:
            result[field] = _merged_list(result.get(field) or [], value, MERGE_KEYS[field])
        else:
            result[field] = strategically_merged(result.get(field), value)
    return result


def _merged_list(items: list[JSON], patches: list[JSON], key: str) -> list[JSON]:
    result = {item.get(key): item for item in items}
    for patch in patches:
        if patch.get("$patch") == "delete":
            result.pop(patch.get(key), None)
        else:
            result[patch.get(key)] = strategically_merged(result.get(patch.get(key)), patch)
    return list(result.values())


def json_patched(target: JSON, operations: Any) -> JSON:
    """RFC 6902. Raises a 400 Failure for what is no patch, a 422 for a test or path that does not hold."""
    if not isinstance(operations, list):
        raise bad_request("json: cannot unmarshal object into Go value of type jsonpatch.Patch")
    document: Any = deepcopy(target)
    for operation in operations:
        document = _operated(document, operation)
    if not isinstance(document, dict):
        raise _unprocessable("the patched document is not an object")
    return document


def _operated(document: Any, operation: JSON) -> Any:
    kind, path = operation.get("op"), operation.get("path", "")
    match kind:
        case "test":
            if _at(document, path) != operation.get("value"):
                raise _unprocessable(f"testing value {path} failed")
            return document
        case "add":
            return _put(document, path, deepcopy(operation.get("value")))
        case "replace":
            _at(document, path)
            return _put(_without(document, path), path, deepcopy(operation.get("value")))
        case "remove":
            _at(document, path)
            return _without(document, path)
        case "move":
            value = _at(document, operation.get("from", ""))
            return _put(_without(document, operation.get("from", "")), path, value)
        case "copy":
            return _put(document, path, deepcopy(_at(document, operation.get("from", ""))))
        case _:
            raise bad_request(f"unexpected kind of operation: {kind}")


def _steps(path: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]


def _at(document: Any, path: str) -> Any:
    value = document
    for step in _steps(path):
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise _unprocessable(f"the path {path} is missing") from error
    return value


def _put(document: Any, path: str, value: Any) -> Any:
    steps = _steps(path)
    if not steps:
        return value
    parent = _at(document, path[: path.rindex("/")])
    if isinstance(parent, list):
        parent.insert(len(parent) if steps[-1] == "-" else int(steps[-1]), value)
    elif isinstance(parent, dict):
        parent[steps[-1]] = value
    else:
        raise _unprocessable(f"the path {path} is missing")
    return document


def _without(document: Any, path: str) -> Any:
    parent, last = _at(document, path[: path.rindex("/")]), _steps(path)[-1]
    del parent[int(last) if isinstance(parent, list) else last]
    return document


def _unprocessable(message: str) -> Failure:
    return Failure(422, "Invalid", f"the server rejected our request due to an error in our request: {message}", {})
