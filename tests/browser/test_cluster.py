"""The cluster beside the conversation: a person sees which Service has which traffic, and what it answers."""

from __future__ import annotations

import asyncio
import itertools
import threading
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from playwright.sync_api import Browser, Page, expect

from bot.sandbox.workspace import Person, Room, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiohttp.typedefs import Handler

TARGETS = [
    {"revision": "hello-00002", "percent": 10, "tag": None, "latest": True},
    {"revision": "hello-00001", "percent": 90, "tag": "blue", "latest": False},
]
HELLO = {"namespace": "shop", "name": "hello", "url": "http://hello.shop.example", "ready": "True", "reason": ""}


async def services(_request: web.Request) -> web.Response:
    broken = {"namespace": "prod", "name": "checkout", "url": "", "ready": "False", "reason": "RevisionMissing"}
    return web.json_response({"services": [HELLO | {"traffic": TARGETS}, broken | {"traffic": []}]})


def answering(*bodies: str) -> Handler:
    """Return what answers by these words in turn."""
    turn = itertools.cycle(bodies)

    async def curl(_request: web.Request) -> web.Response:
        return web.json_response({"body": next(turn), "status": 200, "ms": 3.1})

    return curl


@pytest.fixture(params=[("Hello green!",)])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A workspace that tells of a cluster."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    workspace = Workspace(people=(Person("U1", "dev", "Dana"),), channels=(Room("C1", "deploys"),))
    workspace.routes |= {"/sandbox/cluster": services, "/sandbox/curl": answering(*request.param)}
    asyncio.run_coroutine_threadsafe(workspace.start(), loop).result(timeout=10)
    yield workspace.url
    asyncio.run_coroutine_threadsafe(workspace.stop(), loop).result(timeout=10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(timeout=10)
    loop.close()


def test_the_panel_tells_traffic_readiness_and_answers(browser: Browser, url: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(url)
    panel = page.get_by_role("complementary", name="Cluster")
    expect(panel.get_by_role("img", name="hello-00002 10 %, hello-00001 90 %")).to_be_visible()
    expect(panel).to_contain_text("RevisionMissing")
    expect(panel.get_by_role("img", name="Hello green!")).to_be_visible()
    expect(panel.locator(".share.answer-blue")).to_have_count(1)
    expect(panel.locator(".share.answer-green")).to_have_count(1)
    page.get_by_role("button", name="Cluster", exact=True).click()
    expect(panel).to_be_hidden()
    page.close()


def test_on_a_phone_the_cluster_is_behind_a_tab(browser: Browser, url: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(url)
    expect(page.get_by_role("complementary", name="Cluster")).to_be_hidden()
    page.get_by_role("tab", name="Cluster").click()
    expect(page.get_by_role("button", name="hello")).to_be_visible()
    page.get_by_role("tab", name="Messages").click()
    expect(page.get_by_role("textbox", name="Message #deploys")).to_be_visible()
    page.close()


def test_without_a_cluster_there_is_no_panel(page: Page) -> None:
    expect(page.get_by_role("textbox", name="Message #deploys")).to_be_visible()
    expect(page.get_by_role("button", name="Cluster", exact=True)).to_be_hidden()


@pytest.mark.parametrize("url", [("Hello checkout!", "Hello faster!")], indirect=True)
def test_answers_that_say_no_colour_are_told_apart_by_one(browser: Browser, url: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(url)
    panel = page.get_by_role("complementary", name="Cluster")
    expect(panel.locator(".dots .answer-shade-0[title='Hello checkout!']").first).to_be_visible()
    expect(panel.locator(".dots .answer-shade-1[title='Hello faster!']").first).to_be_visible()
