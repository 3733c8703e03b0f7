"""How Slack's payloads come in, and where it is told whether Knobot is well.

In Socket Mode Knobot opens the connection, and listens only where it was told to; by HTTP it listens for both.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.settings import Mode
from bot.slack.connection import call
from bot.web.gate import Gate
from bot.web.health import Health, socket_health, watch_health, web_api_health
from bot.web.server import Server
from bot.web.sockets import Socket

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slack_bolt import App
    from slack_sdk import WebClient

    from bot.knative.reflector import Reflector
    from bot.settings import Settings
    from bot.store import Store
    from bot.web.figures import Figures


class Doors:
    """The one way in that the settings choose, and the HTTP server where there is one.

    Args:
        settings: which.
        app: what payloads are for.
        client: of the bot.
        store: where it is noted which requests have been let in.
        watches: cluster → its copy.
        turned_away: is told why something was not let in, and the address that it came from, if it did from one.
        figures: what /metrics tells.
    """

    def __init__(
        self,
        settings: Settings,
        app: App,
        client: WebClient,
        store: Store,
        watches: Mapping[str, Reflector],
        turned_away: Callable[..., None],
        figures: Figures,
    ) -> None:
        slack = settings.slack
        self._socket: Socket | None = None
        gate: Gate | None = None
        if slack.mode is Mode.SOCKET:
            self._socket = Socket(app, slack.app_token, turned_away, figures)
            reached = socket_health(self._socket)
        else:
            gate = Gate(slack.signing_secret, lambda request: store.first(request, datetime.now(UTC)))
            reached = web_api_health(lambda: call(client.auth_test))
        parts: dict[str, Callable[[], str]] = {"slack": reached, "database": _silent(store.ping)}
        parts |= {f"cluster {name}": watch_health(watch) for name, watch in watches.items()}
        health = Health(parts)
        figures.read(health, watches, lambda: store.failed)
        self._server = Server(settings.http, health, app, gate, turned_away, figures) if settings.http else None

    def open(self) -> None:
        """Take payloads; raises Unavailable, if the address cannot be listened at."""
        if self._server:
            self._server.start()
        if self._socket:
            self._socket.connect()  # type: ignore[no-untyped-call] # Bolt's

    def close(self) -> None:
        """Take no more."""
        if self._socket:
            self._socket.close()  # type: ignore[no-untyped-call] # Bolt's
        if self._server:
            self._server.stop()


def _silent(ask: Callable[[], None]) -> Callable[[], str]:
    def fault() -> str:
        ask()
        return ""

    return fault
