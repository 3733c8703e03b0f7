"""A small, fast API server that holds ten thousand Services with their Revisions, as bytes that are made once.

The embedded cluster would be what is measured: it makes its answers anew each time, as a cluster does. This one only
sends, so that what a client adds stands out. Its objects are those that a cluster answered, under other names, with the
managedFields that the recordings leave out.
"""

from __future__ import annotations

import json
import re
import sys
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.knative.recorded import exchange
from tests.knative.wire import Asked, Said, Wire

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVICES = 10_000
EACH = 3
PIECE = 500


@dataclass(frozen=True)
class Shape:
    """How the Services lie: in how many namespaces, how long their names are, how many more conditions they have.

    Every `broken`th one is not Ready; 0 for none.
    """

    namespaces: int = 1
    length: int = 17
    conditions: int = 0
    broken: int = 0


SHAPES = {
    "one namespace": Shape(),
    "a hundred namespaces": Shape(namespaces=100),
    "long names, many conditions": Shape(length=57, conditions=12),
    "every other one not Ready": Shape(broken=2),
}
VERSION = str(SERVICES * (EACH + 1) + 1)
BOOKMARK = {"metadata": {"resourceVersion": VERSION, "annotations": {"k8s.io/initial-events-end": "true"}}}
KINDS = {"services": ("Service", "ksvc"), "revisions": ("Revision", "rev")}
EMPTY = ("pods", "domainmappings", "gateways")
ABSENT = ("config-gc", "config-domain")
DISCOVERY: dict[str, Any] = {
    "/version": {"major": "1", "minor": "36", "gitVersion": "v1.36.0"},
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {
        "kind": "APIGroupList",
        "groups": [
            {
                "name": "serving.knative.dev",
                "versions": [{"groupVersion": "serving.knative.dev/v1", "version": "v1"}],
                "preferredVersion": {"groupVersion": "serving.knative.dev/v1", "version": "v1"},
            }
        ],
    },
    "/apis/serving.knative.dev/v1": {
        "kind": "APIResourceList",
        "groupVersion": "serving.knative.dev/v1",
        "resources": [
            {
                "name": plural,
                "singularName": kind.lower(),
                "namespaced": True,
                "kind": kind,
                "shortNames": [short],
                "verbs": ["get", "list", "watch"],
            }
            for plural, (kind, short) in KINDS.items()
        ],
    },
}


class Held:
    """The objects as bytes, and the streams that wait for more."""

    def __init__(self, shape: Shape) -> None:
        self.items = {"services": list(_services(shape)), "revisions": list(_revisions(shape))}
        self.asked = 0
        self._more: list[bytes] = []
        self._changed = threading.Condition()

    def __call__(self, asked: Asked) -> Said:
        """Answer a request for a list or a watch, for what a client discovers, and for events to be sent."""
        kind = "gateways" if asked.path == "/api/v1/services" else asked.path.rpartition("/")[2]
        self.asked += kind in (*KINDS, *EMPTY, *ABSENT)
        if asked.path == "/asked":
            return Said(200, str(self.asked).encode())
        if asked.path == "/emit":
            return self._emit(int(asked.query["count"]))
        if asked.path in DISCOVERY:
            return Said(200, json.dumps(DISCOVERY[asked.path]).encode(), (("Content-Type", "application/json"),))
        if asked.query.get("watch") == "true":
            return Said(200, self._stream(kind))
        if kind not in (*KINDS, *EMPTY):
            return Said(404, json.dumps({"kind": "Status", "code": 404, "reason": "NotFound"}).encode())
        return Said(200, self._page(kind, asked.query), (("Content-Type", "application/json"),))

    def _page(self, kind: str, query: dict[str, str]) -> bytes:
        items = self.items.get(kind, [])
        start = int(query.get("continue") or 0)
        end = start + int(query.get("limit") or len(items))
        more = str(end) if end < len(items) else ""
        named = KINDS.get(kind, ("Pod", ""))[0]
        head = {"resourceVersion": VERSION, "continue": more}
        about = f'"kind":"{named}List","apiVersion":"serving.knative.dev/v1","metadata":{json.dumps(head)}'
        return b"".join((f'{{{about},"items":['.encode(), b",".join(items[start:end]), b"]}"))

    def _stream(self, kind: str) -> Iterator[bytes]:
        items = self.items.get(kind, [])
        for start in range(0, len(items), PIECE):
            yield b"".join(b'{"type":"ADDED","object":%b}\n' % item for item in items[start : start + PIECE])
        yield json.dumps({"type": "BOOKMARK", "object": BOOKMARK}).encode() + b"\n"
        sent = 0
        while True:
            with self._changed:
                while len(self._more) == sent:
                    self._changed.wait()
                fresh, sent = self._more[sent:], len(self._more)
            if kind == "services":
                yield b"".join(fresh)

    def _emit(self, count: int) -> Said:
        with self._changed:
            for item in self.items["services"][:count]:
                changed = item.replace(b'"observedGeneration":5', b'"observedGeneration":4')
                self._more.append(b'{"type":"MODIFIED","object":%b}\n' % changed)
            self._changed.notify_all()
        return Said(200, b"{}")


def _services(shape: Shape) -> Iterator[bytes]:
    """Yield the Services: each has a split with tags."""
    plain = _plain(45)
    for condition in plain["status"]["conditions"]:
        condition.pop("message", None)
        condition.pop("reason", None)
        condition["status"] = "True"
    plain["spec"]["traffic"] = plain["status"]["traffic"]
    text, broken = _text(plain, shape), _text(_failed(plain), shape)
    for number in range(SERVICES):
        yield _named(broken if shape.broken and number % shape.broken == 1 else text, number, 1, shape).encode()


def _revisions(shape: Shape) -> Iterator[bytes]:
    """Yield the Revisions of all Services, each with a name and a number of its own."""
    text = _text(_plain(59), shape)
    for number in range(SERVICES):
        for revision in range(1, EACH + 1):
            yield _named(text.replace("hello-00001", f"hello-{revision:05}"), number, revision, shape).encode()


def _failed(plain: dict[str, Any]) -> dict[str, Any]:
    failed: dict[str, Any] = json.loads(json.dumps(plain))
    for condition in failed["status"]["conditions"]:
        if condition["type"] != "RoutesReady":
            condition |= {
                "status": "False",
                "reason": "RevisionFailed",
                "message": "Container failed with: no such file",
            }
    return failed


def _text(plain: dict[str, Any], shape: Shape) -> str:
    now = plain["status"]["conditions"][0]["lastTransitionTime"]
    more = [
        {"type": f"Check{number:02}", "status": "True", "lastTransitionTime": now, "message": f"check {number} is well"}
        for number in range(shape.conditions)
    ]
    plain["status"]["conditions"] += more
    return json.dumps(_managed(plain), separators=(",", ":"))


def name(number: int, shape: Shape) -> str:
    """Return the name of a Service."""
    return f"team-{number % 97:02}-app-{number:05}".ljust(shape.length, "x")


def namespace(number: int, shape: Shape) -> str:
    """Return the namespace that a Service is in."""
    return f"shop-{number % shape.namespaces:02}" if number % shape.namespaces else "shop"


def _named(text: str, number: int, revision: int, shape: Shape) -> str:
    """Give an object names, ids, times and a version of its own."""
    own = text.replace('"serving.knative.dev/configurationGeneration":"1"', f'"{GENERATION}":"{revision}"')
    for prefix in ("5ff8a67e", "1bd3f038"):
        own = own.replace(prefix, f"{number:08x}")
    own = own.replace("52d2b09a", f"{number * EACH + revision:08x}").replace("hello", name(number, shape))
    later = timedelta(seconds=7 * (number * EACH + revision))
    own = MOMENT.sub(lambda found: f"{datetime.fromisoformat(found[0]) + later:%Y-%m-%dT%H:%M:%SZ}", own)
    place = namespace(number, shape)
    own = own.replace('"namespace":"shop"', f'"namespace":"{place}"').replace(".shop.", f".{place}.")
    return own.replace(f"{name(number, shape)}world-go", "helloworld-go")


MOMENT = re.compile(r"2026-11-23T\d\d:\d\d:\d\dZ")
GENERATION = "serving.knative.dev/configurationGeneration"


def _plain(number: int) -> dict[str, Any]:
    found: dict[str, Any] = exchange(number)["response"]
    return found


def _managed(plain: dict[str, Any]) -> dict[str, Any]:
    """Add what the API server keeps of who wrote which field."""
    owned = {"f:metadata": {"f:annotations": _fields(plain["metadata"].get("annotations", {}))}}
    entries = [("kubectl-create", "spec", ""), ("controller", "status", "status")]
    plain["metadata"]["managedFields"] = [
        {
            "apiVersion": "serving.knative.dev/v1",
            "fieldsType": "FieldsV1",
            "fieldsV1": {**(owned if not sub else {}), f"f:{part}": _fields(plain[part])},
            "manager": manager,
            "operation": "Update",
            **({"subresource": sub} if sub else {}),
            "time": plain["metadata"]["creationTimestamp"],
        }
        for manager, part, sub in entries
    ]
    return plain


def _fields(value: Any) -> dict[str, Any]:
    return {f"f:{name}": _fields(inner) for name, inner in value.items()} if isinstance(value, dict) else {}


if __name__ == "__main__":
    file = Path(sys.argv[1])
    held = Held(SHAPES[sys.argv[2]])
    wire = Wire(held)
    file.with_suffix(".new").write_text(wire.url)
    file.with_suffix(".new").rename(file)
    sys.stdin.read()  # until whoever started it has ended
    wire.stop()
