"""The page is for everybody: axe finds nothing to object to, in light and dark, on a laptop and on a phone's width."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import npm

if TYPE_CHECKING:
    from slack_bolt import App

    from bot.sandbox.workspace import Workspace

HERE = Path(__file__).parent
RUN = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
  .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`)"""


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core's source, installed beside the tests the first time."""
    return (npm.installed(HERE) / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def messages(bot: App) -> None:
    button = {"type": "button", "action_id": "undo", "text": {"type": "plain_text", "text": "Undo"}, "style": "danger"}
    option = {"text": {"type": "plain_text", "text": "10 %"}, "value": "10"}
    choice = {"type": "static_select", "action_id": "pad", "options": [option]}
    cells = [{"type": "raw_text", "text": "hello-00001"}, {"type": "raw_number", "value": 100, "text": "100"}]
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": "hello"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "`code` <@U1> <https://knative.dev|docs> :rocket:"}},
        {"type": "actions", "elements": [button, choice]},
        {"type": "table", "rows": [cells, cells]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "small print"}]},
    ]
    posted = bot.client.chat_postMessage(channel="C1", text="hello", blocks=blocks)
    bot.client.chat_postMessage(channel="C1", text="a reply", thread_ts=posted["ts"])
    bot.client.chat_postEphemeral(channel="C1", user="U1", text="```\nonly you\n```")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_objects_to_nothing(  # one page is looked at in several states, because making it is what takes long
    browser: Browser, workspace: Workspace, bot: App, axe: str, width: int, scheme: str
) -> None:
    messages(bot)
    context = browser.new_context(
        viewport={"width": width, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        bypass_csp=True,  # axe is put into the page by hand
    )
    page = context.new_page()
    page.goto(f"{workspace.url}/#dev/deploys")
    expect(page.get_by_text("only you")).to_be_visible()
    page.evaluate(axe)
    assert objections(page) == []
    page.get_by_role("button", name="1 reply").click()
    page.get_by_role("textbox", name="Reply in thread").fill("thanks")
    assert objections(page) == []
    context.close()


def objections(page: Page) -> list[str]:
    found: list[str] = page.evaluate(RUN)
    return found
