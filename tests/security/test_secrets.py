"""Secrets that pass through Knobot are nowhere afterwards: not in its output at DEBUG, not in the audit log, not seen.

One whole conversation is had with a bot of its own; then everything that it printed, its audit log, its exports and all
that anybody in the workspace sees is searched for what was planted.
"""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.features.conversation import Bot, Conversation, Message, sandboxed

if TYPE_CHECKING:
    from collections.abc import Iterator

PLANTED = (
    "planted-token-1",
    "planted-password-2",
    "planted-image-3",
    "planted-header-4",
    "planted-reason-5",
    "planted-unknown-6",
    "planted-kubectl-7",
    "planted-approved-8",
    "planted-freeze-9",
)
ASKED = (
    f"deploy hello --env API_TOKEN={PLANTED[0]} --env DATABASE_URL=postgres://app:{PLANTED[1]}@db/shop",
    f"deploy hello robot:{PLANTED[2]}@ghcr.io/acme/hello:v1",
    f"curl hello --header 'Authorization: Bearer {PLANTED[3]}'",
    f"lock hello --for 2h deploy PASSWORD={PLANTED[4]}",
    f"dploy hello --env SECRET_KEY={PLANTED[5]}",
    f"env checkout API_TOKEN={PLANTED[5]} --bogus",
    "unlock hello",
    "undo hello",
    "history hello",
    "whoami",
)
ADDRESS = re.compile(r"https?://[^\s\"']*/response/[^\s\"']*")


@dataclass(frozen=True)
class Run:
    """What is left of a conversation: `heard` are the ids of the gestures, `told` everything that can be read."""

    told: dict[str, str]
    heard: tuple[str, ...]
    tokens: tuple[str, ...]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("secrets")
    with sandboxed(folder) as variables:
        conversation = Conversation(variables["url"])
        bot = Bot({**variables, "KNOBOT_LOG_LEVEL": "DEBUG"}, folder / "bot.log")
        bot.start(conversation)
        try:
            heard = converse(conversation)
            seen = {
                f"what {user} sees in #{channel}": shown(conversation.messages(channel, user))
                for user in ("dev", "sre", "lead", "guest")
                for channel in ("deploys", "prod", "hello-test")
            }
        finally:
            bot.stop()
        config = Path(variables["KNOBOT_CONFIG"])
        database = yaml.safe_load(config.read_text())["database_url"]
        kubeconfig = yaml.safe_load(Path(variables["KUBECONFIG"]).read_text())
        yield Run(
            {
                "the output": (folder / "bot.log").read_text(),
                "the audit table": table(Path(database.removeprefix("sqlite:///"))),
                **{f"the export as {form}": exported(database, form) for form in ("jsonl", "csv")},
                **seen,
            },
            tuple(heard),
            (
                variables["SLACK_BOT_TOKEN"],
                variables["SLACK_APP_TOKEN"],
                variables["SLACK_SIGNING_SECRET"],
                *(user["user"]["token"] for user in kubeconfig["users"]),
            ),
        )


def converse(conversation: Conversation) -> list[str]:
    """Ask for, approve, fail at and take back changes with secrets; return the ids of the gestures."""
    variable = {"name": "OTHER_TOKEN", "value": PLANTED[6]}
    patch = [{"op": "add", "path": "/spec/template/spec/containers/0/env/-", "value": variable}]
    conversation.kubectl("patch", "ksvc", "-n", "shop", "hello", "--type", "json", "-p", json.dumps(patch))
    heard = []
    for line in ASKED:
        before = len(conversation.messages("deploys"))
        heard.append(conversation.type("deploys", line)["trigger_id"])
        conversation.until(lambda before=before: len(conversation.messages("deploys")) > before)  # type: ignore[misc]
    card = conversation.change("prod", f"deploy checkout --env API_TOKEN={PLANTED[7]}", "approvers")
    clicked = conversation.click("sre", card, "approve")
    conversation.becomes("prod", card["ts"], "is Ready")
    heard.append(clicked["trigger_id"])
    heard.append(conversation.type("prod", f"freeze prod PASSWORD={PLANTED[8]} --for 1h", "sre")["trigger_id"])
    conversation.see("prod", lambda message: "frozen" in message["text"] or "roze" in message["text"])
    conversation.ask("prod", f"env checkout API_TOKEN={PLANTED[7]} --override because TOKEN={PLANTED[8]}")
    return heard


def shown(messages: list[Message]) -> str:
    """What Knobot says. The line that a person typed is shown to others by Slack, where they are answered aloud."""
    return json.dumps([message for message in messages if message["from"] == "knobot"], ensure_ascii=False)


def table(database: Path) -> str:
    connection = sqlite3.connect(database)
    rows = connection.execute("SELECT * FROM audit").fetchall()
    connection.close()
    assert rows
    return repr(rows)


def exported(database: str, form: str) -> str:
    command = [sys.executable, "-m", "bot", "audit", "export", "--database", database, "--format", form]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_the_conversation_was_had_and_told(run: Run) -> None:
    audit = run.told["the audit table"]
    for part in ("'deploy hello --env API_TOKEN=••••", "approve", "'wrote'", "freeze"):
        assert part in audit
    assert "Knobot serves team" in run.told["the output"]


@pytest.mark.parametrize("secret", PLANTED)
def test_a_planted_secret_is_nowhere(run: Run, secret: str) -> None:
    assert [where for where, told in run.told.items() if secret in told] == []


def test_no_token_address_or_gesture_is_anywhere(run: Run) -> None:
    assert len(run.tokens) >= 4
    for secret in (*run.tokens, *run.heard):
        assert secret
        assert [where for where, told in run.told.items() if secret in told] == []
    assert [ADDRESS.findall(told) for told in run.told.values() if ADDRESS.search(told)] == []
