"""Typing is what people do most, so the keyboard does what they know from Slack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from bot.sandbox.workspace import Workspace


def composer(page: Page) -> Any:
    return page.get_by_role("textbox", name="Message #deploys")


@pytest.fixture
def verbs(workspace: Workspace) -> None:
    workspace.extra_state["verbs"] = [
        {"verb": "rollout", "usage": "rollout SERVICE REF=PERCENT", "summary": "Move traffic"},
        {"verb": "rollback", "usage": "rollback SERVICE", "summary": "Go back"},
        {"verb": "status", "usage": "status SERVICE", "summary": "How it is"},
    ]


def test_an_example_of_an_empty_channel_goes_into_the_composer_when_clicked(page: Page) -> None:
    page.get_by_role("button", name="/knative status hello").click()
    expect(composer(page)).to_have_value("/knative status hello")
    expect(composer(page)).to_be_focused()


def test_shift_enter_breaks_the_line_and_enter_sends(page: Page) -> None:
    composer(page).press_sequentially("one")
    composer(page).press("Shift+Enter")
    composer(page).press_sequentially("two")
    composer(page).press("Enter")
    expect(page.locator("#log .message .text")).to_have_text("one\ntwo")
    expect(composer(page)).to_have_value("")


def test_arrow_up_brings_back_what_was_sent_and_arrow_down_goes_forth(page: Page) -> None:
    for line in ("first", "second"):
        composer(page).fill(line)
        composer(page).press("Enter")
    composer(page).press("ArrowUp")
    expect(composer(page)).to_have_value("second")
    composer(page).press("ArrowUp")
    expect(composer(page)).to_have_value("first")
    composer(page).press("ArrowDown")
    expect(composer(page)).to_have_value("second")


@pytest.mark.usefixtures("verbs")
def test_verbs_complete_with_tab_and_show_their_usage(page: Page) -> None:
    composer(page).press_sequentially("/kn")
    composer(page).press("Tab")
    expect(page.get_by_role("option")).to_have_count(3)
    composer(page).press_sequentially("roll")
    expect(page.get_by_role("option")).to_have_count(2)
    composer(page).press("ArrowDown")
    composer(page).press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_contain_text("rollback SERVICE")
    composer(page).press("Enter")
    expect(composer(page)).to_have_value("/knative rollback ")
    expect(page.locator(".usage:visible")).to_contain_text("rollback SERVICE")


def test_an_unknown_slash_command_stays_in_the_composer(page: Page) -> None:
    composer(page).fill("/remind me")
    composer(page).press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("/remind is not a command")
    expect(composer(page)).to_have_value("/remind me")
