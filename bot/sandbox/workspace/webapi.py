"""The HTTP side of the Web API and of response URLs: reads calls as Slack reads them, answers in Slack's shapes.

Errors are answered with HTTP 200 and {"ok": false}, as Slack does; only rate limits, outages and spent response URLs
have a status of their own.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox.workspace.errors import SlackError
from bot.sandbox.workspace.faults import RESPONSE_URL, Fault, FaultKind, Faults
from bot.sandbox.workspace.methods import METHODS, Call, Method, Token
from bot.sandbox.workspace.responses import answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.workspace.slack import Slack
    from bot.sandbox.workspace.sockets import SocketMode
    from bot.sandbox.workspace.state import Installation


class WebApi:
    """Serves /api/METHOD and /response/KIND/TOKEN."""

    def __init__(self, slack: Slack, sockets: SocketMode, faults: Faults, app: Installation) -> None:
        self._slack = slack
        self._sockets = sockets
        self._faults = faults
        self._app = app

    async def call(self, request: web.Request) -> web.Response:
        name = request.match_info["method"]
        if failure := await self._fail(name):
            return failure
        try:
            args = await _arguments(request)
            method = _method(name)
            self._authenticate(request, args, method.token)
            origin = f"{request.scheme}://{request.host}"
            return _json({"ok": True, **method.answer(Call(self._slack, self._sockets, origin, args))})
        except SlackError as error:
            return _json(error.as_json())

    async def respond(self, request: web.Request) -> web.Response:
        """An answer that a bot posts to a response URL."""
        if failure := await self._fail(RESPONSE_URL):
            return failure
        try:
            payload = await _arguments(request)
            grant = self._slack.response_grants.redeem(request.match_info["token"])
            answer(self._slack, grant, payload)
        except SlackError as error:
            spent = error.code in ("used_url", "expired_url")
            return _json(error.as_json(), 404 if spent else 400)
        return web.Response(text="ok")

    def _authenticate(self, request: web.Request, args: Mapping[str, Any], wanted: Token) -> None:
        if wanted is Token.NONE:
            return
        token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip() or str(args.get("token", ""))
        if not token:
            raise SlackError("not_authed")
        if token not in (self._app.bot_token, self._app.app_token):
            raise SlackError("invalid_auth")
        mine = Token.BOT if token == self._app.bot_token else Token.APP
        if wanted not in (mine, Token.EITHER):
            raise SlackError("not_allowed_token_type")

    async def _fail(self, method: str) -> web.Response | None:
        """What a planted fault answers in place of Slack, if one befalls this call."""
        failure = None
        for fault in self._faults.take(method):
            if fault.kind is FaultKind.LATENCY:
                await asyncio.sleep(fault.seconds)
            else:
                failure = _failure(fault)
        return failure


def _method(name: str) -> Method:
    try:
        return METHODS[name]
    except KeyError:
        raise SlackError("unknown_method", req_method=name) from None


def _failure(fault: Fault) -> web.Response:
    if fault.kind is FaultKind.RATELIMIT:
        return _json({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(fault.retry_after)})
    if fault.kind is FaultKind.STATUS:
        return web.Response(status=fault.code, text="upstream failure")
    return _json({"ok": False, "error": fault.error})


async def _arguments(request: web.Request) -> dict[str, Any]:
    """Query, form or JSON, in this order of growing precedence."""
    args: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        body = await request.read()
        if not body:
            return args
        try:
            given = json.loads(body)
        except ValueError:
            raise SlackError("invalid_json") from None
        if not isinstance(given, dict):
            raise SlackError("json_not_object")
        return args | given
    return args | dict(await request.post())


def _json(answer: dict[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    text = json.dumps(answer, separators=(",", ":"))
    return web.Response(text=text, status=status, headers=headers, content_type="application/json")
