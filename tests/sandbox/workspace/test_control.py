from __future__ import annotations

import json
import time
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackApiError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_sdk import WebClient

    from bot.sandbox.workspace import Workspace
    from tests.sandbox.workspace.conftest import Script, Wire

MISTAKES: dict[str, tuple[str, dict[str, Any], int, str]] = {
    "unknown user": ("slash", {"user": "who", "channel": "deploys", "text": "x"}, 404, "There is no user 'who'"),
    "a deleted account": ("slash", {"user": "gone", "channel": "deploys"}, 404, "There is no user 'gone'"),
    "no user": ("slash", {"channel": "deploys"}, 400, "user is missing"),
    "unknown channel": ("slash", {"user": "dev", "channel": "c", "text": "x"}, 404, "There is no channel 'c'"),
    "not a member": ("slash", {"user": "guest", "channel": "prod", "text": "x"}, 404, "guest is not in prod"),
    "a command in a thread": (
        "slash",
        {"user": "dev", "channel": "deploys", "text": "x", "thread_ts": "1.2"},
        400,
        "/knative is not supported in threads. Sorry!",
    ),
    "a number for a text": ("say", {"user": "dev", "channel": "deploys", "text": 7}, 400, "text must be a string"),
    "a thread of nothing": (
        "say",
        {"user": "dev", "channel": "deploys", "text": "x", "thread_ts": "1.2"},
        404,
        "There is no message 1.2 in deploys",
    ),
    "no such message": ("click", {"user": "dev", "message_ts": "1.2", "label": "x"}, 404, "dev sees no message 1.2"),
    "no such view": ("submit", {"user": "dev", "view_id": "V1"}, 404, "dev has no view V1 open"),
    "unknown target": ("faults", {"target": "moon"}, 400, 'target must be "slack" or "cluster"'),
    "no cluster": ("faults", {"target": "cluster", "kind": "x"}, 400, "There is no embedded cluster here"),
    "wrong type": (
        "faults",
        {"target": "slack", "kind": "error", "count": "x"},
        400,
        "count has the wrong type",
    ),
}


@pytest.mark.parametrize(("path", "body", "status", "error"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_answered_with_a_sentence(
    script: Script, path: str, body: dict[str, Any], status: int, error: str
) -> None:
    assert script.post(f"/sandbox/{path}", **body) == {"status": status, "error": error}


def test_what_is_no_json_or_not_there_is_answered_in_json(workspace: Workspace, script: Script) -> None:
    assert script.get("/sandbox/nothing") == {"status": 404, "error": "Not Found"}
    connection = HTTPConnection(workspace.url.removeprefix("http://"))
    connection.request("POST", "/sandbox/say", "{")
    response = connection.getresponse()
    assert (response.status, json.load(response)) == (400, {"error": "The body is not JSON"})
    connection.close()


@pytest.mark.parametrize("header", [("Origin", "https://evil.example"), ("Host", "evil.example")], ids=lambda h: h[0])
def test_other_web_pages_are_turned_away(workspace: Workspace, header: tuple[str, str]) -> None:
    connection = HTTPConnection(workspace.url.removeprefix("http://"))
    connection.putrequest("POST", "/sandbox/slash", skip_host=header[0] == "Host")
    connection.putheader(*header)
    connection.endheaders()
    assert connection.getresponse().status == 403
    connection.close()


def test_the_state_tells_what_a_page_needs(script: Script, workspace: Workspace) -> None:
    workspace.extra_state["kubeconfig"] = "/tmp/k"  # noqa: S108 -- only a text

    state = script.get("/sandbox/state")

    assert state["command"] == "/knative"
    assert [user["name"] for user in state["users"]] == ["dev", "sre", "guest", "stranger"]
    assert state["channels"][0]["hints"] == ["/knative services"]
    assert state["bot"] | {"stray_acks": {}} == {
        "connected": False,
        "connections": 0,
        "request_url": None,
        "name": "Knobot",
        "user_id": "U0KNOBOT",
        "stray_acks": {},
    }
    assert state["kubeconfig"] == "/tmp/k"  # noqa: S108 -- likewise


def test_without_a_user_everything_is_seen_and_without_a_channel_everywhere(script: Script, client: WebClient) -> None:
    client.chat_postEphemeral(channel="C0DEPLOYS", user="U0DEV", text="psst")
    client.chat_postMessage(channel="C0PROD", text="prod")
    client.chat_postMessage(channel="U0SRE", text="direct")

    def texts(**query: str) -> list[str]:
        return [message["text"] for message in script.get("/sandbox/messages", **query)]

    assert texts() == ["psst", "prod", "direct"]
    assert texts(user="dev") == ["psst", "prod"]
    assert texts(user="sre") == ["prod", "direct"]
    assert texts(user="guest") == []
    assert texts(channel="deploys") == ["psst"]


def test_deleted_messages_vanish(script: Script, client: WebClient) -> None:
    ts = str(client.chat_postMessage(channel="C0DEPLOYS", text="x")["ts"])
    client.chat_delete(channel="C0DEPLOYS", ts=ts)

    assert script.messages() == []


class Listener:
    """Reads Server-Sent Events of one person."""

    def __init__(self, workspace: Workspace, user: str) -> None:
        self._connection = HTTPConnection(workspace.url.removeprefix("http://"), timeout=5)
        self._connection.request("GET", f"/sandbox/stream?user={user}")
        self._response = self._connection.getresponse()
        assert self._line() == ": connected"

    def _line(self) -> str:
        line = self._response.readline().decode().rstrip()
        return line or self._line()

    def next(self) -> dict[str, Any]:
        assert self._line() == "event: change"
        change: dict[str, Any] = json.loads(self._line().removeprefix("data: "))
        return change

    def close(self) -> None:
        self._response.close()
        self._connection.close()


@pytest.fixture
def listener(workspace: Workspace) -> Iterator[Listener]:
    listener = Listener(workspace, "dev")
    yield listener
    listener.close()


def test_a_person_hears_of_what_they_can_see(listener: Listener, client: WebClient, wire: Wire) -> None:
    client.chat_postEphemeral(channel="C0DEPLOYS", user="U0SRE", text="not for dev")
    ts = client.chat_postMessage(channel="C0DEPLOYS", text="for all")["ts"]
    client.views_publish(user_id="U0DEV", view={"type": "home", "blocks": []})

    heard = [listener.next() for _ in range(3)]

    assert heard == [
        {"kind": "presence", "channel": None, "ts": None},
        {"kind": "message", "channel": "deploys", "ts": ts},
        {"kind": "view", "channel": None, "ts": None},
    ]
    wire.close()
    assert listener.next()["kind"] == "presence"


def test_faults_befall_the_calls_they_were_planted_for(script: Script, client: WebClient) -> None:
    def planted(**fault: Any) -> Any:
        script.post("/sandbox/faults", target="slack", **fault)
        with pytest.raises(SlackApiError) as refusal:
            client.chat_postMessage(channel="C0DEPLOYS", text="x")
        client.chat_postMessage(channel="C0DEPLOYS", text="x")
        return refusal.value.response

    limited = planted(kind="ratelimit", method="chat.postMessage", retry_after=7, count=1)
    assert (limited.status_code, limited.headers["Retry-After"], limited["error"]) == (429, "7", "ratelimited")
    assert planted(kind="error", error="fatal_error")["error"] == "fatal_error"
    assert planted(kind="status", code=502).status_code == 502
    script.post("/sandbox/faults", target="slack", kind="error", method="chat.update")
    client.chat_postMessage(channel="C0DEPLOYS", text="x")


def test_latency_delays_a_call(script: Script, client: WebClient) -> None:
    script.post("/sandbox/faults", target="slack", kind="latency", seconds=0.3)
    begun = time.monotonic()
    client.auth_test()

    assert time.monotonic() - begun >= 0.3


def test_faults_of_the_cluster_are_passed_on(script: Script, workspace: Workspace) -> None:
    passed: list[tuple[str, dict[str, Any]]] = []
    workspace.on_fault = lambda kind, options: passed.append((kind, options))

    assert script.post("/sandbox/faults", target="cluster", kind="status", code=500) == {}
    assert passed == [("status", {"code": 500})]
