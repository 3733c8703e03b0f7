"""A bot's HTTP server with a real app and a real store behind it, and raw requests to it."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from slack_sdk import WebClient

from bot.app import build_app
from bot.sandbox.workspace.requesturl import signed
from bot.settings import Http
from bot.slack import Bot
from bot.store import Store
from bot.web.figures import Figures
from bot.web.gate import Gate
from bot.web.health import Health
from bot.web.server import Server
from tests.handlers.at_once import AtOnce
from tests.handlers.payloads import SEAL, TEAM, FakeOperations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from bot.operations import Operations

SECRET = "0123456789abcdef0123456789abcdef"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}


@dataclass
class Door:
    """What is behind it, and how to knock."""

    server: Server
    operations: FakeOperations
    store: Store
    parts: dict[str, Callable[[], str]]

    def send(
        self, body: bytes, headers: Mapping[str, str], method: str = "POST", path: str = "/slack/events"
    ) -> tuple[int, str]:
        """Send a request as it is; the status and body of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        try:
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def slack(self, body: bytes, content: Mapping[str, str] = FORM, age: int = 0, **more: str) -> tuple[int, str]:
        """Send a request as Slack would, signed `age` seconds ago."""
        return self.send(body, {**content, **signed(SECRET, body, int(time.time()) - age), **more})

    def get(self, path: str) -> tuple[int, str]:
        return self.send(b"", {}, "GET", path)

    def reached(self, count: int = 1) -> list[tuple[Any, ...]]:
        """The calls of use cases, once there are so many."""
        deadline = time.monotonic() + 5
        while len(self.operations.calls) < count:
            assert time.monotonic() < deadline, "no use case was reached"
            time.sleep(0.005)
        return list(self.operations.calls)


@contextmanager
def door(folder: Path) -> Iterator[Door]:
    store = Store.open(f"sqlite:///{folder}/knobot.db")
    operations = FakeOperations()
    with opened(cast("Operations", operations), store) as (server, parts):
        yield Door(server, operations, store, parts)
    store.close()


@contextmanager
def opened(operations: Operations, store: Store) -> Iterator[tuple[Server, dict[str, Callable[[], str]]]]:
    """A bot of the app A1 that serves by HTTP, and what it tells of its health."""
    client = WebClient(token="xoxb-of-a-test", base_url="http://127.0.0.1:9/")
    bot = Bot(TEAM, "UBOT", "BBOT", "A1")
    app = build_app(operations, client, bot, "/knative", SEAL)
    app.listener_runner.listener_executor = AtOnce()
    parts: dict[str, Callable[[], str]] = {"slack": lambda: "", "database": lambda: ""}
    gate = Gate(SECRET, lambda request: store.first(request, datetime.now(UTC)))
    health = Health(parts)
    figures = Figures()
    figures.read(health, {}, lambda: store.failed)
    server = Server(Http(port=0), health, app, gate, operations.turn_away, figures)
    server.start()
    yield server, parts
    server.stop()


def form(payload: Mapping[str, Any]) -> bytes:
    """A slash command's flat fields, or what is interactive, as Slack puts it into a form."""
    if "command" in payload:
        return urlencode(payload).encode()
    return urlencode({"payload": json.dumps(payload)}).encode()
