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
from aiohttp import ClientSession, ClientWebSocketResponse
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

    def start(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Wire:
    """A bare Socket Mode connection: keeps every frame, and acknowledges as `reply` says.

    `reply` is asked with each envelope; it returns the payload of the ack, {} for a bare ack, or None for none.
    """

    def __init__(self, workspace: Workspace, loop: Loop) -> None:
        self.frames: list[dict[str, Any]] = []
        self.closed = False
        self.reply: Callable[[dict[str, Any]], dict[str, Any] | None] = lambda _envelope: {}
        self._loop = loop
        self._session: ClientSession = loop.run(self._open())
        self._socket: ClientWebSocketResponse = loop.run(self._connect(connection_url(workspace)))
        self._reader = loop.start(self._read())

    @property
    def envelopes(self) -> list[dict[str, Any]]:
        return [frame for frame in list(self.frames) if "envelope_id" in frame]

    @property
    def payload(self) -> dict[str, Any]:
        """Of the latest envelope, once there is one."""
        envelope = eventually(lambda: self.envelopes)[-1]
        payload: dict[str, Any] = envelope["payload"]
        return payload

    def send(self, **frame: Any) -> None:
        self._loop.run(self._socket.send_json(frame))

    def close(self) -> None:
        self._loop.run(self._socket.close())
        self._loop.run(self._session.close())

    async def _open(self) -> ClientSession:
        return ClientSession()

    async def _connect(self, url: str) -> ClientWebSocketResponse:
        return await self._session.ws_connect(url)

    async def _read(self) -> None:
        async for message in self._socket:
            frame = json.loads(message.data)
            self.frames.append(frame)
            if "envelope_id" in frame and (answer := self.reply(frame)) is not None:
                await self._socket.send_json({"envelope_id": frame["envelope_id"], "payload": answer})
        self.closed = True


def connection_url(workspace: Workspace) -> str:
    url: str = WebClient(base_url=workspace.api_url).apps_connections_open(app_token=workspace.app_token)["url"]
    return url


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
        people=PEOPLE, channels=ROOMS, usergroups=GROUPS, now=clock, retry_after=(0.05, 1.0)
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
    handler.client.auto_reconnect_enabled = False
    script.post("/sandbox/faults", target="slack", kind="drop_sockets")  # wakes a thread that would wait three seconds
    handler.close()  # type: ignore[no-untyped-call]  # Bolt's own


@pytest.fixture
def wires(workspace: Workspace, loop: Loop) -> Iterator[Callable[[], Wire]]:
    """Opens connections, and closes them in the end."""
    opened: list[Wire] = []

    def connect() -> Wire:
        opened.append(Wire(workspace, loop))
        return opened[-1]

    yield connect
    for wire in opened:
        wire.close()


@pytest.fixture
def wire(wires: Callable[[], Wire]) -> Wire:
    return wires()
