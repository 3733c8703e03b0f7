"""Looking, talking, and the answers to wrong words: one sentence and a hint each, and nothing written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.features.conversation import Conversation

ROOM = "deploys"

WRONG = {
    "verb": ("deply hello", "deploy"),
    "service": ("status helo", "no Service shop/helo"),
    "number": ("rollout hello latest=ten", "ten"),
    "percent": ("rollout hello latest=101", "101"),
    "sum": ("rollout hello latest=60 previous=50", "110"),
    "reference": ("rollout hello hello-00099=10", "hello-00099"),
    "twice": ("rollout hello latest=10 hello-00002=20", "twice"),
    "flag": ("deploy hello --imaeg x", "--image"),
    "quote": ('deploy hello "x', "quote"),
    "image": ("deploy hello ::::", "image"),
    "name": ("deploy Hello_World img", "Small letters"),
    "tag": ("untag hello nothing", "no tag"),
    "undo": ("undo checkout", "has not changed"),
    "cluster": ("services --cluster moon", "no cluster"),
    "schedule": ("digest add sometimes", "not a schedule"),
    "zone": ("digest add “daily 09:00” --timezone Mars/Base", "Mars/Base"),
    "digest": ("digest remove nothing", "no digest"),
    "rights": ("deploy elsewhere/hello ghcr.io/a/b:1", "You may not"),
}


@pytest.mark.parametrize(("line", "word"), WRONG.values(), ids=WRONG)
def test_wrong_words_get_one_sentence_and_nothing_is_written(conversation: Conversation, line: str, word: str) -> None:
    before = conversation.kubectl("get", "ksvc", "-A", "-o", "jsonpath={.items[*].metadata.generation}")

    assert word in conversation.ask(ROOM, line)
    assert conversation.kubectl("get", "ksvc", "-A", "-o", "jsonpath={.items[*].metadata.generation}") == before


def test_looking_shows_what_is_there(conversation: Conversation) -> None:
    assert "checkout" in conversation.ask(ROOM, "services")
    status = conversation.ask(ROOM, "status hello")
    assert "hello-00002" in status
    assert "100%" in status
    assert "http://hello.shop.example.com" in conversation.ask(ROOM, "routes")
    assert "http://hello.shop.example.com" in conversation.ask(ROOM, "url hello")
    assert "dev" in conversation.ask(ROOM, "whoami")
    assert "rollout" in conversation.ask(ROOM, "help")
    assert "latest=10" in conversation.ask(ROOM, "help rollout")
    assert "no changes" in conversation.ask(ROOM, "approvals").lower()


def test_a_digest_is_posted_on_its_schedule_and_can_be_removed(conversation: Conversation) -> None:
    added = conversation.change(ROOM, "digest add every 10m", "every 10m")
    assert "every 10m" in conversation.ask(ROOM, "digest list")
    conversation.change(ROOM, "digest now", "shop")
    identity = next(word for word in added["text"].replace("`", " ").split() if len(word) == 4 and word.isalnum())
    conversation.change(ROOM, f"digest remove {identity}", identity)
