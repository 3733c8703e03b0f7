"""Knobot answers to its name where slash commands do not work, and in direct messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.features.conversation import Conversation, Message

ROOM = "deploys"
DIRECT = "@knobot"


def say(conversation: Conversation, channel: str, text: str, thread: str | None = None, user: str = "dev") -> str:
    said: dict[str, Any] = {"user": user, "channel": channel, "text": text, "thread_ts": thread}
    return str(conversation.call("/sandbox/say", said)["ts"])


def answer(conversation: Conversation, channel: str, word: str, thread: str | None = None) -> Message:
    return conversation.see(
        channel,
        lambda seen: seen["from"] == "knobot" and seen["thread_ts"] == thread and word in seen["text"],
    )


def test_a_mention_is_answered_for_all_where_it_stands(conversation: Conversation) -> None:
    say(conversation, ROOM, "@knobot status checkout")
    assert not answer(conversation, ROOM, "checkout-00001")["ephemeral"]


def test_in_a_thread_everything_stays_in_the_thread(conversation: Conversation) -> None:
    root = say(conversation, ROOM, "shall we have a name for the old one?")
    say(conversation, ROOM, "@knobot url hello", root)
    assert not answer(conversation, ROOM, "http://hello.shop", root)["ephemeral"]

    say(conversation, ROOM, "@knobot stauts hello", root)
    assert answer(conversation, ROOM, "status", root)["ephemeral"]

    say(conversation, ROOM, "@knobot tag hello 1 thread", root)
    card = answer(conversation, ROOM, "thread", root)
    done = conversation.becomes(ROOM, card["ts"], "leads to hello-00001")
    conversation.click("dev", done, "undo")
    undone = conversation.see(ROOM, lambda seen: seen["thread_ts"] == root and "is gone" in seen["text"])
    assert undone["ts"] != card["ts"]


def test_a_direct_message_says_how_to_name_the_namespace(conversation: Conversation) -> None:
    say(conversation, DIRECT, "status hello")
    assert not answer(conversation, DIRECT, "as in `hello-test/hello`")["ephemeral"]

    say(conversation, DIRECT, "status shop/hello")
    assert "shop/hello" in answer(conversation, DIRECT, "hello-00002")["text"]
