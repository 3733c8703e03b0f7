"""A browser for each module, and for each test a workspace of its own with a small real Bolt app as its bot.

The app is not Knobot: these tests are about the page, and the page knows nothing of Knobot.
"""

from __future__ import annotations

import asyncio
import threading
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from bot.sandbox.workspace import Workspace
from bot.sandbox.workspace.state import Person, Room

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PEOPLE = (
    Person("U1", "dev", "Dana Developer"),
    Person("U2", "sre", "Sam Reliability"),
    Person("U4", "guest", "Gus Guest", guest=True),
)
ROOMS = (
    Room("C1", "deploys", purpose="Deploys of the shop", hints=("/knative status hello", "/knative help")),
    Room("C2", "prod", purpose="Every change needs one approval"),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser. Playwright keeps an event loop running in this thread, so it must be gone before other tests start."""
    if not CHROMIUM.exists():
        pytest.fail(f"The browser tests need {CHROMIUM}: apt-get install chromium", pytrace=False)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        yield chromium
        chromium.close()


class Served:
    """A workspace whose event loop runs beside the test, since Playwright and Bolt both want to block."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="workspace", daemon=True)
        self._thread.start()
        self.workspace = Workspace(people=PEOPLE, channels=ROOMS, shortcuts={"deploy-image": "Deploy this image"})
        self._run(self.workspace.start())

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    def stop(self) -> None:
        self._run(self.workspace.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    served = Served()
    yield served.workspace
    served.stop()


@pytest.fixture
def bot(workspace: Workspace) -> Iterator[App]:
    """An app without listeners, connected; tests add the few that they are about."""
    client = WebClient(token=workspace.bot_token, base_url=workspace.api_url)
    app = App(client=client, signing_secret=workspace.signing_secret)
    handler = SocketModeHandler(app, workspace.app_token, web_client=client)
    handler.connect()  # type: ignore[no-untyped-call]  # Bolt's own
    yield app
    handler.client.auto_reconnect_enabled = False
    control = HTTPConnection(urlsplit(workspace.url).netloc, timeout=5)
    drop = '{"target": "slack", "kind": "drop_sockets"}'  # wakes a thread that would otherwise wait three seconds
    control.request("POST", "/sandbox/faults", drop, {"content-type": "application/json"})
    control.getresponse().read()
    control.close()
    handler.close()  # type: ignore[no-untyped-call]  # Bolt's own


@pytest.fixture(scope="module")
def reader(browser: Browser) -> Iterator[Page]:
    """A page that tests share because they only ask its modules how text is drawn."""
    served = Served()
    page = browser.new_page()
    page.goto(f"{served.workspace.url}/#dev/deploys")
    expect(page.locator("#team")).not_to_be_empty()
    yield page
    page.close()
    served.stop()


@pytest.fixture
def page(browser: Browser, workspace: Workspace) -> Iterator[Page]:
    """The page as dev sees it in #deploys; an error in the page's own code fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, timezone_id="Etc/UTC")
    page = context.new_page()
    page.set_default_timeout(5_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{workspace.url}/#dev/deploys")
    yield page
    context.close()
    assert errors == []
