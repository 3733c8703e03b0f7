"""The home tab of a person, from the first look to a decision in it."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from tests.features.conversation import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.features.conversation import Conversation


def home(conversation: Conversation, user: str, fits: Callable[[str], bool]) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        view: dict[str, Any] | None = conversation.call(f"/sandbox/views?user={user}")["home"]
        if view and fits(json.dumps(view["blocks"])):
            return view
        time.sleep(0.05)
    raise AssertionError(f"no such home tab; there was {view}")


def test_a_change_is_approved_from_the_home_tab(conversation: Conversation) -> None:
    conversation.call("/sandbox/home", {"user": "lead"})
    view = home(conversation, "lead", lambda text: "checkout" in text and "*prod*" in text)

    card = conversation.change("prod", "tag checkout 1 from-home", "needs 1 approval")
    view = home(conversation, "lead", lambda text: "waits for you" in text or "wait for you" in text)
    mine = next(block for block in view["blocks"] if block["block_id"].startswith("home-"))
    clicked = {"user": "lead", "view_id": view["id"], "action_id": "approve", "block_id": mine["block_id"]}
    conversation.call("/sandbox/click", clicked)

    conversation.becomes("prod", card["ts"], "leads to checkout-00001")
    home(conversation, "lead", lambda text: "from-home" not in text)


def test_the_picker_opens_from_the_home_tab_for_that_channel(conversation: Conversation) -> None:
    conversation.call("/sandbox/home", {"user": "sre"})
    view = home(conversation, "sre", lambda text: "home-pick" in text)
    conversation.call("/sandbox/click", {"user": "sre", "view_id": view["id"], "action_id": "home-pick"})
    deadline = time.monotonic() + PATIENCE
    while not (modal := conversation.call("/sandbox/views?user=sre")["modal"]):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert modal["callback_id"] == "pick"
    conversation.call("/sandbox/close", {"user": "sre", "view_id": modal["id"]})
