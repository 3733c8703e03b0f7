"""Watches on a bad day: a server that says what the test scripts, then the embedded cluster with its history cut."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from queue import Queue
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from bot.core.commands import Address, Deploy
from bot.core.making import make
from bot.core.model import Service, ServiceKey
from bot.core.plan import Request
from bot.core.template import TemplateEdit
from bot.knative import codec
from bot.knative.client import KnativeClusters
from bot.knative.watching import Watch
from tests.contracts.site import Embedded, eventually
from tests.knative.recorded import exchange
from tests.knative.wire import Asked, Said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.knative.connection import Connection
    from tests.knative.conftest import Answer
    from tests.knative.wire import Wire

UNABLE = Said(422, json.dumps(exchange(127)["response"]).encode())
GONE = json.dumps(exchange(115)["response"]).encode() + b"\n"
END = object()


class Watching(Protocol):
    def __call__(self, script: Script, quiet: float = 5.0) -> tuple[Watch[Service], Wire, list[ServiceKey]]: ...


def key(name: str) -> ServiceKey:
    return ServiceKey("wire", "shop", name)


def service(name: str, version: int) -> dict[str, Any]:
    metadata = {
        "name": name,
        "namespace": "shop",
        "creationTimestamp": "2026-11-23T21:35:41Z",
        "resourceVersion": str(version),
    }
    return {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "metadata": metadata, "spec": {"template": {}}}


def event(kind: str, name: str, version: int) -> bytes:
    return json.dumps({"type": kind, "object": service(name, version)}).encode() + b"\n"


def bookmark(version: int, *, whole: bool = False) -> bytes:
    metadata: dict[str, Any] = {"resourceVersion": str(version)}
    if whole:
        metadata["annotations"] = {"k8s.io/initial-events-end": "true"}
    return json.dumps({"type": "BOOKMARK", "object": {"metadata": metadata}}).encode() + b"\n"


def listing(version: int, *items: dict[str, Any], more: str = "") -> Said:
    document = {"metadata": {"resourceVersion": str(version), "continue": more}, "items": items}
    return Said(200, json.dumps(document).encode())


class Script:
    """Answers lists from `lists` and streams from `streams`, in order; the last stream stays open and takes more."""

    def __init__(self, *, lists: list[Said], streams: list[Said | list[bytes]]) -> None:
        self.more: Queue[bytes | object] = Queue()
        self._lists = lists
        self._streams = streams

    def __call__(self, asked: Asked) -> Said | None:
        if asked.query.get("watch") != "true":
            return self._lists.pop(0)
        if not self._streams:
            return Said(200, self._follow([]))
        stream = self._streams.pop(0)
        if isinstance(stream, Said):
            return stream
        return Said(200, stream if self._streams else self._follow(stream))

    def _follow(self, pieces: list[bytes]) -> Iterator[bytes]:
        yield from pieces
        while (piece := self.more.get()) is not END:
            assert isinstance(piece, bytes)
            yield piece


@pytest.fixture
def watch(serve: Callable[[Answer], Wire], dial: Callable[[str], Connection]) -> Iterator[Watching]:
    """Takes a script and returns a started watch over it, the wire, and what was noticed."""
    started: list[tuple[Watch[Service], Script]] = []

    def start(script: Script, quiet: float = 5.0) -> tuple[Watch[Service], Wire, list[ServiceKey]]:
        wire = serve(script)
        told: list[ServiceKey] = []
        made = Watch[Service](dial(wire.url), codec.SERVICES, "shop", told.append, lambda: None, quiet)
        made.start()
        started.append((made, script))
        return made, wire, told

    yield start
    for made, script in started:
        script.more.put(END)
        made.end()
        made.join()


def names(watch: Watch[Service]) -> set[str]:
    return {service.key.name for service in watch.everything()}


def test_one_stream_brings_the_state_and_then_the_changes(watch: Watching) -> None:
    script = Script(lists=[], streams=[[event("ADDED", "a", 1), event("ADDED", "b", 2), bookmark(2, whole=True)]])
    made, wire, told = watch(script)
    assert made.synced.wait(5)
    assert names(made) == {"a", "b"}
    assert told == [], "what is there at first is no news"
    script.more.put(event("MODIFIED", "a", 3))
    script.more.put(event("DELETED", "b", 4))
    eventually(lambda: told == [key("a"), key("b")])
    assert names(made) == {"a"}
    assert [asked.query["sendInitialEvents"] for asked in wire.asked] == ["true"]
    assert wire.asked[0].query["resourceVersionMatch"] == "NotOlderThan"
    assert made.age() is not None


@pytest.mark.parametrize(
    "refusal",
    [
        UNABLE,
        [b'{"type":"ERROR","object":{"code":500,"message":"etcd: RequestWatchProgress is disabled"}}\n'],
        [event("ADDED", "a", 1)],
    ],
    ids=["refused", "error event", "ends half-way"],
)
def test_where_the_server_cannot_stream_its_state_a_list_is_read_in_pages(watch: Watching, refusal: Any) -> None:
    script = Script(
        lists=[listing(5, service("a", 1), more="next"), listing(5, service("b", 2))],
        streams=[refusal, [bookmark(9)], []],
    )
    made, wire, told = watch(script)
    assert made.synced.wait(5)
    assert names(made) == {"a", "b"}
    first, second, third = eventually(lambda: wire.asked[1:4] if len(wire.asked) >= 5 else None)
    assert first.query["resourceVersion"] == "0"
    assert second.query["continue"] == "next"
    assert (third.query["resourceVersion"], third.query["allowWatchBookmarks"]) == ("5", "true")
    assert wire.asked[4].query["resourceVersion"] == "9", "a bookmark moves the place to go on from"
    assert told == []


def test_when_history_is_gone_all_is_read_anew_and_what_vanished_is_noticed(watch: Watching) -> None:
    script = Script(
        lists=[],
        streams=[
            [event("ADDED", name, 1) for name in "abc"] + [bookmark(1, whole=True), GONE],
            [event("ADDED", "a", 1), event("ADDED", "c", 7), event("ADDED", "d", 8), bookmark(8, whole=True)],
        ],
    )
    made, _, told = watch(script)
    eventually(lambda: made.relists == 1)
    assert names(made) == {"a", "c", "d"}
    eventually(lambda: sorted(told) == [key("b"), key("c"), key("d")])


def test_a_silent_connection_is_given_up_and_followed_from_where_it_was(watch: Watching) -> None:
    script = Script(lists=[], streams=[[event("ADDED", "a", 1), bookmark(4, whole=True)]])
    made, wire, told = watch(script, quiet=0.2)
    eventually(lambda: len(wire.asked) >= 2)
    assert wire.asked[1].query["resourceVersion"] == "4"
    assert "sendInitialEvents" not in wire.asked[1].query
    assert made.relists == 0
    assert told == []


def test_a_stream_that_never_says_a_word_is_not_asked_again_from_the_same_version(watch: Watching) -> None:
    """An API server whose etcd was restored waits silently for versions that it may never reach again."""
    script = Script(
        lists=[],
        streams=[
            [event("ADDED", "a", 1), bookmark(900, whole=True)],
            Said(200, silence(0.5)),
            [event("ADDED", "a", 1), event("ADDED", "b", 20), bookmark(20, whole=True)],
        ],
    )
    made, wire, told = watch(script, quiet=0.2)
    eventually(lambda: made.relists == 1)
    assert [asked.query.get("resourceVersion") for asked in wire.asked[:3]] == [None, "900", None]
    assert names(made) == {"a", "b"}
    assert told == [key("b")]


def silence(seconds: float) -> Iterator[bytes]:
    time.sleep(seconds)
    yield b""


def test_a_line_may_come_in_pieces(watch: Watching) -> None:
    line = event("ADDED", "a", 1) + bookmark(1, whole=True)
    made, _, _ = watch(Script(lists=[], streams=[[line[:30], line[30:200], line[200:]]]))
    assert made.synced.wait(5)
    assert names(made) == {"a"}


def test_an_event_that_changes_nothing_is_not_noticed(watch: Watching) -> None:
    script = Script(lists=[], streams=[[event("ADDED", "a", 1), bookmark(1, whole=True)]])
    made, _, told = watch(script)
    assert made.synced.wait(5)
    script.more.put(event("MODIFIED", "a", 1))
    script.more.put(event("MODIFIED", "a", 2))
    eventually(lambda: made.events == 3)
    eventually(lambda: told == [key("a")])


def test_a_watch_ends_at_once_though_its_stream_is_open(watch: Watching) -> None:
    made, _, _ = watch(Script(lists=[], streams=[[bookmark(1, whole=True)]]), quiet=60.0)
    assert made.synced.wait(5)
    began = time.monotonic()
    made.end()
    made.join()
    assert time.monotonic() - began < 30  # and not the 60 seconds for which the stream may be quiet
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("watch wire")]


def test_a_listener_that_fails_does_not_end_the_watch(
    serve: Callable[[Answer], Wire], dial: Callable[[str], Connection]
) -> None:
    script = Script(lists=[], streams=[[bookmark(1, whole=True)]])

    def fail(owner: ServiceKey) -> None:
        raise RuntimeError(owner)

    made = Watch[Service](dial(serve(script).url), codec.SERVICES, "shop", fail, lambda: None, 5.0)
    made.start()
    assert made.synced.wait(5)
    script.more.put(event("ADDED", "a", 2))
    script.more.put(event("ADDED", "b", 3))
    eventually(lambda: names(made) == {"a", "b"})
    script.more.put(END)
    made.end()
    made.join()


def test_what_happened_while_the_history_was_lost_is_found_on_a_cluster(tmp_path: Path) -> None:
    embedded = Embedded()
    file = tmp_path / "kubeconfig"
    file.write_text(embedded.cluster.kubeconfig())
    clusters = KnativeClusters()
    clusters.connect("here", file)
    hello = ServiceKey("here", "default", "hello")
    told: list[ServiceKey] = []
    reflector = clusters.reflector("here", None, told.append)
    reflector.start()
    try:
        assert reflector.synced.wait(10)
        embedded.fault("expire_history")
        embedded.fault("cut_watches")
        deploy = Deploy(Address("hello"), TemplateEdit(image="ghcr.io/knative/helloworld-go:latest"))
        clusters.apply(make(deploy, clusters.snapshot(hello), Request("T1", "U1", "C1", "a test")))
        eventually(
            lambda: (
                reflector.snapshot(hello).revisions
                and replace(reflector.snapshot(hello), domains=None) == clusters.snapshot(hello)
            )
        )
        assert hello in told
        assert [found.key for found in reflector.services("default")] == [hello]
        assert [found.name for found in reflector.revisions()] == ["hello-00001"]
        assert reflector.health().synced
        assert reflector.snapshot(hello).domains == ()
    finally:
        reflector.stop()
        clusters.close()
        embedded.stop()
