"""What a way to the bot is, whichever there is: a payload goes out, an ack comes back within three seconds or never."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

ACK_SECONDS = 3.0

PayloadKind = Literal["slash_commands", "interactive", "events_api"]


@dataclass(frozen=True, slots=True)
class Ack:
    """A bot's acknowledgement: after how many milliseconds, and what came with it."""

    ms: float
    payload: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """Which delivery of an event this is; `reason` tells why the one before it failed."""

    number: int = 0
    reason: str = ""


class Undelivered(Exception):
    """No ack came.

    Args:
        failure: Slack's name for it, as a person sees it.
        reason: Slack's name for it, as the next delivery of the same event tells it.
        final: the bot has asked for no further delivery.
    """

    def __init__(self, failure: str, reason: str, *, final: bool = False) -> None:
        super().__init__(failure)
        self.failure = failure
        self.reason = reason
        self.final = final


class Way(Protocol):
    """A way to the bot."""

    async def deliver(self, kind: PayloadKind, payload: Mapping[str, Any], attempt: Attempt | None = None) -> Ack:
        """Send a payload and wait for its ack; events say which attempt this is. Raises Undelivered."""
