"""What a person does on the page reaches the bot, and what the bot says reaches the person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from slack_bolt import Ack, App, Respond

CARD: list[dict[str, Any]] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*dev* asks to shift traffic"}},
    {
        "type": "actions",
        "block_id": "decision",
        "elements": [
            {
                "type": "button",
                "action_id": "approve",
                "style": "primary",
                "text": {"type": "plain_text", "text": "Approve"},
                "value": "plan-1",
            },
            {
                "type": "button",
                "action_id": "decline",
                "style": "danger",
                "text": {"type": "plain_text", "text": "Decline"},
                "confirm": {
                    "title": {"type": "plain_text", "text": "Decline it?"},
                    "text": {"type": "plain_text", "text": "The request ends here."},
                    "confirm": {"type": "plain_text", "text": "Yes, decline"},
                    "deny": {"type": "plain_text", "text": "Keep it"},
                },
            },
        ],
    },
]


def answer_commands(bot: App) -> None:
    @bot.command("/knative")
    def answer(ack: Ack, respond: Respond, command: dict[str, Any]) -> None:
        ack()
        respond(f"You said *{command['text']}*")


def decide_on_cards(bot: App) -> None:
    @bot.action(re.compile("approve|decline"))
    def decide(ack: Ack, respond: Respond, body: dict[str, Any]) -> None:
        ack()
        respond(text=f"{body['user']['name']} chose {body['actions'][0]['action_id']}", replace_original=True)


def post_card(bot: App, channel: str = "C1") -> None:
    bot.client.chat_postMessage(channel=channel, text="dev asks to shift traffic", blocks=CARD)


def composer(page: Page) -> Any:
    return page.get_by_role("textbox", name="Message #")


def type_line(page: Page, line: str) -> None:
    composer(page).fill(line)
    composer(page).press("Enter")


def test_a_command_is_answered_to_the_one_who_typed_it_only(page: Page, bot: App) -> None:
    answer_commands(bot)
    type_line(page, "/knative status hello")
    reply = page.locator("#log .message", has_text="You said")
    expect(reply.locator("strong", has_text="status hello")).to_be_visible()
    expect(reply.get_by_text("Only visible to you")).to_be_visible()

    page.get_by_role("button", name="Sam Reliability").click()
    expect(page.get_by_role("button", name="Sam Reliability")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#log .message")).to_have_count(0)


def test_a_button_is_pressed_by_whom_one_has_become(page: Page, bot: App) -> None:
    decide_on_cards(bot)
    post_card(bot)
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    page.get_by_role("button", name="Sam Reliability").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#log")).to_contain_text("sre chose approve")
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)


def test_a_button_with_a_confirmation_acts_only_once_confirmed(page: Page, bot: App) -> None:
    decide_on_cards(bot)
    post_card(bot)
    page.get_by_role("button", name="Decline").click()
    page.get_by_role("dialog").get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Decline")).to_be_visible()
    page.get_by_role("button", name="Decline").click()
    page.get_by_role("dialog").get_by_role("button", name="Yes, decline").click()
    expect(page.locator("#log")).to_contain_text("dev chose decline")


def test_a_modal_shows_errors_at_their_fields_and_keeps_what_was_typed(page: Page, bot: App) -> None:
    @bot.command("/knative")
    def open_modal(ack: Ack, command: dict[str, Any]) -> None:
        ack()
        element = {"type": "plain_text_input", "action_id": "name"}
        field = {
            "type": "input",
            "block_id": "image",
            "label": {"type": "plain_text", "text": "Image"},
            "element": element,
        }
        title, submit = ({"type": "plain_text", "text": text} for text in ("Deploy", "Go"))
        view = {"type": "modal", "callback_id": "deploy", "title": title, "submit": submit, "blocks": [field]}
        bot.client.views_open(trigger_id=command["trigger_id"], view=view)

    @bot.view("deploy")
    def submitted(ack: Ack, view: dict[str, Any]) -> None:
        image = view["state"]["values"]["image"]["name"]["value"]
        if ":" not in image:
            ack(response_action="errors", errors={"image": "An image needs a tag."})
            return
        ack()
        bot.client.chat_postMessage(channel="C1", text=f"Deploying {image}")

    type_line(page, "/knative deploy")
    dialog = page.get_by_role("dialog", name="Deploy")
    dialog.get_by_label("Image").fill("acme/hello")
    dialog.get_by_role("button", name="Go").click()
    expect(dialog.get_by_text("An image needs a tag.")).to_be_visible()
    expect(dialog.get_by_label("Image")).to_have_value("acme/hello")
    dialog.get_by_label("Image").fill("acme/hello:v2")
    dialog.get_by_label("Image").press("Enter")
    expect(dialog).to_have_count(0)
    expect(page.locator("#log")).to_contain_text("Deploying acme/hello:v2")


def test_an_edited_message_changes_in_place(page: Page, bot: App) -> None:
    posted = bot.client.chat_postMessage(channel="C1", text="deploying")
    expect(page.locator("#log .message")).to_contain_text("deploying")
    bot.client.chat_update(channel="C1", ts=posted["ts"], text="deployed")
    expect(page.locator("#log .message")).to_contain_text("deployed (edited)")
    expect(page.locator("#log .message")).to_have_count(1)


def test_replies_gather_in_a_thread_beside_the_conversation(page: Page, bot: App) -> None:
    posted = bot.client.chat_postMessage(channel="C1", text="deploying hello")
    bot.client.chat_postMessage(channel="C1", text="revision is Ready", thread_ts=posted["ts"])
    page.get_by_role("button", name="1 reply").click()
    thread = page.get_by_role("complementary", name="Thread")
    expect(thread).to_contain_text("revision is Ready")
    thread.get_by_role("textbox").fill("thank you")
    thread.get_by_role("textbox").press("Enter")
    expect(thread).to_contain_text("thank you")
    expect(page.get_by_role("button", name="2 replies")).to_be_visible()
    thread.get_by_role("button", name="Close thread").click()
    expect(thread).to_be_hidden()


def test_a_channel_is_marked_until_the_person_has_read_it(page: Page, bot: App) -> None:
    post_card(bot, channel="C2")
    page.get_by_role("button", name="# prod 1 unread").click()
    expect(page.get_by_role("heading", name="# prod", exact=True).first).to_be_visible()
    expect(page.get_by_role("button", name="# prod", exact=True)).to_be_visible()
    page.get_by_role("button", name="# deploys").click()
    expect(page.get_by_role("button", name="# prod", exact=True)).to_be_visible()
    page.get_by_role("button", name="Gus Guest").click()
    expect(page.get_by_role("button", name="# prod 1 unread")).to_be_visible()


def test_a_bot_that_is_not_connected_is_said_calmly(page: Page) -> None:
    expect(page.get_by_text("Knobot is starting…")).to_be_visible()
    type_line(page, "/knative help")
    expect(page.locator("#log .message")).to_contain_text("dispatch_failed")


@pytest.mark.usefixtures("bot")
def test_the_banner_goes_once_the_bot_is_there(page: Page) -> None:
    expect(page.get_by_text("Knobot is connected")).to_be_visible()
    expect(page.locator("#banner")).to_be_hidden()
