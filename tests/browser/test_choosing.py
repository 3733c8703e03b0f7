"""What people choose instead of typing reaches the bot: in modals that change while open, in menus of messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from slack_bolt import Ack, App

PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1280, "height": 800}


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def field(block: str, label: str, element: dict[str, Any], *, dispatch: bool = False) -> dict[str, Any]:
    named = {"action_id": block, **element}
    return {"type": "input", "block_id": block, "label": plain(label), "element": named, "dispatch_action": dispatch}


def picker(*more: dict[str, Any]) -> dict[str, Any]:
    options = [{"text": plain(word), "value": word} for word in ("status", "rollout")]
    verb = field("verb", "Verb", {"type": "static_select", "options": options}, dispatch=True)
    parts = {"title": plain("Pick"), "submit": plain("Next"), "blocks": [verb, *more]}
    return {"type": "modal", "callback_id": "pick", **parts}


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_a_modal_grows_with_what_is_chosen_in_it_and_loses_nothing(page: Page, bot: App, size: dict[str, int]) -> None:
    heard: dict[str, Any] = {}
    service = field("service", "Service", {"type": "external_select", "min_query_length": 0}, dispatch=True)

    @bot.command("/knative")
    def begin(ack: Ack, command: dict[str, Any]) -> None:
        ack()
        bot.client.views_open(trigger_id=command["trigger_id"], view=picker())

    @bot.action("verb")
    def chosen(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        bot.client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=picker(service))

    @bot.options("service")
    def offer(ack: Ack) -> None:
        ack(options=[{"text": plain(name), "value": name} for name in ("hello", "checkout")])

    @bot.action("service")
    def named(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        heard["service"] = body["actions"][0]["selected_option"]["value"]

    @bot.view("pick")
    def submitted(ack: Ack) -> None:
        told = {"type": "modal", "title": plain("Told"), "blocks": [{"type": "section", "text": plain("All is well")}]}
        ack(response_action="push", view=told)

    page.set_viewport_size({"width": size["width"], "height": size["height"]})
    page.get_by_role("textbox", name="Message #").fill("/knative")
    page.get_by_role("textbox", name="Message #").press("Enter")
    modal = page.get_by_role("dialog", name="Pick")
    modal.get_by_label("Verb").select_option("rollout")
    modal.get_by_label("Service").focus()
    expect(modal.locator("datalist option")).to_have_count(2)
    modal.get_by_label("Service").press_sequentially("hello")
    modal.get_by_label("Service").press("Tab")
    modal.get_by_role("button", name="Next").click()

    told = page.get_by_role("dialog", name="Told")
    expect(told).to_contain_text("All is well")
    told.get_by_role("button", name="Close").last.click()
    expect(modal.get_by_label("Verb")).to_have_value("rollout")
    expect(modal.get_by_label("Service")).to_have_value("hello")
    assert heard == {"service": "hello"}


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_the_menu_of_a_message_has_what_the_app_offers(page: Page, bot: App, size: dict[str, int]) -> None:
    @bot.message_shortcut("deploy-image")
    def shortcut(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        bot.client.chat_postMessage(channel="C1", text=f"You chose “{body['message']['text']}”")

    page.set_viewport_size({"width": size["width"], "height": size["height"]})
    bot.client.chat_postMessage(channel="C1", text="built a/b:1")
    message = page.locator("#log .message", has_text="built a/b:1").first
    message.hover()
    message.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Deploy this image").click()
    expect(page.locator("#log")).to_contain_text("You chose “built a/b:1”")
