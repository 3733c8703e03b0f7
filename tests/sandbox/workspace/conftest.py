"""A workspace in a loop of its own, a script that acts in it over HTTP, and a bot made with Slack's own libraries."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from http import HTTPStatus
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from bot.sandbox.workspace import Person, Room, Usergroup, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PEOPLE = (
    Person("U0DEV", "dev", "Devi Developer"),
    Person("U0SRE", "sre", "Sam Reliable"),
    Person("U0GUEST", "guest", "Gus Guest", guest=True),
    Person("U0GONE", "gone", "Gone Girl", deleted=True),
    Person("U0STRANGE", "stranger", "Str Anger", stranger=True),
)
ROOMS = (
    Room("C0DEPLOYS", "deploys", purpose="Where services change", hints=("/knative services",)),
    Room("C0PROD", "prod", members=("dev", "sre")),
    Room("C0QUIET", "quiet", bot_is_member=False),
    Room("C0SHARED", "partners", shared=True),
)
GROUPS = (Usergroup("S0APPROVE", "approvers", "Approvers", ("sre",)),)


class Script:
    """Acts through the control interface as tests and the page do."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def get(self, path: str, **query: str) -> Any:
        return self._ask("GET", f"{path}?{urlencode(query)}")

    def post(self, path: str, **body: Any) -> Any:
        return self._ask("POST", path, json.dumps(body))

    def messages(self, channel: str = "deploys", user: str = "dev", **query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get("/sandbox/messages", channel=channel, user=user, **query)
        return found

    def texts(self, channel: str = "deploys", user: str = "dev") -> list[str]:
        return [message["text"] for message in self.messages(channel, user)]

    def slash(self, text: str, user: str = "dev", channel: str = "deploys") -> Any:
        return self.post("/sandbox/slash", user=user, channel=channel, text=text)

    def _ask(self, method: str, path: str, body: str | None = None) -> Any:
        """The JSON answered; a refusal has its HTTP status added."""
        connection = HTTPConnection(self.workspace.url.removeprefix("http://"), timeout=10)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            answer = json.load(response)
        finally:
            connection.close()
        return answer if response.status == HTTPStatus.OK else {"status": response.status, **answer}


class Loop:
    """An event loop in a thread, so that Slack's blocking clients can be used against what runs in it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def call(self, function: Callable[[], Any]) -> Any:
        async def work() -> Any:
            return function()

        return self.run(work())

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Hands:
    """A clock that tests can put forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


def eventually(condition: Callable[[], Any], seconds: float = 5.0) -> Any:
    """Wait until `condition` is true, and return what it was."""
    deadline = time.monotonic() + seconds
    while True:
        if found := condition():
            return found
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


@pytest.fixture
def loop() -> Iterator[Loop]:
    loop = Loop()
    yield loop
    loop.close()


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def workspace(loop: Loop, clock: Hands) -> Iterator[Workspace]:
    workspace = Workspace(
        people=PEOPLE, channels=ROOMS, usergroups=GROUPS, now=clock, retry_after=(0.05, 0.05)
    )  # fmt: skip
    loop.run(workspace.start())
    yield workspace
    loop.run(workspace.stop())


@pytest.fixture
def script(workspace: Workspace) -> Script:
    return Script(workspace)


@pytest.fixture
def client(workspace: Workspace) -> WebClient:
    return WebClient(token=workspace.bot_token, base_url=workspace.api_url)


@pytest.fixture
def app(client: WebClient) -> App:
    """A Bolt app without listeners; tests add their own and then use `connected`."""
    return App(client=client)


@pytest.fixture
def connected(app: App, workspace: Workspace, script: Script) -> Iterator[SocketModeHandler]:
    handler = SocketModeHandler(app, workspace.app_token, ping_interval=0.2)
    handler.connect()  # type: ignore[no-untyped-call]  # Bolt's own
    eventually(lambda: script.get("/sandbox/state")["bot"]["connected"])
    yield handler
    handler.close()  # type: ignore[no-untyped-call]  # Bolt's own
