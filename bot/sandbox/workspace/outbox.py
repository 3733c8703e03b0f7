"""The way from a person's gesture to the bot: over Socket Mode, or to the request URL where there is one.

Events that nobody acknowledges are sent again; commands and interactions are not, because a person waits for those.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.sandbox.workspace import payloads
from bot.sandbox.workspace.delivery import Attempt, Undelivered
from bot.sandbox.workspace.requesturl import RequestUrl

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.sandbox.workspace.delivery import Ack, PayloadKind, Way
    from bot.sandbox.workspace.grants import ResponseGrant
    from bot.sandbox.workspace.slack import Slack
    from bot.sandbox.workspace.sockets import SocketMode

logger = logging.getLogger(__name__)

RETRY_AFTER = (0.0, 60.0, 300.0)
"""Slack sends an event that was not acknowledged again at once, after a minute, and after five."""
KNOCK_SECONDS = 0.5
"""So often a request URL is tried that the bot does not serve yet."""


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
        presence: called when the bot comes to be reached over its request URL, or no longer is.
        retry_after: seconds before each further delivery of an unacknowledged event.
    """

    def __init__(
        self,
        slack: Slack,
        sockets: SocketMode,
        origin: Callable[[], str],
        presence: Callable[[], None],
        *,
        retry_after: Sequence[float] = RETRY_AFTER,
    ) -> None:
        self._slack = slack
        self._sockets = sockets
        self._origin = origin
        self._presence = presence
        self._retry_after = retry_after
        self._request_url: RequestUrl | None = None
        self._verified = False
        self._lost = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def connected(self) -> bool:
        """Whether there is a bot: at least one connection, or a request URL that has answered the challenge."""
        return self._verified if self._request_url else self._sockets.connected > 0

    @property
    def request_url(self) -> str | None:
        return self._request_url.url if self._request_url else None

    async def use_request_url(self, url: str | None) -> str:
        """Send everything there from now on, or over Socket Mode again; what is wrong with the address, or ""."""
        wanted = RequestUrl(url, self._slack.directory.app.signing_secret) if url else None
        if wanted and (problem := await wanted.verify()):
            await wanted.close()
            return problem
        await self._switch(wanted, verified=wanted is not None)
        return ""

    async def await_request_url(self, url: str) -> None:
        """Send everything there from now on; the bot that serves it may still have to start."""
        await self._switch(RequestUrl(url, self._slack.directory.app.signing_secret), verified=False)
        self._spawn(self._knock())

    async def _knock(self) -> None:
        knocked = self._request_url
        while knocked and knocked is self._request_url and not self._verified:
            if await knocked.verify():
                await asyncio.sleep(KNOCK_SECONDS)
            else:
                self._verified = True
                self._presence()

    async def _switch(self, to: RequestUrl | None, *, verified: bool) -> None:
        former, self._request_url, self._verified = self._request_url, to, verified
        self._presence()
        if former:
            await former.close()

    async def close(self) -> None:
        """Forget what was still to be delivered."""
        for task in list(self._tasks):
            task.cancel()
        if self._request_url:
            await self._request_url.close()

    async def send(self, kind: PayloadKind, payload: dict[str, Any]) -> Receipt:
        try:
            ack = await self._deliver(kind, payload)
        except Undelivered as undelivered:
            return Receipt(failure=undelivered.failure)
        return Receipt(acked_ms=round(ack.ms, 3), payload=ack.payload or {})

    def event(self, inner: dict[str, Any]) -> None:
        """Send an event; nobody waits for it."""
        self._spawn(self._deliver_event(payloads.event(self._slack, inner)))

    async def _deliver_event(self, payload: dict[str, Any]) -> None:
        reason = ""
        for number, delay in enumerate((0.0, *self._retry_after)):
            await asyncio.sleep(delay)
            try:
                await self._deliver("events_api", payload, Attempt(number, reason))
            except Undelivered as undelivered:
                reason = undelivered.reason
                if undelivered.final:
                    return
            else:
                return
        logger.info("Gave up on event %s: nobody acknowledged it", payload.get("event_id"))

    def lose_acks(self, count: int) -> None:
        """Let the next acks be lost on their way: the bot has done its part, and Slack does not know."""
        self._lost = count

    async def _deliver(self, kind: PayloadKind, payload: dict[str, Any], attempt: Attempt | None = None) -> Ack:
        way: Way = self._request_url or self._sockets
        ack = await way.deliver(kind, payload, attempt)
        if self._lost:
            self._lost -= 1
            raise Undelivered("operation_timeout", "timeout" if way is self._sockets else "http_timeout")
        return ack

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def response_url(self, kind: str, grant: ResponseGrant) -> str:
        """Where a bot may post its answer; `kind` is "commands", "actions" or "app", as in Slack's addresses."""
        return f"{self._origin()}/response/{kind}/{grant.token}"
