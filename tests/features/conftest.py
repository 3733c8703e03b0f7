"""One sandbox and one bot, as processes of their own, for all conversations; each test keeps to Services of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.features.conversation import PATIENCE, Bot, Conversation

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A sandbox of its own process; the variables for a bot, and "url" of the workspace."""
    folder = tmp_path_factory.mktemp("sandbox")
    file = folder / "bot.env"
    with (folder / "sandbox.log").open("wb") as log:
        command = [sys.executable, "-m", "bot", "sandbox", "--port", "0", "--pace", "0.1", "--env-file", str(file)]
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    deadline = time.monotonic() + PATIENCE
    while not file.exists() or not file.read_text().endswith("\n"):
        assert process.poll() is None, (folder / "sandbox.log").read_text()
        assert time.monotonic() < deadline, (folder / "sandbox.log").read_text()
        time.sleep(0.05)
    variables = dict(line.split("=", 1) for line in file.read_text().splitlines())
    yield {**variables, "url": variables["SLACK_API_URL"].removesuffix("/api/")}
    process.terminate()
    process.wait(PATIENCE)


@pytest.fixture(scope="session")
def _bot(sandbox: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    bot = Bot(sandbox, tmp_path_factory.mktemp("bot") / "bot.log")
    bot.start(Conversation(sandbox["url"]))
    yield bot
    bot.stop()


@pytest.fixture
def conversation(sandbox: dict[str, str], _bot: Bot) -> Conversation:
    """A conversation with the bot; what was said before it is not seen."""
    return Conversation(sandbox["url"])


@pytest.fixture
def bot(_bot: Bot) -> Bot:
    """The bot's process."""
    return _bot
