from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession, WSServerHandshakeError

from tests.sandbox.workspace.conftest import Loop, Script, Wire, connection_url, eventually

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.workspace import Workspace


def strays(script: Script) -> dict[str, int]:
    found: dict[str, int] = script.get("/sandbox/state")["bot"]["stray_acks"]
    return found


def test_a_connection_is_greeted(wire: Wire) -> None:
    hello = eventually(lambda: wire.frames)[0]

    assert (hello["type"], hello["num_connections"]) == ("hello", 1)
    assert hello["connection_info"] == {"app_id": "A0KNOBOT"}


def test_a_payload_comes_in_an_envelope(script: Script, wire: Wire) -> None:
    script.slash("x")

    envelope = wire.envelopes[0]
    assert envelope["type"] == "slash_commands"
    assert envelope["accepts_response_payload"]
    assert "retry_attempt" not in envelope


def test_each_payload_goes_to_one_of_several_connections(script: Script, wires: Callable[[], Wire]) -> None:
    several = [wires() for _ in range(3)]
    for number in range(60):
        script.slash(str(number))

    shares = [Counter(envelope["payload"]["text"] for envelope in wire.envelopes) for wire in several]

    assert sum(shares, Counter()) == Counter(str(number) for number in range(60))
    assert all(shares)


def test_the_eleventh_connection_is_sent_away(wires: Callable[[], Wire]) -> None:
    ten = [wires() for _ in range(10)]
    eleventh = wires()

    eventually(lambda: eleventh.closed)
    assert [frame["reason"] for frame in eleventh.frames] == ["too_many_websockets"]
    assert not any(wire.closed for wire in ten)


def test_a_connection_address_serves_once(workspace: Workspace, loop: Loop) -> None:
    url = connection_url(workspace)

    async def twice() -> None:
        async with ClientSession() as session, session.ws_connect(url):
            with pytest.raises(WSServerHandshakeError):
                await session.ws_connect(url)

    loop.run(twice())


def test_only_the_first_ack_counts(script: Script, wire: Wire) -> None:
    wire.reply = lambda _envelope: {"text": "first"}
    script.slash("x")
    wire.send(envelope_id=wire.envelopes[0]["envelope_id"], payload={"text": "second"})
    wire.send(envelope_id="made-up")

    eventually(lambda: strays(script) == {"late": 0, "repeated": 1, "unknown": 1})
    assert script.texts() == ["first"]


def test_a_late_ack_changes_nothing(script: Script, wire: Wire) -> None:
    wire.reply = lambda _envelope: None
    script.slash("x")
    wire.send(envelope_id=wire.envelopes[0]["envelope_id"], payload={"text": "late"})

    eventually(lambda: strays(script)["late"] == 1)
    assert script.texts() == ['/knative failed with the error "operation_timeout": Knobot did not respond in time']


def test_events_are_sent_again_until_they_are_acknowledged(script: Script, wire: Wire) -> None:
    wire.reply = lambda envelope: {} if envelope["retry_attempt"] == 1 else None
    script.post("/sandbox/say", user="dev", channel="deploys", text="@knobot hello")

    eventually(lambda: len(wire.envelopes) == 2)
    first, second = wire.envelopes
    assert (first["retry_attempt"], first["retry_reason"]) == (0, "")
    assert (second["retry_attempt"], second["retry_reason"]) == (1, "timeout")
    assert first["payload"]["event_id"] == second["payload"]["event_id"]
    assert not first["accepts_response_payload"]


def test_an_event_waits_for_a_bot_that_comes_back(script: Script, wires: Callable[[], Wire]) -> None:
    script.post("/sandbox/say", user="dev", channel="@knobot", text="hello")
    wire = wires()

    assert wire.payload["event"] | {"ts": "", "event_ts": "", "client_msg_id": ""} == {
        "type": "message",
        "channel_type": "im",
        "channel": "D0DEV",
        "user": "U0DEV",
        "text": "hello",
        "team": "T0SANDBOX",
        "ts": "",
        "event_ts": "",
        "client_msg_id": "",
    }
    assert wire.envelopes[0]["retry_reason"] == "connection_failed"


def test_plain_messages_in_channels_are_not_the_bots_business(script: Script, wire: Wire) -> None:
    script.post("/sandbox/say", user="dev", channel="deploys", text="lunch?")
    script.post("/sandbox/say", user="dev", channel="quiet", text="@knobot is not here")
    script.slash("x")

    assert [envelope["type"] for envelope in wire.envelopes] == ["slash_commands"]


def test_slack_says_before_it_refreshes_a_connection(script: Script, wire: Wire) -> None:
    script.post("/sandbox/faults", target="slack", kind="disconnect", reason="warning")

    eventually(lambda: wire.frames[-1].get("reason") == "warning")


def test_while_sockets_are_refused_nobody_connects(script: Script, workspace: Workspace, loop: Loop) -> None:
    url = connection_url(workspace)
    script.post("/sandbox/faults", target="slack", kind="refuse_sockets", seconds=30)

    async def connect() -> None:
        async with ClientSession() as session:
            await session.ws_connect(url)

    with pytest.raises(WSServerHandshakeError):
        loop.run(connect())
    script.post("/sandbox/faults", target="slack", kind="clear")
    Wire(workspace, loop).close()
