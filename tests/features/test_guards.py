"""What holds changes back: a person's lock, told to everybody whom it stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.features.conversation import Conversation

ROOM = "hello-test"


def test_a_lock_stops_others_is_stolen_by_a_button_and_its_owner_is_told(conversation: Conversation) -> None:
    conversation.change(ROOM, "deploy ledger ghcr.io/acme/ledger:v1", "is created")
    conversation.change(ROOM, "lock ledger counting money", "is locked by", "counting money", user="sre")

    assert "is locked by sre" in conversation.ask(ROOM, "env ledger TARGET=no")
    assert "counting money" in conversation.ask(ROOM, "status ledger")
    assert "not now, else yes" in conversation.ask(ROOM, "can ledger")
    assert "who alone can unlock it" in conversation.ask(ROOM, "unlock ledger")

    conversation.type(ROOM, "lock ledger")
    offer = conversation.see(ROOM, lambda message: message["ephemeral"] and "take it over" in message["text"])
    conversation.click("dev", offer, "steal")
    taken = conversation.see(ROOM, lambda message: "has taken it over" in message["text"])
    assert "<@U02SRE>" in taken["text"]

    conversation.change(ROOM, "env ledger TARGET=yes", "TARGET")
    conversation.change(ROOM, "unlock ledger", "is unlocked by")


def test_a_lock_holds_back_what_is_asked_for_already(conversation: Conversation) -> None:
    card = conversation.change("prod", "deploy vault ghcr.io/acme/vault:v1", "approvers")
    conversation.change("prod", "lock vault", "is locked by", user="lead")
    conversation.becomes("prod", card["ts"], "Locked by")
    assert "is locked by lead" in conversation.refusal("sre", "prod", card, "approve")

    conversation.change("prod", "unlock vault", "is unlocked by", user="lead")
    conversation.click("sre", card, "approve")
    conversation.becomes("prod", card["ts"], "is created")


def test_a_frozen_namespace_is_changed_only_by_who_may_say_why(conversation: Conversation) -> None:
    room = "prod"
    conversation.change(room, "freeze the bank is counting --for 1h", "is frozen by", "counting", user="lead")
    try:
        assert "is frozen by lead" in conversation.ask(room, "env checkout TARGET=no")
        assert "may override it" in conversation.ask(room, "env checkout TARGET=no --override 'please'")
        assert "Frozen by" in conversation.ask(room, "can checkout")
        assert "use `thaw`" in conversation.ask(room, "thaw")

        line = "env checkout TARGET=urgent --override 'it is broken'"
        card = conversation.change(room, line, "Overridden: it is broken", user="sre")
        conversation.click("lead", card, "approve")
        conversation.becomes(room, card["ts"], "is Ready")
    finally:
        conversation.change(room, "thaw", "is thawed", user="lead")
