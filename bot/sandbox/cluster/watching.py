"""Watches.

The present state, or the history since a version, then every change as it is stored, with bookmarks in between.

An object that stops matching the selector is told as DELETED, one that begins to match as ADDED; that is why events
carry both versions.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from bot.sandbox.cluster.failures import Cause, Failure, invalid
from bot.sandbox.cluster.kinds import JSON, Kind
from bot.sandbox.cluster.requests import is_true
from bot.sandbox.cluster.storage import EventType
from bot.sandbox.cluster.tables import partial, table

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bot.sandbox.cluster.storage import Event, Storage, Stored

DEFAULT_SECONDS, BOOKMARK_SECONDS = 1800.0, 10.0
LIST_OPTIONS = Kind(group="meta.k8s.io", version="v1", kind="ListOptions", plural="ListOptions")
INITIAL_EVENTS_END = {"k8s.io/initial-events-end": "true"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What one watch wants.

    `matches` tests whole objects; `form` is how they are shown: whole, as Table or as PartialObjectMetadata.
    """

    kind: Kind
    namespace: str
    matches: Callable[[JSON], bool]
    form: str
    include: str
    since: int | None
    initial: bool
    bookmarks: bool
    seconds: float


def check_options(query: Mapping[str, str]) -> None:
    """Raise the 422 for initial events asked for without saying how old they may be."""
    if is_true(query.get("sendInitialEvents")) and query.get("resourceVersionMatch") != "NotOlderThan":
        message = "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
        raise invalid(LIST_OPTIONS, "", [Cause("resourceVersionMatch", message, "FieldValueForbidden")])


def timeout_of(query: Mapping[str, str]) -> float:
    return float(query.get("timeoutSeconds") or DEFAULT_SECONDS)


async def lines(storage: Storage, watch: Watch) -> AsyncIterator[bytes]:
    """The lines of a watch's body until its time is up or it is cut.

    As on a real server a history that is gone is one ERROR line, and a version that is still to come is waited for in
    silence.
    """
    subscription = storage.subscribe(watch.kind)
    painter = _Painter(watch)
    try:
        try:
            events = [] if watch.since is None else storage.since(watch.kind, watch.since)
        except Failure as failure:
            yield msgspec.json.encode({"type": "ERROR", "object": failure.body}) + b"\n"
            return
        if watch.since is None:
            for stored in list(storage.scan(watch.kind, watch.namespace)):
                if watch.matches(stored.object):
                    yield painter.line(EventType.ADDED, stored)
            if watch.initial:
                yield painter.bookmark(storage.version, INITIAL_EVENTS_END)
        for event in events:
            if line := painter.paint(event):
                yield line
        end, last = time.monotonic() + watch.seconds, storage.version
        while (left := end - time.monotonic()) > 0:
            try:
                live = await asyncio.wait_for(subscription.queue.get(), min(left, BOOKMARK_SECONDS))
            except TimeoutError:
                if watch.bookmarks and storage.version > max(last, watch.since or 0):
                    last = storage.version
                    yield painter.bookmark(last)
                continue
            if live is None:
                return
            if live.version > (watch.since or 0) and (line := painter.paint(live)):
                yield line
        if watch.bookmarks and storage.version >= (watch.since or 0):
            yield painter.bookmark(storage.version)
    finally:
        storage.unsubscribe(watch.kind, subscription)


class _Painter:
    """Turns events into lines for one watch."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._headed = True  # only the first row of a table needs its columns

    def paint(self, event: Event) -> bytes | None:
        watch = self._watch
        if watch.namespace and event.key[0] != watch.namespace:
            return None
        now = event.type is not EventType.DELETED and watch.matches(event.now.object)
        before = event.before is not None and watch.matches(event.before.object)
        match before, now:
            case False, False:
                return None
            case False, True:
                return self.line(EventType.ADDED, event.now)
            case True, True:
                return self.line(EventType.MODIFIED, event.now)
            case _:
                return self.line(EventType.DELETED, event.now)

    def line(self, event_type: EventType, stored: Stored) -> bytes:
        lead = f'{{"type":"{event_type.value}","object":'.encode()
        return lead + self._body(stored) + b"}\n"

    def _body(self, stored: Stored) -> bytes:
        match self._watch.form:
            case "Table":
                metadata = {"resourceVersion": stored.object["metadata"]["resourceVersion"]}
                headed, self._headed = self._headed, False
                rows = table(self._watch.kind, [stored.object], metadata, include=self._watch.include, headed=headed)
                return msgspec.json.encode(rows)
            case "PartialObjectMetadata":
                return msgspec.json.encode(partial(stored.object))
            case _:
                return stored.encoded

    def bookmark(self, version: int, annotations: dict[str, str] | None = None) -> bytes:
        metadata: JSON = {"resourceVersion": str(version)}
        if annotations:
            metadata["annotations"] = annotations
        kind = self._watch.kind
        obj: JSON = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata}
        if self._watch.form == "Table":
            obj = table(kind, [], metadata, include="None", headed=False)
        return msgspec.json.encode({"type": "BOOKMARK", "object": obj}) + b"\n"
