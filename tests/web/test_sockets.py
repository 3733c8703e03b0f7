"""Socket Mode: what is no payload is acknowledged and dropped, and whatever Slack sends is handed on."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any, cast

import pytest
from slack_sdk import WebClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.app import build_app
from bot.slack import Bot
from bot.web.sockets import Socket
from tests.handlers.at_once import AtOnce
from tests.handlers.payloads import CLICK, SAID, SEAL, SLASH, TEAM, FakeOperations
from tests.operations.fakes import FakeTally

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_sdk.socket_mode.builtin import SocketModeClient
    from slack_sdk.socket_mode.response import SocketModeResponse

    from bot.operations import Operations

MARK = "MARK-OF-A-PAYLOAD"


class Line:
    """Slack's side of a connection, as far as it is answered."""

    def __init__(self) -> None:
        self.acks: list[str] = []
        self.logger = logging.getLogger("slack_bolt")

    def send_socket_mode_response(self, response: SocketModeResponse) -> None:
        self.acks.append(response.envelope_id)


@pytest.fixture(scope="module")
def socket() -> Iterator[tuple[Socket, FakeOperations]]:
    operations = FakeOperations()
    client = WebClient(token="xoxb-of-a-test", base_url="http://127.0.0.1:9/")
    app = build_app(cast("Operations", operations), client, Bot(TEAM, "UBOT", "BBOT"), "/knative", SEAL)
    app.listener_runner.listener_executor = AtOnce()
    made = Socket(app, "xapp-of-a-test", operations.turn_away, FakeTally())
    yield made, operations
    made.close()  # type: ignore[no-untyped-call] # Bolt's


def bring(socket: tuple[Socket, FakeOperations], payload: Any) -> tuple[list[str], FakeOperations]:
    """Bring one envelope; what was acknowledged, and what was called."""
    made, operations = socket
    operations.calls.clear()
    operations.reports.clear()
    operations.turned.clear()
    line = Line()
    request = SocketModeRequest(type="interactive", envelope_id="E1", payload=payload)
    made.handle(cast("SocketModeClient", line), request)
    return line.acks, operations


@pytest.mark.parametrize("payload", [SLASH, CLICK, SAID], ids=["a command", "a click", "an event"])
def test_what_slack_sends_is_acknowledged_and_done(
    socket: tuple[Socket, FakeOperations], payload: dict[str, Any]
) -> None:
    acks, operations = bring(socket, payload)

    assert acks == ["E1"]
    assert len(operations.calls) == 1
    assert not operations.turned


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"type": MARK},
        {**SLASH, "team_id": [MARK]},
        {**SLASH, "text": {"text": MARK}},
        {**CLICK, "actions": MARK},
        {**CLICK, "user": {"id": 7, "name": MARK}},
        {**SAID, "authorizations": [MARK]},
        {**SAID, "actions": [[MARK]]},
        {**SAID, "authorizations": MARK + "\ud800"},
        {**SAID, "event": {"text": MARK}},
    ],
    ids=repr,
)
def test_what_is_none_is_acknowledged_and_dropped_with_one_line(
    socket: tuple[Socket, FakeOperations], payload: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    acks, operations = bring(socket, payload)

    assert acks == ["E1"]
    assert not operations.calls
    assert not operations.reports
    assert operations.turned == [("it is no payload",)]
    (line,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert line.levelno == logging.WARNING
    assert MARK not in caplog.text


def test_a_backlog_is_read_in_few_pieces(socket: tuple[Socket, FakeOperations]) -> None:
    made, _ = socket
    backlog = 2 * 1024 * 1024

    assert backlog / made.client.receive_buffer_size < sys.getrecursionlimit() / 10
