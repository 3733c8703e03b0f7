"""The embedded Slack workspace as one HTTP server: Web API, Socket Mode, response URLs, control interface and page.

It knows nothing of the bot that connects to it, and must not: it is worth what it resembles, which is Slack.
"""

from __future__ import annotations

import ipaddress
import logging
import time
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.sandbox.workspace import faultplan
from bot.sandbox.workspace.administration import Administration
from bot.sandbox.workspace.changes import Change
from bot.sandbox.workspace.clock import Clock
from bot.sandbox.workspace.control import Control
from bot.sandbox.workspace.errors import ControlError
from bot.sandbox.workspace.faults import Faults
from bot.sandbox.workspace.gestures import Gestures
from bot.sandbox.workspace.modals import Modals
from bot.sandbox.workspace.outbox import RETRY_AFTER, Outbox
from bot.sandbox.workspace.request import json_object
from bot.sandbox.workspace.slack import Slack
from bot.sandbox.workspace.sockets import SocketMode
from bot.sandbox.workspace.state import TEAM_ID, Directory, Installation
from bot.sandbox.workspace.values import Values
from bot.sandbox.workspace.webapi import WebApi

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from bot.sandbox.workspace.state import Person, Room, Usergroup

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

logger = logging.getLogger(__name__)

PAGE = Path(__file__).parent / "page"
BODY_LIMIT = 64 * 1024 * 1024


class Workspace:
    """A Slack workspace on loopback.

    Args:
        people: who has an account; the bot and Slackbot come by themselves.
        channels: public channels.
        usergroups: such as @approvers.
        command: the slash command of the bot's app, with its slash.
        shortcuts: of the app, for messages: callback id → name.
        port: 0 takes a free one; `url` tells it after `start`.
        now: seconds since the epoch; tests hand in a clock of their own.
        retry_after: seconds before each further delivery of an event that was not acknowledged.
        request_url: where a bot without Socket Mode takes payloads, from the start on; it may start later.
    """

    def __init__(
        self,
        *,
        people: Sequence[Person],
        channels: Sequence[Room],
        usergroups: Sequence[Usergroup] = (),
        command: str = "/knative",
        shortcuts: Mapping[str, str] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        now: Callable[[], float] = time.time,
        retry_after: Sequence[float] = RETRY_AFTER,
        request_url: str | None = None,
    ) -> None:
        named = [{"callback_id": callback, "name": name} for callback, name in (shortcuts or {}).items()]
        self.extra_state: dict[str, Any] = {"shortcuts": named}
        self.routes: dict[str, Handler] = {}
        self.on_fault: Callable[[str, dict[str, Any]], None] | None = None
        self._app = Installation()
        self._command = command
        self._host = host
        self._port = port
        self._awaited_url = request_url
        self._faults = Faults()
        self._slack = Slack(Directory(people, channels, usergroups, self._app), Clock(now))
        self._sockets = SocketMode(self._app.app_id, self._tell_presence)
        self._outbox = Outbox(
            self._slack, self._sockets, lambda: self.url, self._tell_presence, retry_after=retry_after
        )
        self._runner: web.AppRunner | None = None

    team_id = TEAM_ID

    @property
    def url(self) -> str:
        """Where the page is, and everything else below it."""
        return f"http://{self._host}:{self._port}"

    @property
    def api_url(self) -> str:
        """`base_url` of a Web API client."""
        return f"{self.url}/api/"

    @property
    def connected(self) -> bool:
        """Whether there is a bot that hears what people do."""
        return self._outbox.connected

    @property
    def bot_token(self) -> str:
        return self._app.bot_token

    @property
    def app_token(self) -> str:
        return self._app.app_token

    @property
    def signing_secret(self) -> str:
        return self._app.signing_secret

    @property
    def app_id(self) -> str:
        return self._app.app_id

    @property
    def bot_user_id(self) -> str:
        return self._app.bot_user_id

    @property
    def bot_id(self) -> str:
        return self._app.bot_id

    async def start(self) -> None:
        """Listen. OSError if the port is taken."""
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        if self._awaited_url:
            await self._outbox.await_request_url(self._awaited_url)

    async def stop(self) -> None:
        """Close all connections and stop listening; what was said is forgotten with the object."""
        await self._outbox.close()
        await self._sockets.close()
        self._slack.changes.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def _application(self) -> web.Application:
        values = Values(self._slack)
        gestures = Gestures(self._slack, self._outbox, values, self._command)
        modals = Modals(self._slack, self._outbox, values)
        control = Control(self._slack, self._sockets, self._outbox, gestures, modals, lambda: self.extra_state)
        api = WebApi(self._slack, self._sockets, self._faults, self._app)
        application = web.Application(client_max_size=BODY_LIMIT, middlewares=[_refusals_as_json, _only_from_here])
        application.add_routes(
            [
                web.route("*", "/api/{method}", api.call),
                web.post("/response/{kind}/{token}", api.respond),
                web.post("/upload/v1/{ticket}", self._slack.files.receive),
                web.get("/files/{file}/{ticket}", self._slack.files.serve),
                web.get("/link/", self._sockets.serve),
                web.post("/sandbox/faults", self._plant_fault),
                *control.routes(),
                *Administration(self._slack, self._outbox).routes(),
                *(web.get(path, handler) for path, handler in self.routes.items()),
                web.get("/", _index),
                web.static("/page", PAGE),
            ]
        )
        application.on_response_prepare.append(_revalidate)
        return application

    async def _plant_fault(self, request: web.Request) -> web.Response:
        options = await json_object(request)
        target, kind = options.pop("target", None), str(options.pop("kind", ""))
        match target:
            case "slack":
                faultplan.plant(self._faults, self._sockets, self._outbox, kind, options)
            case "cluster" if self.on_fault is not None:
                try:
                    self.on_fault(kind, options)
                except (TypeError, ValueError, KeyError) as error:
                    raise ControlError(f"The cluster does not know this fault: {error}") from error
            case "cluster":
                raise ControlError("There is no embedded cluster here")
            case _:
                raise ControlError('target must be "slack" or "cluster"')
        return web.json_response({})

    def _tell_presence(self) -> None:
        self._slack.changes.announce(Change("presence"))


@web.middleware
async def _refusals_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The control interface never shows a traceback, or a page, where a program expects JSON."""
    try:
        return await handler(request)
    except ControlError as error:
        return web.json_response({"error": error.message}, status=error.status)
    except web.HTTPError as error:
        return web.json_response({"error": error.reason}, status=error.status)
    except Exception:  # whatever it is, it must not end in a page
        logger.exception("The workspace failed at %s %s", request.method, request.path)
        return web.json_response({"ok": False, "error": "fatal_error"}, status=HTTPStatus.INTERNAL_SERVER_ERROR)


@web.middleware
async def _only_from_here(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn away other web pages in the same browser: through the bot they could change a real cluster.

    A page elsewhere either says so in Origin, or has made its own name point here and says that in Host.
    """
    host = urlsplit(f"//{request.host}").hostname or ""
    origin = request.headers.get("Origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.host
    if foreign or not (host == "localhost" or _is_address(host)):
        raise web.HTTPForbidden(reason="Only pages of the sandbox itself may use it")
    return await handler(request)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


async def _index(_request: web.Request) -> web.StreamResponse:
    index = PAGE / "index.html"
    if not index.is_file():
        raise web.HTTPNotFound(reason=HTTPStatus.NOT_FOUND.phrase)
    return web.FileResponse(index)


async def _revalidate(_request: web.Request, response: web.StreamResponse) -> None:
    """Browsers must ask for the page's files each time, so that nobody looks at yesterday's."""
    response.headers.setdefault("Cache-Control", "no-cache")
