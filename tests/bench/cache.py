"""Ten thousand Services with thirty thousand Revisions: what it costs to know them.

Each way of reading has a process of its own. What a client adds to the server's own time is what its process computes
beyond one that reads the same bytes and drops them; seconds of the processor, for others use this machine too. The
official client has no models for Knative: its typed way to such objects is CustomObjectsApi, which yields dicts.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kubernetes import client, config, dynamic

from bot.knative.client import KnativeClusters
from bot.knative.connection import connect
from tests.bench.aims import Aim, judged
from tests.bench.serving import EACH, SERVICES
from tests.knative.wire import kubeconfig

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = 500
OBJECTS = SERVICES * (EACH + 1)
EVENTS = 2_000
ROUNDS = 3
API = "/apis/serving.knative.dev/v1"
INITIAL = (
    ("watch", "true"),
    ("sendInitialEvents", "true"),
    ("resourceVersionMatch", "NotOlderThan"),
    ("allowWatchBookmarks", "true"),
)


@dataclass(frozen=True)
class Figure:
    """What one way of reading took: seconds on the clock and of the processor, bytes of memory that stay."""

    objects: int
    seconds: float
    computed: float
    grown: int


def main() -> int:
    """Run the measurements and print their tables; return 1 if an aim is missed or an object is lost."""
    with tempfile.TemporaryDirectory() as folder:
        address = Path(folder) / "address"
        command = [sys.executable, "-m", "tests.bench.serving", str(address), "one namespace"]
        server = subprocess.Popen(command, stdin=subprocess.PIPE)
        try:
            while not address.exists():
                time.sleep(0.05)
            file = Path(folder) / "kubeconfig"
            file.write_text(kubeconfig(address.read_text()))
            found = {way: _measured(way, file) for way in WAYS}
        finally:
            server.communicate()
    return _report(found)


def _measured(way: str, file: Path) -> dict[str, Any]:
    """Return what the best of several rounds took, since others use this machine too."""
    command = [sys.executable, "-m", "tests.bench.cache", way, str(file)]
    rounds = [
        json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout) for _ in range(ROUNDS)
    ]
    best: dict[str, Any] = min(rounds, key=lambda found: found["figure"]["computed"])
    return best | {"event": min(found.get("event", 0.0) for found in rounds)}


def _report(found: dict[str, dict[str, Any]]) -> int:
    figures = {way: Figure(**each["figure"]) for way, each in found.items()}
    listed, streamed = figures["raw list"], figures["raw watch"]
    added = {way: each.computed - (streamed if "watch" in way else listed).computed for way, each in figures.items()}
    ours, dynamic_way = figures["knobot watch"], "dynamic client, list"
    print(f"cache: {SERVICES} Services with {OBJECTS - SERVICES} Revisions, from a server that only sends")
    print(f"  seconds on the clock, computed, and computed beyond what the raw bytes take; best of {ROUNDS} rounds")
    head = ("first sync", "clock", "computed", "added", "x Knobot", "MB", "x Knobot")
    print(f"  {head[0]:<28} {head[1]:>8} {head[2]:>9} {head[3]:>8} {head[4]:>9} {head[5]:>7} {head[6]:>9}")
    for way, each in figures.items():
        row = f"  {way:<28} {each.seconds:>8.2f} {each.computed:>9.2f}"
        if not way.startswith("raw"):
            times, memory = added[way] / added["knobot watch"], each.grown / ours.grown
            row += f" {added[way]:>8.2f} {times:>9.1f} {each.grown / 1e6:>7.0f} {memory:>9.1f}"
        print(row)
    return judged(
        Aim("objects read by each way", min(each.objects for each in figures.values()), OBJECTS, least=True),
        Aim(
            "time the dynamic client adds, by Knobot's", added[dynamic_way] / added["knobot watch"], 10, "x", least=True
        ),
        Aim("memory of the dynamic client, by Knobot's", figures[dynamic_way].grown / ours.grown, 6, "x", least=True),
        Aim("one event: a change of a Service, in the copy", found["knobot watch"]["event"] * 1e6, 1000, "µs"),
    )


def raw_list(file: Path) -> dict[str, Any]:
    """The server's own time for lists, and that of the way to it."""
    cluster = connect("main", file, None)

    def read() -> int:
        count = 0
        for kind in ("services", "revisions"):
            more = ""
            while True:
                data = cluster.read(f"{API}/{kind}", (("limit", str(PAGE)), *((("continue", more),) if more else ())))
                count += data.count(b'"kind":"Service"') + data.count(b'"kind":"Revision"')
                more = json.loads(data[: data.index(b"}", 50) + 1].split(b'"metadata":')[1]).get("continue", "")
                if not more:
                    break
        return count

    return {"figure": timed(read)}


def raw_watch(file: Path) -> dict[str, Any]:
    """The same for the initial events of watches."""
    cluster = connect("main", file, None)

    def read() -> int:
        count = 0
        for kind in ("services", "revisions"):
            stream = cluster.stream(f"{API}/{kind}", INITIAL, 60.0)
            for line in stream:
                if line.startswith(b'{"type": "BOOKMARK"'):
                    break
                count += 1
            stream.close()
        return count

    return {"figure": timed(read)}


def knobot(file: Path) -> dict[str, Any]:
    """Knobot's watches."""
    knative = KnativeClusters()
    knative.connect("main", file)
    reflector = knative.reflector("main", None, lambda _: None)

    def read() -> int:
        reflector.start()
        reflector.synced.wait(300)
        return reflector.health().events

    figure = timed(read)
    event = _event(file, lambda: reflector.health().events - OBJECTS)
    reflector.stop()
    knative.close()
    return {"figure": figure, "event": event}


def _event(file: Path, count: Callable[[], int]) -> float:
    """Seconds of the processor that one event takes."""
    cluster = connect("main", file, None)
    before, begun = count(), time.process_time()
    cluster.read("/emit", (("count", str(EVENTS)),))
    while count() - before < EVENTS:
        time.sleep(0.02)
    cluster.close()
    return (time.process_time() - begun) / EVENTS


def custom(file: Path) -> dict[str, Any]:
    """CustomObjectsApi: dicts, in pages."""
    api = client.CustomObjectsApi(config.new_client_from_config(str(file)))
    kept: list[Any] = []

    def read() -> int:
        for kind in ("services", "revisions"):
            more = ""
            while True:
                page = api.list_cluster_custom_object(
                    "serving.knative.dev", "v1", kind, limit=PAGE, **({"_continue": more} if more else {})
                )
                kept.extend(page["items"])
                more = page["metadata"].get("continue")
                if not more:
                    break
        return len(kept)

    return {"figure": timed(read)}


def dynamical(file: Path) -> dict[str, Any]:
    """The dynamic client, in pages; what it discovers first is not counted."""
    found = dynamic.DynamicClient(config.new_client_from_config(str(file)))
    kinds = [found.resources.get(api_version="serving.knative.dev/v1", kind=kind) for kind in ("Service", "Revision")]
    kept: list[Any] = []

    def read() -> int:
        for kind in kinds:
            more = None
            while True:
                page = kind.get(limit=PAGE, _continue=more)
                kept.extend(page.items)
                more = page.metadata["continue"]
                if not more:
                    break
        return len(kept)

    return {"figure": timed(read)}


WAYS = {
    "raw list": raw_list,
    "raw watch": raw_watch,
    "knobot watch": knobot,
    "custom objects, list": custom,
    "dynamic client, list": dynamical,
}


def timed(read: Callable[[], int]) -> dict[str, Any]:
    gc.collect()
    before, clock, computed = resident(), time.perf_counter(), time.process_time()
    objects = read()
    computed, clock = time.process_time() - computed, time.perf_counter() - clock
    gc.collect()
    return {"objects": objects, "seconds": clock, "computed": computed, "grown": resident() - before}


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


if __name__ == "__main__":
    way = WAYS[sys.argv[1]] if len(sys.argv) > 1 else None
    if way is None:
        sys.exit(main())
    print(json.dumps(way(Path(sys.argv[2]))))
