"""Socket Mode: every payload goes to one connection, chosen at random, and is acknowledged by its envelope id."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import secrets
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from aiohttp import WSMsgType, web

from bot.sandbox.workspace.delivery import ACK_SECONDS, Ack, Attempt, PayloadKind, Undelivered
from bot.sandbox.workspace.expiring import Expiring

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CONNECTIONS = 10
TICKET_SECONDS = 30.0
ENVELOPE_SECONDS = 60.0
"""So long envelopes are remembered, to tell late acks and repeated ones from unknown ones."""
HEARTBEAT_SECONDS = 10.0
WARNING_SECONDS = 10.0
DisconnectReason = Literal["warning", "refresh_requested", "link_disabled"]


@dataclass(slots=True)
class Strays:
    """Acknowledgements that had no effect; a correct bot causes none."""

    late: int = 0
    repeated: int = 0
    unknown: int = 0


@dataclass(eq=False, slots=True)
class Connection:
    """One websocket of a bot."""

    socket: web.WebSocketResponse
    transport: asyncio.Transport | asyncio.BaseTransport | None


@dataclass(slots=True)
class _Envelope:
    answer: asyncio.Future[dict[str, Any] | None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    over: bool = False
    acked: bool = False


class SocketMode:
    """All connections of the bot's app.

    Args:
        app_id: told to each connection.
        presence: called when the first connection comes or the last goes.
    """

    def __init__(self, app_id: str, presence: Callable[[], None]) -> None:
        self._app_id = app_id
        self._presence = presence
        self._tickets: Expiring[float] = Expiring(TICKET_SECONDS, time.monotonic)
        self._connections: list[Connection] = []
        self._envelopes: Expiring[_Envelope] = Expiring(ENVELOPE_SECONDS, time.monotonic)
        self._tasks: set[asyncio.Task[None]] = set()
        self._refused_until = 0.0
        self.strays = Strays()

    @property
    def connected(self) -> int:
        """How many connections are open."""
        return len(self._connections)

    @property
    def refusing(self) -> bool:
        return time.monotonic() < self._refused_until

    def ticket(self) -> str:
        """A secret that opens one connection, for half a minute."""
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket, time.monotonic())
        return ticket

    # Connections

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection, from handshake to close."""
        issued = self._tickets.pop(request.query.get("ticket", ""))
        if self.refusing:
            return web.Response(status=503, text="service_unavailable")
        if issued is None or time.monotonic() - issued > TICKET_SECONDS:
            return web.Response(status=404, text="ticket_not_found")
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS)
        await socket.prepare(request)
        if self.connected >= CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets", "debug_info": self._debug()})
            await socket.close()
            return socket
        connection = Connection(socket, request.transport)
        self._connections.append(connection)
        try:
            await socket.send_json(self._hello())
            if self.connected == 1:
                self._presence()
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    self._acknowledge(frame.data)
        finally:
            self._connections.remove(connection)
            if not self.connected:
                self._presence()
        return socket

    def _debug(self) -> dict[str, Any]:
        return {"host": "applink-sandbox", "build_number": 1, "approximate_connection_time": 18060}

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": self.connected,
            "debug_info": self._debug(),
            "connection_info": {"app_id": self._app_id},
        }

    def drop(self) -> None:
        """Cut all connections as a broken network does, without a word."""
        for connection in self._connections:
            if isinstance(connection.transport, asyncio.Transport):
                connection.transport.abort()

    def refuse(self, seconds: float) -> None:
        """Let nobody connect for this long."""
        self._refused_until = time.monotonic() + seconds

    def disconnect(self, reason: DisconnectReason) -> None:
        """Ask all connections to go, as Slack does before it refreshes them, and close what is left a little later."""
        for connection in list(self._connections):
            self._spawn(self._send_off(connection, reason))

    async def _send_off(self, connection: Connection, reason: DisconnectReason) -> None:
        with contextlib.suppress(ConnectionError):
            await connection.socket.send_json({"type": "disconnect", "reason": reason, "debug_info": self._debug()})
            await asyncio.sleep(WARNING_SECONDS)
            await connection.socket.close()

    async def close(self) -> None:
        """Close everything and forget what was still to be delivered."""
        for task in list(self._tasks):
            task.cancel()
        for connection in list(self._connections):
            await connection.socket.close()

    # Payloads

    async def deliver(self, kind: PayloadKind, payload: Mapping[str, Any], attempt: Attempt | None = None) -> Ack:
        """Send a payload to one connection and wait for its ack. Raises Undelivered."""
        envelope_id = str(uuid.uuid4())
        envelope = self._envelopes.add(envelope_id, _Envelope())
        frame = {
            "envelope_id": envelope_id,
            "payload": payload,
            "type": kind,
            "accepts_response_payload": kind != "events_api",
        }
        if attempt is not None:
            frame |= {"retry_attempt": attempt.number, "retry_reason": attempt.reason}
        sent = time.monotonic()
        try:
            await self._send(json.dumps(frame, separators=(",", ":")))
            async with asyncio.timeout(ACK_SECONDS):
                answer = await envelope.answer
        except TimeoutError:
            raise Undelivered("operation_timeout", "timeout") from None
        finally:
            envelope.over = True
        return Ack((time.monotonic() - sent) * 1000, answer if kind != "events_api" else None)

    async def _send(self, frame: str) -> None:
        for connection in random.sample(self._connections, self.connected):
            with contextlib.suppress(ConnectionError):
                await connection.socket.send_str(frame)
                return
        raise Undelivered("dispatch_failed", "connection_failed")

    def _acknowledge(self, frame: str) -> None:
        try:
            answer = json.loads(frame)
        except ValueError:
            return
        if not isinstance(answer, dict) or "envelope_id" not in answer:
            return
        envelope = self._envelopes.get(answer["envelope_id"])
        if envelope is None:
            self.strays.unknown += 1
        elif envelope.acked:
            self.strays.repeated += 1
        elif envelope.over:
            self.strays.late += 1
        else:
            envelope.acked = True
            payload = answer.get("payload")
            envelope.answer.set_result(payload if isinstance(payload, dict) and payload else None)

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
