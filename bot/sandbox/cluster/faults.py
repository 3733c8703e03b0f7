"""Faults on demand, so that clients can be seen to survive what a real API server does on a bad day."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any, Literal

from bot.sandbox.cluster.failures import Failure

STATUSES: dict[int, tuple[str, str]] = {
    409: (
        "Conflict",
        "Operation cannot be fulfilled: the object has been modified; please apply your changes to the latest version",
    ),
    410: ("Expired", "The provided continue parameter is too old to display a consistent list result."),
    429: ("TooManyRequests", "the server has received too many requests and has asked us to try again later"),
    500: ("InternalError", "Internal error occurred: the sandbox was asked to fail"),
    503: ("ServiceUnavailable", "the server is currently unable to handle the request"),
}


class Dropped(Exception):
    """The connection is to be closed without an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One standing order. `count` requests meet it; -1 means until cleared."""

    kind: Literal["status", "latency", "drop"]
    count: int = 1
    code: int = 500
    seconds: float = 1.0


class Faults:
    def __init__(self) -> None:
        self._standing: list[Fault] = []

    def order(self, kind: str, **options: Any) -> None:
        """Add a fault, or clear them all. Raises ValueError for a kind or code that does not exist."""
        if kind == "clear":
            self._standing.clear()
            return
        if kind not in {"status", "latency", "drop"}:
            raise ValueError(f"no such fault: {kind}")
        fault = Fault(kind=kind, **options)  # type: ignore[arg-type]  # narrowed by the check above
        if fault.code not in STATUSES:
            raise ValueError(f"no such status fault: {fault.code}")
        self._standing.append(fault)

    async def meet(self) -> None:
        """Let one request meet what is ordered: wait, fail, or hang up."""
        met, self._standing = self._standing, []
        for fault in met:
            if fault.count != 1:
                self._standing.append(replace(fault, count=max(-1, fault.count - 1)))
        for fault in met:
            match fault.kind:
                case "latency":
                    await asyncio.sleep(fault.seconds)
                case "drop":
                    raise Dropped
                case "status":
                    reason, message = STATUSES[fault.code]
                    headers = {"Retry-After": "1"} if fault.code in {429, 503} else {}
                    raise Failure(fault.code, reason, message, headers=headers)
