"""The bot without Socket Mode: conversations over signed requests, and health that tells the truth in both modes."""

from __future__ import annotations

import socket
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest

from tests.features.conversation import Bot, Conversation, sandboxed

if TYPE_CHECKING:
    from collections.abc import Iterator

RECOVERY = 60.0
"""Seconds in which what is broken is noticed, or comes back; a broken connection is found out by pings that fail."""
ROOM, GUARDED = "deploys", "prod"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


class Listening:
    """A bot that listens, the conversation with it, and what it says of its health."""

    def __init__(self, url: str, bot: Bot, port: int) -> None:
        self.url = url
        self.bot = bot
        self.port = port

    def talk(self) -> Conversation:
        """A conversation that has not seen anything yet."""
        return Conversation(self.url)

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except urllib.error.URLError:
            return 0, "nobody listens"

    def ready(self, *, good: bool) -> str:
        """Wait until it says so; what it says."""
        deadline = time.monotonic() + RECOVERY
        while (self.get("/readyz")[0] == 200) is not good:
            assert time.monotonic() < deadline, self.get("/readyz")
            time.sleep(0.1)
        return self.get("/readyz")[1]


@pytest.fixture(scope="module")
def over_http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listening]:
    folder, port = tmp_path_factory.mktemp("http"), free_port()
    with sandboxed(folder, "--request-url", f"http://127.0.0.1:{port}/slack/events") as variables:
        modes = {"KNOBOT_MODE": "http", "KNOBOT_HTTP_PORT": str(port), "SLACK_APP_TOKEN": ""}
        bot = Bot({**variables, **modes}, folder / "bot.log")
        bot.start(Conversation(variables["url"]))
        yield Listening(variables["url"], bot, port)
        bot.stop()


@pytest.fixture(scope="module")
def over_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listening]:
    folder, port = tmp_path_factory.mktemp("socket"), free_port()
    with sandboxed(folder) as variables:
        bot = Bot({**variables, "KNOBOT_HTTP_PORT": str(port)}, folder / "bot.log")
        bot.start(Conversation(variables["url"]))
        yield Listening(variables["url"], bot, port)
        bot.stop()


def test_a_command_is_answered_over_http(over_http: Listening) -> None:
    assert over_http.talk().state()["bot"]["request_url"].endswith("/slack/events")
    assert "hello" in over_http.talk().ask(ROOM, "services")


def test_a_change_is_asked_for_approved_and_made_over_http(over_http: Listening) -> None:
    talk = over_http.talk()
    before = talk.service(GUARDED, "checkout")["metadata"]["generation"]
    card = talk.change(GUARDED, "deploy checkout --env TARGET=http", "approvers")
    talk.click("sre", card, "approve")

    talk.becomes(GUARDED, card["ts"], "is Ready")
    assert talk.service(GUARDED, "checkout")["metadata"]["generation"] == before + 1


def test_a_mention_that_slack_delivers_again_is_answered_once(over_http: Listening) -> None:
    talk = over_http.talk()
    assert talk.call("/sandbox/faults", {"target": "slack", "kind": "lose_acks", "count": 1}) == {}
    talk.call("/sandbox/say", {"user": "dev", "channel": ROOM, "text": "@knobot status checkout"})

    found = talk.see(ROOM, lambda message: message["from"] == "knobot" and "checkout" in message["text"])
    time.sleep(1)  # Slack delivers again at once
    said = [message for message in talk.messages(ROOM) if message["text"] == found["text"]]
    assert len(said) == 1


def test_a_bot_over_http_that_is_killed_goes_on_where_it_was(over_http: Listening) -> None:
    talk = over_http.talk()
    card = talk.change(GUARDED, "deploy checkout --env TARGET=again", "approvers")
    over_http.bot.kill()
    over_http.bot.start(talk)
    over_http.ready(good=True)

    talk.click("lead", card, "approve")
    talk.becomes(GUARDED, card["ts"], "is Ready")


def test_health_over_http_names_all_parts(over_http: Listening) -> None:
    assert over_http.ready(good=True) == "slack: ok\ndatabase: ok\ncluster main: ok\n"
    assert over_http.get("/healthz") == (200, "ok\n")


def test_in_socket_mode_requests_are_taken_by_nobody(over_socket: Listening) -> None:
    assert over_socket.ready(good=True) == "slack: ok\ndatabase: ok\ncluster main: ok\n"
    assert over_socket.get("/slack/events")[0] == 404


def test_a_socket_that_is_gone_is_told_until_there_is_one_again(over_socket: Listening) -> None:
    talk = over_socket.talk()
    over_socket.ready(good=True)
    talk.call("/sandbox/faults", {"target": "slack", "kind": "refuse_sockets", "seconds": 40})
    talk.call("/sandbox/faults", {"target": "slack", "kind": "drop_sockets"})

    assert "slack: not connected" in over_socket.ready(good=False)
    assert over_socket.get("/healthz")[0] == 200
    talk.call("/sandbox/faults", {"target": "slack", "kind": "clear"})
    over_socket.ready(good=True)


def test_a_cluster_that_is_away_is_told_until_it_is_back(over_socket: Listening) -> None:
    talk = over_socket.talk()
    over_socket.ready(good=True)
    talk.call("/sandbox/faults", {"target": "cluster", "kind": "status", "code": 503, "count": 10_000})
    talk.call("/sandbox/faults", {"target": "cluster", "kind": "cut_watches"})
    try:
        assert "cluster main: nothing has been heard of it" in over_socket.ready(good=False)
    finally:
        talk.call("/sandbox/faults", {"target": "cluster", "kind": "clear"})
    over_socket.ready(good=True)
