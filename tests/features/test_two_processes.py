"""Two bots serve one workspace with one database: whoever gets a click, it counts once."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.features.conversation import Bot, Conversation, sandboxed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOM = "prod"
PEOPLE = ("dev", "sre", "lead", "guest", "ops")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Conversation, Path]]:
    """A sandbox with two bots in it, and their database."""
    with sandboxed(tmp_path) as variables:
        database = tmp_path / "shared.db"
        environment = {**variables, "KNOBOT_DATABASE_URL": f"sqlite:///{database}"}
        bots = [Bot(environment, tmp_path / f"bot-{number}.log") for number in (1, 2)]
        conversation = Conversation(variables["url"])
        try:
            for number, bot in enumerate(bots, 1):
                bot.start(conversation)
                conversation.until(lambda wanted=number: conversation.state()["bot"]["connections"] == wanted)  # type: ignore[misc] # a default binds it now
            yield conversation, database
        finally:
            for bot in bots:
                bot.stop()


def test_ten_clicks_of_five_people_on_one_card_make_one_transition_and_one_write(
    pair: tuple[Conversation, Path],
) -> None:
    conversation, database = pair
    before = conversation.service(ROOM, "checkout")["metadata"]["generation"]
    card = conversation.change(ROOM, "deploy checkout --env TARGET=once", "approvers")

    with ThreadPoolExecutor(10) as pool:
        clicks = [pool.submit(conversation.click, who, card, "approve", stale=True) for who in PEOPLE * 2]
    assert all("error" not in click.result() for click in clicks)
    conversation.becomes(ROOM, card["ts"], "is Ready", "once")

    def rows() -> list[str]:
        with sqlite3.connect(database) as connection:
            return [event for (event,) in connection.execute("SELECT event FROM audit ORDER BY number")]

    conversation.until(lambda: len(rows()) >= 5 + 9)
    moves = [event for event in rows() if event != "refused"]
    assert moves == ["asked", "approve", "begin", "wrote", "true"]
    assert rows().count("refused") == 9  # of ten clicks one counted; every other is on record
    assert conversation.service(ROOM, "checkout")["metadata"]["generation"] == before + 1
