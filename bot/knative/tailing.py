"""Logs that go on: one thread for each of a few pods reads what its container writes, and whoever asks takes it.

A stream ends when its container does, when the pod goes, or when something on the way is cut. Whoever takes looks
for pods each time, so that one that has come is read, and one whose stream ended is read on behind its last line.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

from bot.core.errors import BotError, Refused
from bot.core.model import LogLine
from bot.core.ports import Written
from bot.knative import codec, pods, resources

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.core.model import ServiceKey
    from bot.knative.connection import Connection, Query, Stream
    from bot.knative.pods import PodDocument

MOST_PODS = 5
"""The newest pods are followed: more would be more than anybody reads."""
KEPT = 1000
"""Lines that wait to be taken; older ones are lost then."""
LONGEST = 2000
"""Characters of a line that are kept."""
QUIET_SECONDS = 1200.0
"""How long a container may write nothing; nobody follows for so long."""


class Tail:
    """What the serving containers of a Service write; see the port LogStream. At most MOST_PODS threads read."""

    def __init__(
        self, connection: Connection, key: ServiceKey, revision: str | None, lines: int, since: timedelta | None
    ) -> None:
        self._connection = connection
        self._key = key
        self._revision = revision
        self._first: Query | None = (("tailLines", str(lines)),) if since is None else pods.within(since)
        self._lock = threading.Lock()
        self._lines: deque[LogLine] = deque(maxlen=KEPT)
        self._lost = 0
        self._refused: Refused | None = None
        self._readers: dict[str, _Reader] = {}
        self._closed = False
        self._look()  # now, so that what is written before the first take is not missed

    def take(self) -> Written:
        """Return what was written since the last call, at once; see the port."""
        found = self._look()
        with self._lock:
            if self._refused:
                raise self._refused
            lines = tuple(sorted(self._lines, key=lambda line: line.at))
            lost = self._lost
            self._lines.clear()
            self._lost = 0
        return Written(lines, found, lost)

    def close(self) -> None:
        """End all streams, even while their threads wait for a line."""
        with self._lock:
            self._closed = True
            readers = list(self._readers.values())
        for reader in readers:
            reader.close()

    def put(self, line: LogLine) -> None:
        """Keep a line until it is taken."""
        with self._lock:
            self._lost += len(self._lines) == KEPT
            self._lines.append(line)

    def refuse(self, error: Refused) -> None:
        """Note that these logs may not be read."""
        with self._lock:
            self._refused = error

    def _look(self) -> tuple[str, ...]:
        """Have the pods that there are read, and return their names."""
        listed = pods.listed(self._connection, self._key, self._revision)[:MOST_PODS]
        self._read({document.metadata.name: document for document in listed})
        return tuple(document.metadata.name for document in listed)

    def _read(self, found: dict[str, PodDocument]) -> None:
        """Have each pod read by one thread, and those that are gone by none."""
        with self._lock:
            if self._closed:
                return
            for name, reader in list(self._readers.items()):
                if reader.ended and name not in found:
                    del self._readers[name]
            for name, document in found.items():
                known = self._readers.get(name)
                if known is None or known.ended:
                    begin = known.behind if known else self._first or ()
                    self._readers[name] = _Reader(self, self._connection, document, begin, known.last if known else "")
                    self._readers[name].start()
            self._first = None  # pods that come later are read from their beginning


class _Reader:
    """One container's stream, in a thread of its own."""

    def __init__(self, tail: Tail, connection: Connection, document: PodDocument, begin: Query, last: str) -> None:
        self._tail = tail
        self._connection = connection
        self._namespace = document.metadata.namespace
        self._pod = document.metadata.name
        self._revision = (document.metadata.labels or {}).get(codec.REVISION_LABEL, "")
        container = pods.serving(document.spec.containers)
        self._query: Query = (("container", container), ("follow", "true"), ("timestamps", "true"), *begin)
        self.last = last
        self.ended = False
        self._closed = threading.Event()
        self._stream: Stream | None = None

    @property
    def behind(self) -> Query:
        """Return the parameter by which another stream goes on where this one ended."""
        return (("sinceTime", self.last),) if self.last else ()

    def start(self) -> None:
        threading.Thread(target=self._work, name=f"tail-{self._pod}", daemon=True).start()

    def close(self) -> None:
        self._closed.set()
        if stream := self._stream:
            stream.close()

    def _work(self) -> None:
        try:
            path = resources.log(self._namespace, self._pod)
            self._stream = self._connection.stream(path, self._query, QUIET_SECONDS)
            if self._closed.is_set():
                self._stream.close()
            for line in self._stream:
                self._put(line)
        except Refused as error:
            self._tail.refuse(error)
        except BotError:
            pass  # not started yet, gone, or cut: whoever takes next looks again
        finally:
            self.ended = True

    def _put(self, line: bytes) -> None:
        """Keep a line, unless an earlier stream brought it: the API knows times to the second only."""
        at, _, text = line.decode(errors="replace").partition(" ")
        if at > self.last:
            self.last = at
            self._tail.put(LogLine(self._revision, self._pod, at, text[:LONGEST]))
