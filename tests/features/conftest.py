"""One sandbox and one bot, as processes of their own, for all conversations; each test keeps to Services of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.features.conversation import Bot, Conversation, sandboxed

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A sandbox of its own process; the variables for a bot, and "url" of the workspace."""
    with sandboxed(tmp_path_factory.mktemp("sandbox")) as variables:
        yield variables


@pytest.fixture(scope="session")
def _bot(sandbox: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    bot = Bot(sandbox, tmp_path_factory.mktemp("bot") / "bot.log")
    bot.start(Conversation(sandbox["url"]))
    yield bot
    bot.kill()  # an orderly end takes the Slack client three seconds


@pytest.fixture
def conversation(sandbox: dict[str, str], _bot: Bot) -> Conversation:
    """A conversation with the bot; what was said before it is not seen."""
    return Conversation(sandbox["url"])


@pytest.fixture
def bot(_bot: Bot) -> Bot:
    """The bot's process."""
    return _bot
