"""Services behind a small API server that may misbehave as real ones and networks do; and who changes them."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from bot.core.updates import News, Update
from tests.knative.wire import Asked, Said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SERVICES, REVISIONS = "services", "revisions"
ERROR = Said(500, b'{"kind":"Status","status":"Failure","message":"etcd is away","code":500}')
GONE = {"kind": "Status", "status": "Failure", "reason": "Expired", "message": "too old resource version", "code": 410}


class Fault(Enum):
    """What can be wrong with the server or the way to it."""

    CUT = "cut"
    GONE = "gone"
    ERROR = "error"
    HALF_OPEN = "half-open"
    SLOW = "slow"


class Trouble(Enum):
    """Why a Revision is not Ready."""

    NONE = ""
    FAILED = "ExitCode1"
    LOST = "ExitCode137"


@dataclass
class Fleet:
    """The objects and their history. A `fault` holds until it is taken away; CUT and GONE happen once, when set."""

    objects: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    log: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)
    version: int = 0
    _floor: int = 0
    _cuts: int = 0
    _fault: Fault | None = None
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _ending: bool = False

    def misbehave(self, fault: Fault | None) -> None:
        with self._changed:
            self._fault = fault
            if fault in (Fault.CUT, Fault.GONE, Fault.ERROR):
                self._cuts += 1
            if fault is Fault.GONE:
                self._floor = self.version + 1
            self._changed.notify_all()

    def end(self) -> None:
        with self._changed:
            self._ending = True
            self._changed.notify_all()

    def __call__(self, asked: Asked) -> Said | None:
        """Answer a request: a list or watch of Services or Revisions; of other kinds there is nothing."""
        kind = asked.path.rpartition("/")[2]
        if self._fault is Fault.ERROR:
            return ERROR
        if asked.query.get("watch") == "true":
            return Said(200, self._stream(kind, asked.query))
        with self._changed:
            items = [value for (of, _), value in self.objects.items() if of == kind]
            document = {"metadata": {"resourceVersion": str(self.version)}, "items": items}
        return Said(200, json.dumps(document).encode())

    def put(self, kind: str, *documents: dict[str, Any]) -> None:
        """Write objects, each as one event."""
        with self._changed:
            for document in documents:
                self.version += 1
                document["metadata"]["resourceVersion"] = str(self.version)
                self.objects[kind, document["metadata"]["name"]] = document
                self.log.append((self.version, kind, json.loads(json.dumps(document))))
            self._changed.notify_all()

    def _stream(self, kind: str, query: dict[str, str]) -> Iterator[bytes]:
        with self._changed:
            cuts = self._cuts
            if "sendInitialEvents" in query:
                position = self.version
                first = [_event("ADDED", value) for (of, _), value in self.objects.items() if of == kind]
                first.append(_bookmark(position, whole=True))
            else:
                position = int(query["resourceVersion"])
                first = [_event("ERROR", GONE)] if position < self._floor else []
            at = len(self.log) if position >= self.version else self._index(position)
        yield from first
        if first and b'"ERROR"' in first[0]:
            return
        while True:
            with self._changed:
                self._await(at, cuts)
                if self._ending or self._cuts != cuts:
                    return
                fresh = [] if self._fault is Fault.HALF_OPEN else self.log[at:]
                at += len(fresh)
                slow, open_ = self._fault is Fault.SLOW, self._fault is not Fault.HALF_OPEN
                version = self.version
            if open_ and not fresh:
                yield _bookmark(version)
            for _, of, document in fresh:
                if of == kind:
                    time.sleep(0.05 if slow else 0)
                    yield _event("MODIFIED", document)

    def _await(self, at: int, cuts: int) -> None:
        self._changed.wait_for(lambda: self._news(at, cuts), 0.1)

    def _news(self, at: int, cuts: int) -> bool:
        return self._ending or self._cuts != cuts or (self._fault is not Fault.HALF_OPEN and len(self.log) > at)

    def _index(self, position: int) -> int:
        return next((index for index, (version, _, _) in enumerate(self.log) if version > position), len(self.log))


@dataclass
class Team:
    """What somebody does to one Service of the fleet, and the news that this is, in words."""

    fleet: Fleet
    name: str
    number: int = 0
    generation: int = 0
    serving: int = 0
    failed: bool = False

    def deploy(self) -> list[str]:
        """A new Revision that is Ready and gets all traffic."""
        self.number += 1
        before, recovers = self.serving, self.failed
        self.failed, self.serving = False, self.number
        self._make(Trouble.NONE)
        news = [f"ready {self.revision(self.number)}", *(["back"] if recovers else [])]
        return [*news, f"traffic {self.revision(self.number)}=100"] if before else news

    def fail(self) -> list[str]:
        """A new Revision that fails; the last good one serves on."""
        self.number += 1
        self.failed = True
        self._make(Trouble.FAILED)
        return [f"failed {self.revision(self.number)}"]

    def act(self) -> list[str]:
        """Fail and recover in turns, with good deploys between."""
        return self.fail() if self.number and self.number % 3 == 0 and not self.failed else self.deploy()

    def lose(self) -> list[str]:
        """The Revision that serves is not Ready any more."""
        self._say(Trouble.LOST)
        return [f"lost {self.revision(self.number)}"]

    def recover(self) -> list[str]:
        """It is Ready again."""
        self._say(Trouble.NONE)
        return ["back"]

    def move(self) -> list[str]:
        """All traffic goes to the Revision before the one that has it."""
        self.serving = self.serving - 1 if self.serving > 1 else self.number
        self.generation += 1
        self.fleet.put(SERVICES, self._service(Trouble.NONE))
        return [f"traffic {self.revision(self.serving)}=100"]

    def noise(self) -> None:
        """Write the status anew, with nothing in it that anybody wants to hear of."""
        document = json.loads(json.dumps(self.fleet.objects[SERVICES, self.name]))
        document["metadata"]["annotations"]["noise"] = str(time.monotonic_ns())
        self.fleet.put(SERVICES, document)

    def revision(self, number: int) -> str:
        return f"{self.name}-{number:05}"

    def _make(self, trouble: Trouble) -> None:
        """Write a new Revision, and the Service that wants it."""
        self.generation += 1
        self._say(trouble)

    def _say(self, trouble: Trouble) -> None:
        """Write how the newest Revision is, and the Service with it."""
        self.fleet.put(REVISIONS, self._revision(trouble))
        self.fleet.put(SERVICES, self._service(trouble))

    def _revision(self, trouble: Trouble) -> dict[str, Any]:
        labels = {
            "serving.knative.dev/service": self.name,
            "serving.knative.dev/configurationGeneration": str(self.number),
        }
        return {
            "metadata": _metadata(self.revision(self.number), labels=labels),
            "spec": {"containers": [{"image": "ghcr.io/acme/hello:v1"}]},
            "status": {"conditions": [{"type": "Ready", "status": str(not trouble.value), "reason": trouble.value}]},
        }

    def _service(self, trouble: Trouble) -> dict[str, Any]:
        serving = self.revision(self.serving) if self.serving else None
        well = trouble is Trouble.NONE
        truth = [
            {"type": "ConfigurationsReady", "status": str(well)},
            {"type": "RoutesReady", "status": str(trouble is not Trouble.LOST)},
            {"type": "Ready", "status": str(well)},
        ]
        return {
            "metadata": {**_metadata(self.name, labels={}), "generation": self.generation},
            "spec": {"template": {}, "traffic": [{"latestRevision": True, "percent": 100}]},
            "status": {
                "observedGeneration": self.generation,
                "conditions": truth,
                "latestCreatedRevisionName": self.revision(self.number),
                "latestReadyRevisionName": serving,
                "traffic": [{"revisionName": serving, "percent": 100}] if serving else [],
            },
        }


def fleet_of(names: Sequence[str]) -> tuple[Fleet, list[Team]]:
    """Return Services that are there, with one good Revision each."""
    fleet = Fleet()
    teams = [Team(fleet, name) for name in names]
    for team in teams:
        team.deploy()
    return fleet, teams


def words(update: Update) -> str:
    """Return a piece of news in the words of a Team."""
    match update.news:
        case News.TRAFFIC:
            return "traffic " + ",".join(f"{name}={percent}" for name, percent in update.shares)
        case News.BACK:
            return "back"
        case news:
            return f"{news.value} {update.subject}".strip()


def _metadata(name: str, labels: dict[str, str]) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": "shop",
        "uid": f"uid-{name}",
        "creationTimestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "labels": labels,
        "annotations": {"serving.knative.dev/lastModifier": "night-shift"},
    }


def _event(kind: str, document: dict[str, Any]) -> bytes:
    return json.dumps({"type": kind, "object": document}).encode() + b"\n"


def _bookmark(version: int, *, whole: bool = False) -> bytes:
    ending = {"annotations": {"k8s.io/initial-events-end": "true"}} if whole else {}
    metadata = {"resourceVersion": str(version), **ending}
    return _event("BOOKMARK", {"metadata": metadata})
