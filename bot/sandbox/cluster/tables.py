"""Lists as tables, the way `kubectl get` asks for them: the server chooses the columns, the client only prints.

Columns of custom resources come from the row of their kind; pods and events have columns of their own.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.sandbox.cluster.kinds import AGE, CORE_SERVICE, EVENT, POD, Column

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.sandbox.cluster.kinds import JSON, Kind

NAME_DESCRIPTION = (
    "Name must be unique within a namespace. Is required when creating resources, although some resources may "
    "allow a client to request the generation of an appropriate name automatically. Name is primarily intended "
    "for creation idempotence and configuration definition. Cannot be updated. More info: "
    "https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names"
)
STEP = re.compile(r"\.([A-Za-z]\w*)|\['([^']+)'\]|\[\?\(@\.(\w+)=='([^']*)'\)\]")
BUILT_IN: dict[Kind, tuple[Column, ...]] = {
    POD: (
        Column(name="Ready", path="ready"),
        Column(name="Status", path="status"),
        Column(name="Restarts", path="restarts"),
        AGE,
    ),
    CORE_SERVICE: (
        Column(name="Type", path=".spec.type"),
        Column(name="Cluster-IP", path=".spec.clusterIP"),
        Column(name="External-IP", path="addresses"),
        Column(name="Port(s)", path="ports"),
        AGE,
    ),
    EVENT: (
        Column(name="Last Seen", path="seen"),
        Column(name="Type", path=".type"),
        Column(name="Reason", path=".reason"),
        Column(name="Object", path="object"),
        Column(name="Message", path=".message"),
    ),
}


def table(kind: Kind, objects: Iterable[JSON], metadata: JSON, *, include: str, headed: bool = True) -> JSON:
    """A `meta.k8s.io/v1` Table. `include` is None, Metadata or Object: how much of each object its row carries."""
    columns = BUILT_IN.get(kind) or kind.columns or (AGE,)
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": metadata,
        "columnDefinitions": _definitions(kind, columns) if headed else [],
        "rows": [{"cells": _cells(kind, obj, columns), "object": _carried(obj, include)} for obj in objects],
    }


def partial(obj: JSON) -> JSON:
    """The object's metadata alone, as PartialObjectMetadata."""
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}


def _carried(obj: JSON, include: str) -> JSON | None:
    match include:
        case "Object":
            return obj
        case "None":
            return None
        case _:
            return partial(obj)


def _definitions(kind: Kind, columns: tuple[Column, ...]) -> list[JSON]:
    return [*([] if kind is EVENT else [_name_column()]), *(_definition(column) for column in columns)]


def _name_column() -> JSON:
    return {"name": "Name", "type": "string", "format": "name", "description": NAME_DESCRIPTION, "priority": 0}


def _definition(column: Column) -> JSON:
    description = f"Custom resource definition column (in JSONPath format): {column.path}"
    return {
        "name": column.name,
        "type": column.type,
        "format": "",
        "description": description,
        "priority": column.priority,
    }


def _cells(kind: Kind, obj: JSON, columns: tuple[Column, ...]) -> list[Any]:
    cells: list[Any] = [] if kind is EVENT else [obj["metadata"]["name"]]
    for column in columns:
        if kind is POD and column.path in {"ready", "status", "restarts"}:
            cells.append(_pod_cell(obj, column.path))
        elif kind is CORE_SERVICE and column.path in {"addresses", "ports"}:
            cells.append(_service_cell(obj, column.path))
        elif column.path == "seen":
            cells.append(age(obj.get("lastTimestamp") or obj["metadata"]["creationTimestamp"]))
        elif column.path == "object":
            about = obj["involvedObject"]
            cells.append(f"{about['kind'].lower()}/{about['name']}")
        else:
            found = value_at(obj, column.path)
            cells.append(age(found) if column.type == "date" and found else found)
    return cells


def _service_cell(service: JSON, what: str) -> str:
    spec = service.get("spec") or {}
    if what == "ports":
        return ",".join(f"{port['port']}/{port.get('protocol', 'TCP')}" for port in spec.get("ports") or []) or "<none>"
    given = ((service.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    waiting = "<pending>" if spec.get("type") == "LoadBalancer" else "<none>"
    return ",".join(entry.get("ip") or entry.get("hostname", "") for entry in given) or waiting


def _pod_cell(pod: JSON, what: str) -> Any:
    statuses = pod["status"].get("containerStatuses") or []
    match what:
        case "ready":
            return f"{sum(status['ready'] for status in statuses)}/{len(statuses)}"
        case "restarts":
            return str(sum(status["restartCount"] for status in statuses))
        case _:
            waiting = [status["state"]["waiting"]["reason"] for status in statuses if "waiting" in status["state"]]
            return waiting[0] if waiting else pod["status"]["phase"]


def value_at(obj: JSON, path: str) -> Any:
    """What a printer column's JSONPath finds: fields, quoted keys, and `[?(@.field=='value')]` filters."""
    value: Any = obj
    for field, quoted, wanted, text in STEP.findall(path):
        if wanted:
            value = next((item for item in value or [] if item.get(wanted) == text), None)
        else:
            value = value.get(field or quoted) if isinstance(value, dict) else None
    return value


def age(stamp: str) -> str:
    """How long ago a timestamp is, as kubectl shortens it: 5s, 3m20s, 5h, 2d."""
    seconds = max(0, int((datetime.now(UTC) - datetime.fromisoformat(stamp)).total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if seconds < 120:
        return f"{seconds}s"
    if minutes < 10:
        return f"{minutes}m{seconds % 60}s" if seconds % 60 else f"{minutes}m"
    if hours < 3:
        return f"{minutes}m"
    return f"{hours}h" if days < 2 else f"{days}d"
