"""What fails on a bad day, on demand: whatever it is, the bot answers afterwards, and what was asked is done once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.features.conversation import Conversation

ROOM = "deploys"
SLACK = {
    "rate limit": {"kind": "ratelimit", "retry_after": 1},
    "outage": {"kind": "status", "code": 503},
    "error": {"kind": "error", "error": "internal_error"},
    "latency": {"kind": "latency", "seconds": 0.5},
    "dropped sockets": {"kind": "drop_sockets"},
    "refused sockets": {"kind": "refuse_sockets", "seconds": 3},
    "refreshed sockets": {"kind": "disconnect", "reason": "refresh_requested"},
    "lost acks": {"kind": "lose_acks", "count": 1},
}
CLUSTER = {
    "conflict": {"kind": "status", "code": 409},
    "too many requests": {"kind": "status", "code": 429},
    "internal error": {"kind": "status", "code": 500},
    "unavailable": {"kind": "status", "code": 503},
    "latency": {"kind": "latency", "seconds": 0.5},
    "dropped connection": {"kind": "drop"},
    "cut watches": {"kind": "cut_watches"},
    "lost history": {"kind": "expire_history"},
}


def plant(conversation: Conversation, target: str, fault: dict[str, Any]) -> None:
    assert conversation.call("/sandbox/faults", {"target": target, **fault}) == {}


def answered(conversation: Conversation, text: str) -> str:
    """Ask until there is an answer, as a person does; a command that was not acked is typed again."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        body = {"user": "dev", "channel": ROOM, "text": text}
        if conversation.call("/sandbox/slash", body).get("acked_ms") is not None:
            found = conversation.see(ROOM, lambda message: message["from"] == "knobot" and "Ready" in message["text"])
            return str(found["text"])
        time.sleep(0.2)
    raise AssertionError("the bot did not come back")


@pytest.mark.parametrize("fault", SLACK.values(), ids=SLACK)
def test_after_a_bad_moment_of_slack_the_bot_answers(conversation: Conversation, fault: dict[str, Any]) -> None:
    plant(conversation, "slack", fault)
    if fault["kind"] == "refuse_sockets":  # which is met by whoever has to come back
        plant(conversation, "slack", {"kind": "drop_sockets"})
    try:
        conversation.call("/sandbox/slash", {"user": "dev", "channel": ROOM, "text": "url checkout"})
        assert "checkout" in answered(conversation, "status checkout")
    finally:
        plant(conversation, "slack", {"kind": "clear"})


@pytest.mark.parametrize("fault", CLUSTER.values(), ids=CLUSTER)
def test_a_change_that_meets_a_bad_moment_of_the_cluster_is_made_once_or_said_not_to_be(
    conversation: Conversation, fault: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    tag = f"day{list(CLUSTER).index(request.node.callspec.id)}"
    generation = conversation.service("shop", "checkout")["metadata"]["generation"]
    plant(conversation, "cluster", fault)
    try:
        conversation.type(ROOM, f"tag checkout {tag}=latest")
        told = conversation.see(ROOM, lambda message: message["from"] == "knobot")
    finally:
        plant(conversation, "cluster", {"kind": "clear"})

    if told["ephemeral"]:  # refused, with a reason, and nothing was written
        assert conversation.service("shop", "checkout")["metadata"]["generation"] == generation
    else:
        conversation.becomes(ROOM, told["ts"], "as wished")
        found = conversation.service("shop", "checkout")
        assert found["metadata"]["generation"] == generation + 1
        assert tag in {target.get("tag") for target in found["status"]["traffic"]}
    assert "checkout" in conversation.ask(ROOM, "status checkout")
