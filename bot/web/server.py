"""The HTTP server: aiohttp in a thread of its own, since it takes slow and broken clients as they come.

Python's own server is not made to face a network, and Bolt's built-in one is for development. Bolt itself is called in
a pool of threads, as Socket Mode does.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.core.errors import Unavailable
from bot.core.tally import ACK
from bot.handlers.manifest import PATH
from bot.web.gate import LARGEST, Rejected

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from slack_bolt import App

    from bot.settings import Http
    from bot.web.figures import Figures
    from bot.web.gate import Gate
    from bot.web.health import Health

log = logging.getLogger(__name__)

THREADS = 16
READING_SECONDS = 5.0
"""How long a request may take to arrive."""
CLOSING_SECONDS = 3.0


class Server:
    """Serves /healthz, /readyz and /metrics, and Slack's requests where there are an app and a gate.

    Args:
        http: where to listen.
        health: what /readyz tells.
        app: what Slack's requests are for.
        gate: which of them are let in; with None there is no such address.
        turned_away: is told why one was not, and the address that it came from.
        figures: what /metrics tells.
    """

    def __init__(
        self,
        http: Http,
        health: Health,
        app: App,
        gate: Gate | None,
        turned_away: Callable[[str, str], None],
        figures: Figures,
    ) -> None:
        self._figures = figures
        self.host, self.port = http.host, http.port
        self._health = health
        self._app = app
        self._gate = gate
        self._turned_away = turned_away
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="http", daemon=True)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="http")
        self._probing = ThreadPoolExecutor(2, thread_name_prefix="health")
        self._runner: web.AppRunner | None = None

    def start(self) -> None:
        """Listen; `port` is the one that was taken.

        Raises:
            Unavailable: the address cannot be had.
        """
        self._thread.start()
        try:
            self._wait(self._open())
        except OSError as error:
            self.stop()
            raise Unavailable(f"{self.host}:{self.port} cannot be listened at: {error.strerror}.") from error

    def stop(self) -> None:
        """Take no more requests, and end when those that are in work have been answered."""
        if self._runner:
            self._wait(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._pool.shutdown()
        self._probing.shutdown(wait=False)

    def _wait(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _open(self) -> None:
        served = web.Application(client_max_size=LARGEST)
        served.router.add_get("/healthz", self._alive)
        served.router.add_get("/readyz", self._ready)
        served.router.add_get("/metrics", self._metrics)
        if self._gate:
            served.router.add_post(PATH, self._slack)
        runner = web.AppRunner(served, access_log=None, shutdown_timeout=CLOSING_SECONDS)
        await runner.setup()
        self._runner = runner
        site = web.TCPSite(runner, self.host, self.port)
        await site.start()
        self.port = runner.addresses[0][1]

    async def _alive(self, request: web.Request) -> web.Response:
        """Tell that this process answers; what is away outside of it is not mended by starting it anew."""
        del request
        return web.Response(text="ok\n")

    async def _ready(self, request: web.Request) -> web.Response:
        del request
        parts = await self._loop.run_in_executor(self._probing, self._health.look)
        good = not any(part.fault for part in parts)
        status = HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE
        return web.Response(status=status, text="".join(f"{part}\n" for part in parts))

    async def _metrics(self, request: web.Request) -> web.Response:
        """Tell the same, and what was done so far, as Prometheus reads it."""
        accepted = request.headers.get("Accept", "")
        body, content = await self._loop.run_in_executor(self._probing, self._figures.page, accepted)
        return web.Response(body=body, headers={"Content-Type": content})

    async def _slack(self, request: web.Request) -> web.Response:
        try:
            return await self._answer(request)
        except Rejected as rejected:
            log.info("A request to %s was answered %d: %s.", PATH, rejected.status, rejected)
            self._turned_away(rejected.reason, request.remote or "")
            return web.Response(status=rejected.status)

    async def _answer(self, request: web.Request) -> web.Response:
        if "content-encoding" in request.headers:  # it would be unpacked, to whatever size
            raise Rejected(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "it is packed")
        try:
            body = await asyncio.wait_for(request.read(), READING_SECONDS)
        except web.HTTPRequestEntityTooLarge:
            raise Rejected(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "it is too large") from None
        except TimeoutError:
            raise Rejected(HTTPStatus.REQUEST_TIMEOUT, "it did not arrive") from None
        headers = list(request.headers.items())
        return await self._loop.run_in_executor(self._pool, self._dispatch, headers, body)

    def _dispatch(self, headers: list[tuple[str, str]], body: bytes) -> web.Response:
        assert self._gate  # noqa: S101 # without it there is no such address
        asked = self._gate.admit(headers, body)
        began = time.monotonic()
        try:
            answer = self._app.dispatch(asked)
            self._figures.took(ACK, time.monotonic() - began)
        except Exception:
            log.exception("A fault while a request of Slack was dispatched")
            return web.Response(status=HTTPStatus.INTERNAL_SERVER_ERROR)
        told = answer.first_headers_without_set_cookie()
        return web.Response(status=answer.status, body=answer.body.encode(), headers=told)
