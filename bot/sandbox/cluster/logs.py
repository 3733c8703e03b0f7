"""`GET pods/NAME/log`.

The last lines of a container, and with `follow` every further one until the pod is gone or nobody reads.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.cluster.failures import bad_request
from bot.sandbox.cluster.pods import QUEUE_PROXY, Log
from bot.sandbox.cluster.requests import is_true

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.cluster.kinds import JSON


LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRequest:
    log: Log
    follow: bool
    timestamps: bool
    tail: int | None
    since: datetime | None

    @classmethod
    def of(cls, query: Mapping[str, str], pod: JSON, log: Log | None) -> LogRequest:
        """Raises the 400 Failure for a container that is not in the pod, or has not started."""
        statuses = {status["name"]: status for status in pod["status"].get("containerStatuses") or []}
        name, pod_name = query.get("container") or next(iter(statuses), ""), pod["metadata"]["name"]
        if name not in statuses:
            raise bad_request(f"container {name} is not valid for pod {pod_name}")
        waiting = statuses[name]["state"].get("waiting")
        if waiting and not statuses[name]["lastState"]:
            why = waiting["reason"]
            words = "trying and failing to pull image" if why == "ImagePullBackOff" else why
            raise bad_request(f'container "{name}" in pod "{pod_name}" is waiting to start: {words}')
        return cls(
            log=Log() if log is None or name == QUEUE_PROXY else log,
            follow=is_true(query.get("follow")),
            timestamps=is_true(query.get("timestamps")),
            tail=int(query["tailLines"]) if "tailLines" in query else None,
            since=_since(query),
        )


def _since(query: Mapping[str, str]) -> datetime | None:
    """From when on lines count; the API server takes one of the two, and reads both in whole seconds.

    Raises the 400 Failure for both, and for what cannot be read.
    """
    seconds, time = query.get("sinceSeconds"), query.get("sinceTime")
    if seconds and time:
        raise bad_request("at most one of `sinceTime` or `sinceSeconds` may be specified")
    if time:
        try:
            return datetime.fromisoformat(time).replace(microsecond=0)
        except ValueError:
            raise bad_request(f'parsing time "{time}" as RFC 3339 failed') from None
    return datetime.now(UTC) - timedelta(seconds=int(seconds)) if seconds else None


async def stream_log(request: web.Request, wanted: LogRequest) -> web.StreamResponse:
    """Write the lines, and the coming ones when they are followed."""
    response = web.StreamResponse(headers={"Content-Type": "text/plain"})
    response.enable_chunked_encoding()
    await response.prepare(request)
    log = wanted.log
    kept = [(at, line) for at, line in log.lines if wanted.since is None or at >= wanted.since]
    written = log.written
    try:
        await _write(response, kept if wanted.tail is None else kept[len(kept) - min(wanted.tail, len(kept)) :], wanted)
        while wanted.follow and not log.ended and _is_there(request):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(log.grown.wait(), LOOK_SECONDS)
            fresh = min(log.written - written, len(log.lines))
            written = log.written
            await _write(response, list(log.lines)[len(log.lines) - fresh :], wanted)
        await response.write_eof()
    except ConnectionError:
        pass  # the reader has gone
    return response


def _is_there(request: web.Request) -> bool:
    """Whether the reader is: a connection that is closed tells nobody who waits for a line."""
    return request.transport is not None and not request.transport.is_closing()


async def _write(response: web.StreamResponse, lines: list[tuple[datetime, str]], wanted: LogRequest) -> None:
    for at, line in lines:
        stamp = f"{at.isoformat()} " if wanted.timestamps else ""
        await response.write(f"{stamp}{line}\n".encode())
