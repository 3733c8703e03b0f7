"""One thread keeps the objects of one kind, in one namespace or in all, as the API server has them.

Nothing that an API server or a network does may make the copy silently wrong: history that is gone is read anew, what
vanished meanwhile is noticed as deleted, silence is taken for a broken connection, and a failure is tried again after
a random pause that grows. Where the server can, one stream brings the present state and then the changes
(sendInitialEvents); else a list is read, in pages, and the stream follows it.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, Generic, TypeVar

from bot.core.errors import BotError, Invalid, Unavailable
from bot.knative import faults
from bot.knative.codec import Mark, Owned
from bot.knative.paging import pages
from bot.knative.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.core.model import ServiceKey
    from bot.knative.codec import Kind, Page
    from bot.knative.connection import Connection, Query, Stream

T = TypeVar("T")

QUIET_SECONDS = 90.0
"""An API server sends a bookmark about every minute: a longer silence means that nobody is there any more."""
STREAM_SECONDS = (300, 600)
"""How long a stream is asked to last, so that watches move between servers and not all at once."""
PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 30.0
HASTE_SECONDS = 1.0
"""A stream that ends sooner than this counts as a failure, so that it is not asked for again without a pause."""
_NOT_ABOUT_STREAMING = (faults.UNREACHABLE, faults.CREDENTIALS, faults.FORBIDDEN, faults.BUSY)

_log = logging.getLogger(__name__)


class Watch(Generic[T]):
    """A copy of all objects of one kind.

    `events` and `relists` only count up; `synced` is set once the copy is whole, and stays set.
    """

    def __init__(
        self,
        connection: Connection,
        kind: Kind[T],
        namespace: str | None,
        notice: Callable[[ServiceKey], None],
        settled: Callable[[], None],
        quiet: float,
    ) -> None:
        """Prepare a watch; `start` begins it.

        Args:
            connection: of the cluster.
            kind: what to watch.
            namespace: where; None for everywhere.
            notice: called from the watch's thread for each change after the first sync, with the copy up to date.
            settled: called when the copy is whole for the first time and `synced` is set, and when RBAC refuses it.
            quiet: seconds of silence after which the stream is given up.
        """
        self._connection = connection
        self._kind = kind
        self._path = kind.path(namespace)
        self._notice = notice
        self._settled = settled
        self._quiet = quiet
        self._lock = threading.Lock()
        self._objects = Shelf[T](connection.cluster)
        self._version = ""
        self._streams_state = True
        self._failures = 0
        self._heard: float | None = None
        self._stream: Stream | None = None
        self._parted: float | None = time.monotonic()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"watch {connection.cluster}{self._path}", daemon=True)
        self.synced = threading.Event()
        self.refused = False
        self.events = 0
        self.relists = 0
        self.streams = 0

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Tell the thread to end; `join` waits for it."""
        self._stopping.set()
        stream = self._stream
        if stream is not None:
            stream.close()

    def join(self) -> None:
        """Wait for up to a second until the thread has ended; a request in progress may keep it a little longer."""
        self._thread.join(timeout=1.0)

    def objects(self, owner: ServiceKey) -> list[T]:
        """Return the objects that are or belong to one Service."""
        with self._lock:
            return list(self._objects.of(owner).values())

    def everything(self, namespace: str | None = None) -> list[T]:
        """Return the objects of a namespace by name, or those of all namespaces."""
        with self._lock:
            return self._objects.within(namespace)

    def unordered(self, namespace: str | None = None) -> list[T]:
        """Return the same in no order, which takes far less time."""
        with self._lock:
            return self._objects.unordered(namespace)

    def age(self) -> float | None:
        """Return for how many seconds nothing has been heard from the API server; None if nothing ever was."""
        return None if self._heard is None else time.monotonic() - self._heard

    def broken(self) -> float:
        """Return for how many seconds there has been no stream; 0 while one is open."""
        parted = self._parted
        return 0.0 if parted is None else time.monotonic() - parted

    def current(self, limit: float) -> bool:
        """Whether the copy is whole and follows: its stream has not broken, nor been silent for over `limit` seconds.

        A bookmark, too, tells that the server is there and has nothing new.
        """
        age = self.age()
        return self.synced.is_set() and not self._failures and age is not None and age <= limit

    def _run(self) -> None:
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                self._follow()
            except BotError as error:
                if self._stopping.is_set():
                    return
                if error.code == faults.EXPIRED:
                    self._version = ""
                self._failures += 1
                self._note(refused=error.code == faults.FORBIDDEN)
                _log.warning("The watch of %s on %s broke: %s", self._path, self._connection.cluster, error)
            except Exception:  # noqa: BLE001 # a dead thread would leave the copy to rot; the next sync repairs it
                if self._stopping.is_set():
                    return
                self._version = ""
                self._failures += 1
                _log.exception("The watch of %s on %s failed", self._path, self._connection.cluster)
            else:
                if time.monotonic() - began < HASTE_SECONDS:
                    self._failures += 1
            self._stopping.wait(_pause(self._failures))

    def _follow(self) -> None:
        """Follow one stream to its end, from where the copy is; without a copy, get one first."""
        if not self._version and self._streams_state:
            try:
                self._stream_state()
            except Invalid:  # so answers a server that does not know how
                self._streams_state = False
            except BotError as error:
                # The server may be unable to stream its state; a list is always to be had.
                self._streams_state = bool(self._version) or error.code in _NOT_ABOUT_STREAMING
                raise
            else:
                return
        if not self._version:
            self._list_state()
        for event in self._events((("resourceVersion", self._version),)):
            self._take(event)

    def _stream_state(self) -> None:
        """Read the present state and then the changes from one stream; a bookmark parts them."""
        fresh = Shelf[T](self._connection.cluster)
        arriving = True
        for event in self._events((("sendInitialEvents", "true"), ("resourceVersionMatch", "NotOlderThan"))):
            if not arriving:
                self._take(event)
            elif isinstance(event, Owned):
                self.events += 1
                fresh.carry(event)
            elif event.whole:
                self._replace(fresh, event.version)
                arriving = False
        if arriving:
            raise Unavailable("The stream ended before the state was whole.", code=faults.LOST)

    def _list_state(self) -> None:
        """Read the present state as a list. The first may come from the server's cache, which costs it far less."""
        start: Query = () if self.synced.is_set() else (("resourceVersion", "0"),)

        def ask(position: Query) -> Page[Owned[T]]:
            return self._kind.page(self._connection.read(self._path, position), self._connection.cluster)

        read = pages(ask, attrgetter("more"), start)
        fresh = Shelf[T](self._connection.cluster)
        for owned in (owned for page in read for owned in page.items):
            fresh.carry(owned)
        self._heard = time.monotonic()
        self._replace(fresh, read[-1].resource_version)

    def _events(self, query: Query) -> Iterator[Owned[T] | Mark]:
        """Open a stream and yield its events.

        Raises:
            Unavailable: among others, code "expired", when the history since the copy's version is gone.
        """
        seconds = random.randint(*STREAM_SECONDS)  # noqa: S311 # spreads reconnections, hides nothing
        common = (("watch", "true"), ("allowWatchBookmarks", "true"), ("timeoutSeconds", str(seconds)))
        stream = self._connection.stream(self._path, (*common, *query), self._quiet)
        self._stream = stream
        self._heard, self._parted = time.monotonic(), None
        self.streams += 1
        if self._stopping.is_set():
            stream.close()  # `end` came before it could see the stream
        said = False
        try:
            for line in stream:
                said = True
                self._heard = time.monotonic()
                event = self._kind.event(line, self._connection.cluster)
                self._failures = 0
                yield event
        except Unavailable:
            if not said:
                # An API server waits without a word, and without bookmarks, for a version that it has not reached: one
                # from before its etcd was restored. It would never come.
                self._version = ""
            raise
        finally:
            self._parted = time.monotonic()
            self._stream = None  # it would keep its whole pool of connections open

    def _take(self, event: Owned[T] | Mark) -> None:
        """Carry one event into the copy."""
        self._version = event.version
        if isinstance(event, Mark):
            return
        self.events += 1
        with self._lock:
            home, before = self._objects.carry(event)
        if before != (None if event.gone else event.value):
            for owner in {event.owner, replace(event.owner, name=home)}:
                self._tell(owner)

    def _replace(self, fresh: Shelf[T], version: str) -> None:
        """Put `fresh` in place of the copy; what changed or vanished in between is noticed, except the first time."""
        with self._lock:
            before, self._objects = self._objects, fresh
        self._version = version
        self.refused = False
        if not self.synced.is_set():
            self.synced.set()
            self._settled()
            return
        self.relists += 1
        for owner in fresh.changed(before):
            self._tell(owner)

    def _note(self, *, refused: bool) -> None:
        """Take note that RBAC does not let Knobot watch here, or that this is not what is wrong now."""
        new, self.refused = refused and not self.refused, refused
        if new:
            self._settled()

    def _tell(self, owner: ServiceKey) -> None:
        try:
            self._notice(owner)
        except Exception:  # noqa: BLE001 # the listener's fault must not end the watch: the copy is right
            _log.exception("Noticing a change of %s failed", owner)


def _pause(failures: int) -> float:
    """Return how many seconds to wait after so many failures in a row: random, so that replicas part."""
    longest = min(LONGEST_PAUSE_SECONDS, PAUSE_SECONDS * 2 ** min(failures, 10))
    return random.uniform(0, longest) if failures else 0.0  # noqa: S311 # spreads retries, hides nothing
