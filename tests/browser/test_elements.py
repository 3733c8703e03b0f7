"""Everything that Block Kit lets a person press, choose and fill in: what is done on the page reaches the bot."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import Ack, App

Block = dict[str, Any]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def options(*values: str) -> list[Block]:
    return [{"text": plain(value.title()), "value": value} for value in values]


def control(kind: str, **fields: Any) -> Block:
    return {"type": kind, "action_id": kind, **fields}


def choose(page: Page, kind: str, option: str) -> None:
    page.locator(f"[data-action={kind}]").select_option(option)


def fill(page: Page, kind: str, value: str) -> None:
    page.locator(f"[data-action={kind}]").fill(value)


def tick(page: Page, kind: str, label: str) -> None:
    page.locator(f"[data-action={kind}]").get_by_label(label).check()


def from_menu(page: Page, kind: str, label: str) -> None:
    page.locator(f"[data-action={kind}]").click()
    page.get_by_role("menuitem", name=label).click()


def from_offers(page: Page, kind: str, label: str) -> None:
    field = page.locator(f"[data-action={kind}]")
    field.fill(label[:2])
    expect(page.locator(f"datalist option[value={label}]")).to_have_count(1)
    field.fill(label)
    field.blur()


Doing = tuple["Callable[[Page, str, str], None]", str]

ELEMENTS: dict[str, tuple[Block, Doing, tuple[str, Any]]] = {
    "static": (
        control("static_select", options=options("ten", "all")),
        (choose, "All"),
        ("selected_option", options("all")[0]),
    ),
    "grouped": (
        control("static_select", option_groups=[{"label": plain("Steps"), "options": options("ten")}]),
        (choose, "Ten"),
        ("selected_option", options("ten")[0]),
    ),
    "external": (
        control("external_select", min_query_length=2),
        (from_offers, "Hello"),
        ("selected_option", options("hello")[0]),
    ),
    "person": (control("users_select"), (choose, "Sam Reliability"), ("selected_user", "U2")),
    "channel": (control("channels_select"), (choose, "#prod"), ("selected_channel", "C2")),
    "conversation": (control("conversations_select"), (choose, "#prod"), ("selected_conversation", "C2")),
    "date": (control("datepicker"), (fill, "2026-12-24"), ("selected_date", "2026-12-24")),
    "time": (control("timepicker"), (fill, "09:30"), ("selected_time", "09:30")),
    "moment": (control("datetimepicker"), (fill, "2026-12-24T09:30"), ("selected_date_time", 1798104600)),
    "boxes": (
        control("checkboxes", options=options("one", "two")),
        (tick, "Two"),
        ("selected_options", options("two")),
    ),
    "radio": (
        control("radio_buttons", options=options("one", "two")),
        (tick, "One"),
        ("selected_option", options("one")[0]),
    ),
    "overflow": (
        control("overflow", options=options("logs", "delete")),
        (from_menu, "Logs"),
        ("selected_option", options("logs")[0]),
    ),
}


@pytest.mark.parametrize(("element", "doing", "reported"), ELEMENTS.values(), ids=ELEMENTS)
def test_what_is_chosen_reaches_the_bot(
    page: Page, bot: App, element: Block, doing: Doing, reported: tuple[str, Any]
) -> None:
    heard: list[Block] = []

    @bot.action(re.compile(".*"))
    def acted(ack: Ack, action: Block, say: Any) -> None:
        ack()
        heard.append(action)
        say("heard")

    bot.options("external_select")(lambda ack: ack(options=options("hello", "help")))
    blocks = [{"type": "actions", "elements": [element]}]
    bot.client.chat_postMessage(channel="C1", text="choose", blocks=blocks)
    expect(page.locator(f"[data-action={element['type']}]")).to_be_visible()

    do, what = doing
    do(page, element["type"], what)

    expect(page.get_by_text("heard")).to_be_visible()
    field, value = reported
    assert strip(heard[0][field]) == value


def strip(value: Any) -> Any:
    """Without what the workspace adds to texts."""
    if isinstance(value, list):
        return [strip(each) for each in value]
    return {**value, "text": plain(value["text"]["text"])} if isinstance(value, dict) else value


def modal(title: str, *blocks: Block, **fields: Any) -> Block:
    return {"type": "modal", "title": plain(title), "blocks": list(blocks), "close": plain("Back"), **fields}


def test_a_modal_on_a_modal_leads_back_and_what_was_typed_is_kept(page: Page, bot: App) -> None:
    more = {"type": "actions", "elements": [control("button", text=plain("More"))]}
    name = {"type": "input", "block_id": "name", "label": plain("Name"), "element": control("plain_text_input")}

    @bot.command("/knative")
    def first(ack: Ack, command: Block, client: Any) -> None:
        ack()
        client.views_open(trigger_id=command["trigger_id"], view=modal("First", name, more, submit=plain("Go")))

    @bot.action("button")
    def second(ack: Ack, body: Block, client: Any) -> None:
        ack()
        said = {"type": "section", "text": plain("the details")}
        client.views_push(trigger_id=body["trigger_id"], view=modal("Second", said))

    page.get_by_role("textbox", name="Message #").fill("/knative x")
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Name").fill("hello")
    page.get_by_role("button", name="More").click()
    expect(page.get_by_role("dialog", name="Second")).to_contain_text("the details")
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_role("dialog", name="First")).to_be_visible()
    expect(page.get_by_role("textbox", name="Name")).to_have_value("hello")


def test_the_apps_home_is_a_tab_of_its_own_and_its_buttons_work(page: Page, bot: App) -> None:
    button = {"type": "actions", "elements": [control("button", text=plain("Refresh"))]}

    def publish(user: str, said: str) -> None:
        section = {"type": "section", "text": plain(said)}
        bot.client.views_publish(user_id=user, view={"type": "home", "blocks": [section, button]})

    bot.event("app_home_opened")(lambda event: publish(event["user"], "your services"))

    @bot.action("button")
    def refresh(ack: Ack, body: Block) -> None:
        ack()
        publish(body["user"]["id"], "fresh services")

    page.get_by_role("button", name="Knobot", exact=True).click()
    page.get_by_role("tab", name="Home").click()
    expect(page.get_by_text("your services")).to_be_visible()
    page.get_by_role("button", name="Refresh").click()
    expect(page.get_by_text("fresh services")).to_be_visible()


def test_a_data_table_is_shown_in_pages(page: Page, bot: App) -> None:
    row = [[{"type": "raw_text", "text": f"svc-{number}"}] for number in range(1, 8)]
    table = {"type": "data_table", "caption": "Services", "rows": [[{"type": "raw_text", "text": "Service"}], *row]}
    bot.client.chat_postMessage(channel="C1", text="Services", blocks=[table])

    expect(page.get_by_role("cell", name="svc-5")).to_be_visible()
    expect(page.get_by_role("cell", name="svc-6")).to_be_hidden()
    page.get_by_role("button", name="Next rows").click()
    expect(page.get_by_text("6–7 of 7")).to_be_visible()
    expect(page.get_by_role("cell", name="svc-6")).to_be_visible()
    expect(page.get_by_role("button", name="Next rows")).to_be_disabled()


def test_a_chart_keeps_its_numbers_readable(page: Page, bot: App) -> None:
    segments = [{"label": "blue", "value": 90}, {"label": "green", "value": 10}]
    chart = {"type": "data_visualization", "title": "Answers", "chart": {"type": "pie", "segments": segments}}
    bot.client.chat_postMessage(channel="C1", text="Answers", blocks=[chart])

    figure = page.get_by_role("figure")
    expect(figure).to_contain_text("Answers")
    expect(figure).to_contain_text("blue90")
    expect(figure).to_contain_text("green10")


def test_what_goes_on_in_time_is_drawn_as_lines_with_its_numbers_for_who_cannot_see_them(page: Page, bot: App) -> None:
    days = [{"label": day, "value": value} for day, value in (("Mon", 1), ("Tue", 4), ("Wed", 2))]
    series = [{"name": "In trouble", "data": days}]
    line = {"type": "line", "series": series, "axis_config": {"categories": ["Mon", "Tue", "Wed"]}}
    chart = {"type": "data_visualization", "title": "The week", "chart": line}
    bot.client.chat_postMessage(channel="C1", text="The week", blocks=[chart])

    figure = page.get_by_role("figure", name="The week")
    expect(figure).to_contain_text("In trouble: 2 at the end, 4 at most")
    expect(figure.get_by_role("img", name="In trouble: Mon 1, Tue 4, Wed 2")).to_be_visible()
    assert figure.locator("polyline").get_attribute("points") == "0,30 50,0 100,20"
