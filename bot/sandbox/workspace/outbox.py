"""The way from a person's gesture to the bot: a payload goes out, an ack comes back within three seconds or never."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.sandbox.workspace import payloads
from bot.sandbox.workspace.sockets import NotConnected

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.workspace.grants import ResponseGrant
    from bot.sandbox.workspace.slack import Slack
    from bot.sandbox.workspace.sockets import EnvelopeKind, SocketMode


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a payload.

    Args:
        acked_ms: milliseconds until the ack; None if there was none.
        payload: what came with the ack.
        failure: Slack's name for what went wrong, or "".
    """

    acked_ms: float | None = None
    payload: dict[str, Any] = field(default_factory=dict)
    failure: str = ""


class Outbox:
    """Sends payloads to the bot.

    Args:
        origin: tells scheme, host and port under which bots reach the workspace.
    """

    def __init__(self, slack: Slack, sockets: SocketMode, origin: Callable[[], str]) -> None:
        self._slack = slack
        self._sockets = sockets
        self._origin = origin

    async def send(self, kind: EnvelopeKind, payload: dict[str, Any]) -> Receipt:
        try:
            ack = await self._sockets.deliver(kind, payload)
        except NotConnected:
            return Receipt(failure="dispatch_failed")
        if ack is None:
            return Receipt(failure="operation_timeout")
        return Receipt(acked_ms=round(ack.ms, 3), payload=ack.payload or {})

    def event(self, inner: dict[str, Any]) -> None:
        """Send an event; nobody waits for it."""
        self._sockets.event(payloads.event(self._slack, inner))

    def response_url(self, kind: str, grant: ResponseGrant) -> str:
        """Where a bot may post its answer; `kind` is "commands", "actions" or "app", as in Slack's addresses."""
        return f"{self._origin()}/response/{kind}/{grant.token}"
