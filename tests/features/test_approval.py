"""In #prod nothing changes before somebody else's click, and then exactly what the card showed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tests.features.conversation import traffic

if TYPE_CHECKING:
    from tests.features.conversation import Bot, Conversation

ROOM = "prod"


def _target(conversation: Conversation) -> str:
    containers = conversation.service(ROOM, "checkout")["spec"]["template"]["spec"]["containers"]
    return str(next(entry["value"] for entry in containers[0]["env"] if entry["name"] == "TARGET"))


def test_only_an_approver_who_did_not_ask_can_approve_and_only_once(conversation: Conversation) -> None:
    before = conversation.service(ROOM, "checkout")

    card = conversation.change(ROOM, "deploy checkout --env TARGET=approved", "approvers", "TARGET")
    assert "You asked for this change" in conversation.refusal("dev", ROOM, card, "approve")
    assert "approvers" in conversation.refusal("guest", ROOM, card, "approve")
    assert conversation.service(ROOM, "checkout")["spec"] == before["spec"]

    conversation.click("sre", card, "approve")
    done = conversation.becomes(ROOM, card["ts"], "is Ready")
    assert _target(conversation) == "approved"
    assert "already" in conversation.refusal("lead", ROOM, done, "approve")
    assert conversation.service(ROOM, "checkout")["metadata"]["generation"] == before["metadata"]["generation"] + 1


def test_a_change_by_kubectl_in_between_makes_the_card_stale(conversation: Conversation) -> None:
    card = conversation.change(ROOM, "deploy checkout --env TARGET=late", "approvers", "TARGET")
    patch = '{"spec":{"template":{"metadata":{"annotations":{"team":"night"}}}}}'
    conversation.kubectl("patch", "ksvc", "-n", ROOM, "checkout", "--type", "merge", "-p", patch)
    generation = conversation.service(ROOM, "checkout")["metadata"]["generation"]

    told = conversation.refusal("sre", ROOM, card, "approve")
    assert "meantime" in told or "stale" in told
    conversation.becomes(ROOM, card["ts"], "stale", "What is different since it was planned:")
    found = conversation.service(ROOM, "checkout")
    assert found["metadata"]["generation"] == generation
    assert _target(conversation) != "late"


def test_an_approver_declines_and_the_requester_withdraws(conversation: Conversation) -> None:
    card = conversation.change(ROOM, "deploy checkout --env TARGET=never", "approvers")
    conversation.click("lead", card, "decline")
    assert "A reason is needed" in conversation.fill("lead", "decline", why="   ")["errors"]["why"]
    reason = "the shop is being counted"
    assert not conversation.fill("lead", "decline", why=reason)["errors"]
    conversation.becomes(ROOM, card["ts"], "declined", reason)
    told = conversation.see(ROOM, lambda message: message["thread_ts"] == card["ts"] and reason in message["text"])
    assert "<@U01DEV>" in told["text"]

    card = conversation.change(ROOM, "deploy checkout --env TARGET=never-ever", "approvers")
    assert "Only the person who asked" in conversation.refusal("sre", ROOM, card, "withdraw")
    conversation.click("dev", card, "withdraw")
    conversation.becomes(ROOM, card["ts"], "ithdr")
    assert _target(conversation) not in ("never", "never-ever")


def test_a_guest_may_not_even_look(conversation: Conversation) -> None:
    assert "You may not" in conversation.ask(ROOM, "services", user="guest")


def test_ten_clicks_at_once_make_one_write(conversation: Conversation) -> None:
    before = conversation.service(ROOM, "checkout")["metadata"]["generation"]
    card = conversation.change(ROOM, "deploy checkout --env TARGET=once", "approvers")

    def click(user: str) -> None:
        conversation.click(user, card, "approve", stale=True)

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(click, ["sre", "lead"] * 5))
    conversation.becomes(ROOM, card["ts"], "is Ready")
    assert conversation.service(ROOM, "checkout")["metadata"]["generation"] == before + 1


def test_a_request_survives_the_bot_being_killed(conversation: Conversation, bot: Bot) -> None:
    card = conversation.change(ROOM, "deploy checkout --env TARGET=survived", "approvers")
    bot.kill()
    bot.start(conversation)

    assert "survived" in conversation.ask(ROOM, "approvals", user="sre")
    conversation.click("sre", card, "approve")
    conversation.becomes(ROOM, card["ts"], "is Ready")
    assert _target(conversation) == "survived"
    assert sum(traffic(conversation.service(ROOM, "checkout")).values()) == 100
