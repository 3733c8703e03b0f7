"""Logs that go on, over connections that are cut and pods that come and go."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from bot.core.errors import Refused
from bot.core.model import ServiceKey
from bot.knative.tailing import Tail
from tests.knative.wire import Asked, Said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.core.model import LogLine
    from bot.knative.connection import Connection
    from tests.knative.conftest import Answer
    from tests.knative.wire import Wire

KEY = ServiceKey("wire", "shop", "hello")


def pod(name: str) -> dict[str, Any]:
    labels = {"serving.knative.dev/revision": "hello-00001"}
    metadata = {"name": name, "namespace": "shop", "labels": labels, "creationTimestamp": "2026-11-23T21:00:00Z"}
    containers = [{"name": "queue-proxy"}, {"name": "app", "ports": [{"name": "user-port"}]}]
    return {"metadata": metadata, "spec": {"containers": containers}}


class Cluster:
    """Pods, and of each what the streams of its log bring one after the other; the last one stays open."""

    def __init__(self, **streams: list[list[bytes]]) -> None:
        self.streams = streams
        self.status = 200
        self.ended = threading.Event()

    def answer(self, asked: Asked) -> Said:
        if not asked.path.endswith("/log"):
            return Said(200, json.dumps({"items": [pod(name) for name in self.streams]}).encode())
        if self.status != 200:
            words = 'User "knobot" cannot get resource "pods/log" in API group "" in the namespace "shop"'
            return Said(self.status, json.dumps({"message": words, "code": self.status}).encode())
        return Said(200, self._body(self.streams[asked.path.split("/")[-2]]))

    def _body(self, streams: list[list[bytes]]) -> Iterator[bytes]:
        yield from streams.pop(0) if streams else ()
        if not streams:
            self.ended.wait(10)


def until(tail: Tail, count: int) -> list[LogLine]:
    lines: list[LogLine] = []
    end = time.monotonic() + 10
    while len(lines) < count and time.monotonic() < end:
        lines.extend(tail.take().lines)
        time.sleep(0.01)
    return lines


def test_a_stream_that_is_cut_is_read_on_behind_its_last_line(
    serve: Callable[[Answer], Wire], dial: Callable[[str], Connection]
) -> None:
    cluster = Cluster(
        a=[[b"2026-01-01T00:00:01.5Z one\n"], [b"2026-01-01T00:00:01.5Z one\n", b"2026-01-01T00:00:02Z two\n"]]
    )
    wire = serve(cluster.answer)
    tail = Tail(dial(wire.url), KEY, None, 3, None)
    lines = until(tail, 2)
    tail.close()
    cluster.ended.set()
    assert [(line.revision, line.pod, line.text) for line in lines] == [
        ("hello-00001", "a", "one"),
        ("hello-00001", "a", "two"),
    ]
    first, second = (asked.query for asked in wire.asked if asked.path.endswith("/log"))
    assert (first["container"], first["follow"], first["tailLines"]) == ("app", "true", "3")
    assert second["sinceTime"] == "2026-01-01T00:00:01.5Z"
    assert "tailLines" not in second


def test_lines_of_several_pods_come_in_the_order_of_their_times_and_new_pods_from_their_beginning(
    serve: Callable[[Answer], Wire], dial: Callable[[str], Connection]
) -> None:
    cluster = Cluster(a=[[b"2026-01-01T00:00:03Z later\n"]])
    wire = serve(cluster.answer)
    tail = Tail(dial(wire.url), KEY, None, 0, None)
    assert [line.text for line in until(tail, 1)] == ["later"]
    cluster.streams["b"] = [[b"2026-01-01T00:00:01Z born\n"]]
    assert [line.pod for line in until(tail, 1)] == ["b"]
    tail.close()
    cluster.ended.set()
    asked = next(asked for asked in wire.asked if asked.path.endswith("/b/log"))
    assert "tailLines" not in asked.query


def test_logs_that_may_not_be_read_are_refused(
    serve: Callable[[Answer], Wire], dial: Callable[[str], Connection]
) -> None:
    cluster = Cluster(a=[[]])
    cluster.status = 403
    tail = Tail(dial(serve(cluster.answer).url), KEY, None, 0, None)
    with pytest.raises(Refused, match="pods/log"):
        until(tail, 1)
    tail.close()


def test_closing_ends_the_thread_that_waits_for_a_line(
    serve: Callable[[Answer], Wire], dial: Callable[[str], Connection]
) -> None:
    cluster = Cluster(a=[[b"2026-01-01T00:00:03Z one\n"]])
    tail = Tail(dial(serve(cluster.answer).url), KEY, None, 0, None)
    until(tail, 1)
    tail.close()
    end = time.monotonic() + 5
    while any(thread.name == "tail-a" for thread in threading.enumerate()):
        assert time.monotonic() < end
        time.sleep(0.01)
    cluster.ended.set()
    assert tail.take().lines == ()
