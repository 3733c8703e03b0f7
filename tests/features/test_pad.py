"""Traffic is split by buttons under a message: what they do is a change like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.features.conversation import traffic

if TYPE_CHECKING:
    from tests.features.conversation import Conversation

ROOM = "hello-test"
IMAGE = "ghcr.io/knative/helloworld-go:latest"


def test_a_press_on_the_pad_splits_traffic_and_a_second_one_does_not_split_it_again(conversation: Conversation) -> None:
    conversation.change(ROOM, f"deploy padded {IMAGE} --env TARGET=blue", "is created")
    done = conversation.change(ROOM, "deploy padded --env TARGET=green --traffic 10", "10%", "90%", "is Ready")
    done = conversation.becomes(ROOM, done["ts"], "traffic is as wished")

    conversation.click("dev", done, "pad-more")
    more = conversation.see(ROOM, lambda seen: "15%" in seen["text"] and "traffic is as wished" in seen["text"])
    assert traffic(conversation.service("hello-test", "padded"), "spec") == {"@latest": 15, "padded-00001": 85}
    assert "no longer as this message shows it" in conversation.refusal("dev", ROOM, done, "pad-more")

    conversation.click("dev", more, "pad-latest")
    conversation.see(ROOM, lambda seen: "100% padded-00002" in seen["text"] and "asked by" in seen["text"])
    assert traffic(conversation.service("hello-test", "padded"), "spec") == {"@latest": 100}
