"""The first minutes of somebody who has just opened the page, by clicks: the real bot, the real embedded cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.features.conversation import Bot, Conversation, sandboxed

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 20_000
PHONE, LAPTOP = 390, 1280


@pytest.fixture
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with sandboxed(tmp_path_factory.mktemp("sandbox")) as variables:
        bot = Bot(variables, tmp_path_factory.mktemp("bot") / "bot.log")
        bot.start(Conversation(variables["url"]))
        yield variables["url"]
        bot.kill()


@pytest.fixture(params=[LAPTOP, PHONE], ids=["laptop", "phone"])
def page(browser: Browser, url: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": request.param, "height": 800})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url)
    yield page
    expect.set_options(timeout=5_000)
    context.close()
    assert errors == []


def on_a_phone(page: Page) -> bool:
    assert page.viewport_size is not None
    return page.viewport_size["width"] == PHONE


def go_to(page: Page, name: str) -> None:
    """Choose a channel or a person, which on a phone are in a drawer."""
    if on_a_phone(page):
        page.get_by_role("button", name="Channels and people").click()
    page.get_by_role("navigation").get_by_role("button", name=name).click()


def look_at_the_cluster(page: Page) -> None:
    if on_a_phone(page):
        page.get_by_role("tab", name="Cluster").click()


def look_at_the_messages(page: Page) -> None:
    if on_a_phone(page):
        page.get_by_role("tab", name="Messages").click()


def say(page: Page, example: str) -> None:
    """Send one of the examples that stand at the beginning of the channel."""
    page.get_by_role("region", name="About this channel").get_by_role("button", name=example).click()
    page.get_by_role("button", name="Send").click()


def test_blue_turns_green_is_undone_and_production_waits_for_somebody_else(page: Page) -> None:
    log = page.get_by_role("log", name="Messages")
    say(page, "/knative status hello")
    expect(log).to_contain_text("is Ready")

    say(page, "/knative rollout hello latest=10")
    card = log.locator(".message", has_text="rollout hello latest=10").last
    expect(card).to_contain_text("traffic is as wished")
    look_at_the_cluster(page)
    panel = page.get_by_role("complementary", name="Cluster")
    expect(panel.get_by_role("img", name="hello-00001 90 %, hello-00002 10 %")).to_be_visible()
    expect(panel.get_by_role("img", name="Hello blue!").first).to_be_visible()  # live, from the ingress
    look_at_the_messages(page)

    card.get_by_role("button", name="Undo").click()
    expect(log.locator(".message", has_text="undo").last).to_contain_text("traffic is as wished")
    look_at_the_cluster(page)
    expect(panel.get_by_role("img", name="hello-00002 100 %")).to_be_visible()
    look_at_the_messages(page)

    go_to(page, "# prod")
    say(page, "/knative deploy checkout --env TARGET=faster")
    request = log.locator(".message", has_text="TARGET").last
    request.get_by_role("button", name="Approve").click()
    expect(log).to_contain_text("You asked for this change")
    go_to(page, "Sam Reyes")
    request.get_by_role("button", name="Approve").click()
    expect(request).to_contain_text("is Ready")
    expect(log).not_to_contain_text("You asked for this change")  # that was for dev alone


def test_commands_complete_by_the_keyboard_alone(page: Page) -> None:
    page.keyboard.press("Tab")
    page.get_by_role("textbox", name="Message #").focus()
    page.keyboard.type("/kn")
    page.keyboard.press("Tab")
    page.keyboard.type("stat")
    page.keyboard.press("Tab")
    page.keyboard.type("hel")
    page.keyboard.press("Tab")
    expect(page.get_by_role("textbox", name="Message #")).to_have_value("/knative status hello ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log", name="Messages")).to_contain_text("is Ready")
