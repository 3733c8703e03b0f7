"""Slack's own clients for Node, used as their documentation says: the workspace must not be what only Bolt likes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests import npm
from tests.sandbox.workspace.conftest import Script, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.sandbox.workspace import Workspace

HERE = Path(__file__).parent / "node"


@pytest.fixture(scope="module")
def node() -> str:
    """Node, with the clients installed."""
    npm.installed(HERE)
    found = shutil.which("node")
    assert found is not None
    return found


@pytest.fixture
def environment(workspace: Workspace) -> Mapping[str, str]:
    return {
        **os.environ,
        "SLACK_API_URL": workspace.api_url,
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
    }


class NodeBot:
    """The bot of bot.mjs, and what it has told so far."""

    def __init__(self, node: str, environment: Mapping[str, str]) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []
        self._process = subprocess.Popen(
            [node, "bot.mjs"], cwd=HERE, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def heard(self, word: str) -> list[dict[str, Any]]:
        return [value for told, value in list(self.told) if told == word]

    def stop(self) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        code = self._process.wait(10)
        self._reader.join()
        self._process.stdout.close()
        return code

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            word, _, value = line.partition(" ")
            self.told.append((word, json.loads(value)))


@pytest.fixture
def bot(node: str, environment: Mapping[str, str], script: Script) -> Iterator[NodeBot]:
    bot = NodeBot(node, environment)
    eventually(lambda: script.get("/sandbox/state")["bot"]["connected"], seconds=20)
    eventually(lambda: bot.heard("connected"))
    yield bot
    assert bot.stop() == 0


def test_the_web_api_keeps_what_the_clients_documentation_promises(
    node: str, environment: Mapping[str, str], script: Script
) -> None:
    done = subprocess.run(
        [node, "webapi.mjs"],
        cwd=HERE,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    seen = script.messages()
    assert [message["text"] for message in seen] == ["the card, edited", "in its thread", "for dev alone", "the lines"]
    assert [file["name"] for file in seen[-1]["files"]] == ["hello.log", "hello.yaml"]
    assert script.texts("@knobot", "sre") == ["between us"]
    views = script.get("/sandbox/views", user="dev")
    assert views["modal"]["title"]["text"] == "Two"
    assert views["home"]["blocks"][0]["text"]["text"] == "Your services"


def test_an_ack_may_carry_the_answer(bot: NodeBot, script: Script) -> None:
    assert script.slash("hello")["acked_ms"] < 3000
    assert script.texts() == ["you typed hello"]
    assert bot.heard("disconnected") == []


def test_a_modal_is_opened_filled_from_the_bots_options_and_corrected(bot: NodeBot, script: Script) -> None:
    script.slash("card")
    card = eventually(script.messages)[0]
    script.post("/sandbox/click", user="dev", message_ts=card["ts"], action_id="ask")
    view_id = eventually(lambda: script.get("/sandbox/views", user="dev")["modal"])["id"]
    where = {"user": "dev", "view_id": view_id}
    for word in ("bad", "good"):
        offered = script.post("/sandbox/options", **where, action_id="service", value=word)["options"]
        assert offered[0]["text"]["text"] == f"{word}-service"
        answer = script.post("/sandbox/submit", **where, values={"which": {"service": word}})
        assert answer["errors"] == ({"which": "not this one"} if word == "bad" else {})

    assert script.get("/sandbox/views", user="dev")["modal"] is None
    kinds = ("block_actions", "block_suggestion", "view_submission")
    assert [len(bot.heard(kind)) for kind in kinds] == [1, 2, 2]


def test_events_reach_the_bot_and_come_again_when_their_ack_is_lost(bot: NodeBot, script: Script) -> None:
    script.post("/sandbox/say", user="dev", channel="deploys", text="@knobot hello")
    eventually(lambda: bot.heard("app_mention"))
    script.post("/sandbox/faults", target="slack", kind="lose_acks", count=1)
    script.post("/sandbox/say", user="sre", channel="@knobot", text="are you there?")
    eventually(lambda: len(bot.heard("message")) == 2)
    script.post("/sandbox/home", user="dev")

    eventually(lambda: bot.heard("app_home_opened"))
    assert [value["text"] for value in bot.heard("app_mention")] == ["<@U0KNOBOT> hello"]
    assert [value["user"] for value in bot.heard("app_home_opened")] == ["U0DEV"]
    assert [(value["attempt"], value["reason"]) for value in bot.heard("message")] == [(0, ""), (1, "timeout")]


@pytest.mark.parametrize("fault", [{"kind": "drop_sockets"}, {"kind": "disconnect", "reason": "refresh_requested"}])
def test_the_client_comes_back_by_itself(bot: NodeBot, script: Script, fault: dict[str, str]) -> None:
    script.post("/sandbox/faults", target="slack", **fault)

    eventually(lambda: len(bot.heard("connected")) == 2, seconds=10)
    assert script.slash("again")["acked_ms"] is not None
    assert script.texts()[-1] == "you typed again"
