"""Failures on demand: what Slack does on a bad day, planted by a test and used up call by call."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

ANY_METHOD = ""
RESPONSE_URL = "response_url"
"""Stands for a method's name where a fault should meet answers to response URLs."""


class FaultKind(StrEnum):
    """ratelimit: 429 with Retry-After; error: {"ok": false}; status: an HTTP status; latency: seconds of delay."""

    RATELIMIT = "ratelimit"
    ERROR = "error"
    STATUS = "status"
    LATENCY = "latency"


@dataclass(slots=True, kw_only=True)
class Fault:
    """What befalls the next `count` calls of `method` ("" means of any)."""

    kind: FaultKind
    method: str = ANY_METHOD
    count: int = 1
    retry_after: int = 1
    error: str = "internal_error"
    code: int = 503
    seconds: float = 1.0


@dataclass(slots=True)
class Faults:
    """The faults that are still to happen, oldest first."""

    planted: list[Fault] = field(default_factory=list)

    def plant(self, fault: Fault) -> None:
        self.planted.append(fault)

    def clear(self) -> None:
        self.planted.clear()

    def take(self, method: str) -> list[Fault]:
        """Those that befall this call: any latency, and the first other one."""
        mine = [fault for fault in self.planted if fault.method in (ANY_METHOD, method)]
        delays = [fault for fault in mine if fault.kind is FaultKind.LATENCY][:1]
        failures = [fault for fault in mine if fault.kind is not FaultKind.LATENCY][:1]
        for fault in (*delays, *failures):
            fault.count -= 1
        self.planted = [fault for fault in self.planted if fault.count > 0]
        return [*delays, *failures]
