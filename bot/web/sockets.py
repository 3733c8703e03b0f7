"""Socket Mode: what Slack brings by the connection that Knobot has opened. Slack has signed nothing, and need not."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.core.tally import ACK
from bot.handlers.shape import Misshapen, check

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import App
    from slack_sdk.socket_mode.builtin import SocketModeClient
    from slack_sdk.socket_mode.request import SocketModeRequest

    from bot.core.ports import Tally

log = logging.getLogger(__name__)

PING_SECONDS = 2
"""Between pings. The client gives a broken connection up after five that failed; meanwhile nobody is answered."""
CHUNK = 64 * 1024
"""Bytes that are read at once. The client calls itself for each chunk of what has come: by its own 1,024, a backlog of
three megabytes ends in a RecursionError."""


class Socket(SocketModeHandler):
    """Hands payloads to the app; what is none is acknowledged, so that Slack does not bring it again, and dropped.

    Args:
        app: what payloads are for.
        token: of the app, by which the connection is opened.
        turned_away: is told why something was dropped.
        tally: counts.
    """

    def __init__(self, app: App, token: str, turned_away: Callable[[str], None], tally: Tally) -> None:
        super().__init__(app, token, ping_interval=PING_SECONDS)
        self.client.receive_buffer_size = CHUNK
        self._tally = tally
        self._turned_away = turned_away

    def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override] # Bolt's, too
        try:
            check(req.payload)
        except Misshapen as error:
            log.warning("Something that is no payload of Slack's was dropped: %s", error)
            self._turned_away("it is no payload")
            client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))
        else:
            began = time.monotonic()
            super().handle(client, req)
            self._tally.took(ACK, time.monotonic() - began)
