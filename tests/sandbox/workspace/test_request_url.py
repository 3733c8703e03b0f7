"""The workspace without Socket Mode: what it sends is taken by Bolt, with its own check of signatures."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest
from slack_bolt import App, BoltRequest
from slack_sdk import WebClient

from bot.sandbox.workspace import Workspace
from bot.sandbox.workspace.requesturl import signed
from tests.sandbox.workspace.conftest import PEOPLE, ROOMS, Loop, Script, eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Answer = tuple[int, str, dict[str, str]]


@dataclass
class Served:
    """A bot's HTTP server. `answers` are given one after the other before the app is asked."""

    url: str
    requests: list[tuple[dict[str, str], str]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    def events(self) -> list[dict[str, str]]:
        """The headers of each delivery of an event."""
        return [headers for headers, body in list(self.requests) if '"event_callback"' in body]


@pytest.fixture
def app(client: WebClient, workspace: Workspace) -> App:
    return App(client=client, signing_secret=workspace.signing_secret)


@contextmanager
def serving(app: App, port: int = 0) -> Iterator[Served]:
    bot = Served("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            bot.requests.append((headers, body))
            if bot.answers and '"url_verification"' not in body:
                status, text, given = bot.answers.pop(0)
            else:
                answer = app.dispatch(BoltRequest(body=body, headers={**headers}))
                status, text, given = answer.status, answer.body, answer.first_headers()
            self.send_response(status)
            for name, value in given.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the base class calls it so
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    bot.url = f"http://127.0.0.1:{server.server_port}/slack/events"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield bot
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def served(app: App) -> Iterator[Served]:
    with serving(app) as bot:
        yield bot


@pytest.fixture
def over_http(served: Served, script: Script) -> Served:
    assert script.post("/sandbox/request-url", url=served.url) == {}
    return served


def test_an_address_is_taken_once_it_has_answered_the_challenge(served: Served, script: Script) -> None:
    assert script.get("/sandbox/state")["bot"]["connected"] is False

    script.post("/sandbox/request-url", url=served.url)

    bot = script.get("/sandbox/state")["bot"]
    assert (bot["connected"], bot["request_url"]) == (True, served.url)
    headers, body = served.requests[0]
    assert headers["content-type"] == "application/json"
    assert json.loads(body)["type"] == "url_verification"


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/slack/events", "somewhere"])
def test_an_address_where_nobody_answers_is_refused(script: Script, url: str) -> None:
    refused = script.post("/sandbox/request-url", url=url)

    assert refused["status"] == 400
    assert url in refused["error"]
    assert script.get("/sandbox/state")["bot"]["request_url"] is None


def test_a_command_is_a_signed_form_and_its_answer_an_ack(over_http: Served, app: App, script: Script) -> None:
    app.command("/knative")(lambda ack, command: ack(f"you typed {command['text']} & more"))

    assert script.slash("a=1 & b=2")["acked_ms"] < 3000

    headers, body = over_http.requests[-1]
    form = dict(parse_qsl(body, keep_blank_values=True))
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert form["text"] == "a=1 & b=2"
    assert script.texts() == ["you typed a=1 & b=2 & more"]


def test_a_request_with_another_secret_or_another_time_is_not_slacks(
    over_http: Served, app: App, script: Script, workspace: Workspace
) -> None:
    app.command("/knative")(lambda ack: ack())
    script.slash("x")
    headers, body = over_http.requests[-1]
    at = int(headers["x-slack-request-timestamp"])

    def status(given: Mapping[str, str]) -> int:
        lower = {name.lower(): value for name, value in given.items()}
        code: int = app.dispatch(BoltRequest(body=body, headers={**headers, **lower})).status
        return code

    assert status(signed(workspace.signing_secret, body.encode(), at)) == 200
    assert status(signed("another", body.encode(), at)) == 401
    assert status(signed(workspace.signing_secret, body.encode(), at - 301)) == 401


@pytest.mark.usefixtures("over_http")
def test_clicks_options_and_modals_come_as_a_payload(app: App, client: WebClient, script: Script) -> None:
    element = {"type": "external_select", "action_id": "service", "min_query_length": 0}
    which = {"type": "input", "block_id": "which", "label": plain("Service"), "element": element}
    view = {"type": "modal", "callback_id": "m", "title": plain("?"), "submit": plain("Go"), "blocks": [which]}

    @app.action("ask")
    def ask(ack: Callable[[], None], body: dict[str, Any]) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=view)

    app.options("service")(lambda ack: ack(options=[{"text": plain("hello"), "value": "hello"}]))
    app.view("m")(lambda ack: ack(response_action="errors", errors={"which": "not this one"}))
    button = {"type": "button", "action_id": "ask", "text": plain("Ask")}
    ts = client.chat_postMessage(
        channel="C0DEPLOYS", text="x", blocks=[{"type": "actions", "block_id": "b", "elements": [button]}]
    )["ts"]

    script.post("/sandbox/click", user="dev", message_ts=ts, action_id="ask")
    view_id = eventually(lambda: script.get("/sandbox/views", user="dev")["modal"])["id"]
    where = {"user": "dev", "view_id": view_id}
    assert len(script.post("/sandbox/options", **where, action_id="service", value="")["options"]) == 1
    assert script.post("/sandbox/submit", **where, values={"which": {"service": "hello"}})["errors"] == {
        "which": "not this one"
    }


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


@pytest.mark.parametrize(
    ("status", "failure"), [(404, "http_client_error"), (302, "http_client_error"), (500, "http_service_error")]
)
def test_what_is_no_2xx_is_told_to_the_person(over_http: Served, script: Script, status: int, failure: str) -> None:
    over_http.answers = [(status, "", {"Location": over_http.url})]

    assert script.slash("x")["acked_ms"] is None
    assert script.texts() == [f'/knative failed with the error "{failure}"']


def test_events_come_again_and_say_why(over_http: Served, app: App, script: Script) -> None:
    heard: list[str] = []
    app.event("app_mention")(lambda event: heard.append(event["text"]))
    over_http.answers = [(503, "", {}), (500, "", {})]

    script.post("/sandbox/say", user="dev", channel="deploys", text="@knobot hello")

    eventually(lambda: heard)
    told = [(each.get("x-slack-retry-num"), each.get("x-slack-retry-reason")) for each in over_http.events()]
    assert told == [(None, None), ("1", "http_error"), ("2", "http_error")]


def test_a_bot_may_ask_for_no_further_delivery(over_http: Served, script: Script) -> None:
    over_http.answers = [(500, "", {"X-Slack-No-Retry": "1"}), (200, "", {})]

    script.post("/sandbox/say", user="dev", channel="@knobot", text="hello")
    script.post("/sandbox/home", user="dev")

    eventually(lambda: len(over_http.events()) == 2)
    assert over_http.answers == []
    assert all("x-slack-retry-num" not in headers for headers in over_http.events())


def test_an_ack_that_is_lost_makes_slack_deliver_again(over_http: Served, app: App, script: Script) -> None:
    heard: list[str] = []
    app.event("app_home_opened")(lambda body: heard.append(body["event_id"]))
    script.post("/sandbox/faults", target="slack", kind="lose_acks", count=1)

    script.post("/sandbox/home", user="dev")

    eventually(lambda: len(heard) == 2)
    assert len(set(heard)) == 1
    assert over_http.events()[1]["x-slack-retry-reason"] == "http_timeout"


def test_without_an_address_it_is_socket_mode_again(over_http: Served, script: Script) -> None:
    script.post("/sandbox/request-url", url=None)

    assert script.slash("x")["acked_ms"] is None
    assert len(over_http.requests) == 1
    assert script.get("/sandbox/state")["bot"]["request_url"] is None


def test_a_bot_that_does_not_answer_yet_is_awaited(loop: Loop) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    workspace = Workspace(people=PEOPLE, channels=ROOMS, request_url=f"http://127.0.0.1:{port}/slack/events")
    loop.run(workspace.start())
    try:
        script = Script(workspace)
        assert script.get("/sandbox/state")["bot"]["connected"] is False
        client = WebClient(workspace.bot_token, workspace.api_url)
        app = App(client=client, signing_secret=workspace.signing_secret)
        with serving(app, port=port):
            eventually(lambda: script.get("/sandbox/state")["bot"]["connected"])
    finally:
        loop.run(workspace.stop())
