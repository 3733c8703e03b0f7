"""The control interface: people's gestures, what people see, and faults, as JSON for tests, scripts and the page.

Users and channels go by name. Whatever is wrong with a request is answered as {"error": sentence} with a 4xx.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.sandbox.workspace import payloads, sight
from bot.sandbox.workspace.errors import ControlError, NotThere
from bot.sandbox.workspace.request import Fields
from bot.sandbox.workspace.state import TEAM_DOMAIN, TEAM_ID, TEAM_NAME

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.workspace.changes import Change, Subscription
    from bot.sandbox.workspace.gestures import Gestures
    from bot.sandbox.workspace.modals import Modals
    from bot.sandbox.workspace.outbox import Outbox
    from bot.sandbox.workspace.slack import Slack
    from bot.sandbox.workspace.sockets import SocketMode
    from bot.sandbox.workspace.state import Person
    from bot.sandbox.workspace.views import View

KEEPALIVE_SECONDS = 15.0


class Control:
    """Serves /sandbox/… except faults.

    Args:
        extra_state: asked at every GET /sandbox/state, for what others want to tell there.
    """

    def __init__(
        self,
        slack: Slack,
        sockets: SocketMode,
        outbox: Outbox,
        gestures: Gestures,
        modals: Modals,
        extra_state: Callable[[], dict[str, Any]],
    ) -> None:
        self._slack = slack
        self._sockets = sockets
        self._outbox = outbox
        self._gestures = gestures
        self._modals = modals
        self._extra_state = extra_state

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/sandbox/state", self.state),
            web.get("/sandbox/messages", self.messages),
            web.get("/sandbox/views", self.views),
            web.get("/sandbox/stream", self.stream),
            web.post("/sandbox/slash", self.slash),
            web.post("/sandbox/say", self.say),
            web.post("/sandbox/click", self.click),
            web.post("/sandbox/options", self.options),
            web.post("/sandbox/shortcut", self.shortcut),
            web.post("/sandbox/submit", self.submit),
            web.post("/sandbox/close", self.close),
            web.post("/sandbox/home", self.home),
            web.post("/sandbox/request-url", self.request_url),
        ]

    # What there is to see

    async def state(self, _request: web.Request) -> web.Response:
        directory = self._slack.directory
        people = [person for person in directory.people if not (person.bot or person.deleted)]
        return web.json_response(
            {
                "team": {"id": TEAM_ID, "name": TEAM_NAME, "domain": TEAM_DOMAIN},
                "command": self._gestures.command,
                "users": [
                    {"id": one.id, "name": one.name, "real_name": one.real_name, "guest": one.guest} for one in people
                ],
                "channels": [
                    {"id": room.id, "name": room.name, "purpose": room.purpose, "hints": list(room.hints)}
                    for room in directory.rooms
                ],
                "usergroups": [{"id": group.id, "handle": group.handle} for group in directory.usergroups],
                "bot": {
                    "connected": self._outbox.connected,
                    "request_url": self._outbox.request_url,
                    "connections": self._sockets.connected,
                    "stray_acks": asdict(self._sockets.strays),
                    "name": directory.app.name,
                    "user_id": self._slack.bot.id,
                },
                **self._extra_state(),
            }
        )

    async def messages(self, request: web.Request) -> web.Response:
        fields = Fields(self._slack, request.query)
        person = fields.person() if "user" in request.query else None
        conversations = [fields.conversation(person)] if "channel" in request.query else None
        after = fields.timestamp("after")
        return web.json_response(sight.messages(self._slack, person, conversations, after))

    async def views(self, request: web.Request) -> web.Response:
        person = Fields(self._slack, request.query).person()
        views = self._slack.views
        stack = [payloads.view(self._slack, view) for view in views.stack(person.id)]
        home = views.home(person.id)
        return web.json_response(
            {
                "modal": stack[-1] if stack else None,
                "home": payloads.view(self._slack, home) if home else None,
                "stack": stack,
            }
        )

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Server-Sent Events about what this person can see."""
        person = Fields(self._slack, request.query).person()
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        with self._slack.changes.subscribe(person.id) as subscription, contextlib.suppress(ConnectionError):
            await response.prepare(request)
            await response.write(b": connected\n\n")
            while not subscription.closed:
                await response.write(await self._news(subscription))
        return response

    async def _news(self, subscription: Subscription) -> bytes:
        try:
            async with asyncio.timeout(KEEPALIVE_SECONDS):
                changes: list[Change] = await subscription.take()
        except TimeoutError:
            return b": still here\n\n"
        return b"".join(f"event: change\ndata: {json.dumps(change.as_json())}\n\n".encode() for change in changes)

    # What people do

    async def slash(self, request: web.Request) -> web.Response:
        fields = await Fields.of(self._slack, request)
        person = fields.person()
        conversation = fields.conversation(person)
        return web.json_response(
            await self._gestures.slash(person, conversation, fields.text("text", ""), fields.optional("thread_ts"))
        )

    async def say(self, request: web.Request) -> web.Response:
        fields = await Fields.of(self._slack, request)
        person = fields.person()
        conversation = fields.conversation(person)
        message = self._gestures.say(person, conversation, fields.text("text"), fields.optional("thread_ts"))
        return web.json_response({"ts": message.ts})

    async def click(self, request: web.Request) -> web.Response:
        fields = await Fields.of(self._slack, request)
        person = fields.person()
        if fields.optional("view_id"):
            view = self._view(person, fields)
            found = fields.element(view.blocks)
            answer = await self._gestures.click_view(person, view, found, fields.value(), fields.values("state"))
        else:
            message = fields.message(person)
            blocks, found = fields.element_of(message)
            answer = await self._gestures.click_message(person, message, blocks, found, fields.value())
        return web.json_response(answer)

    async def options(self, request: web.Request) -> web.Response:
        """Type `value` into an external select; answers with the options that the bot offers."""
        fields = await Fields.of(self._slack, request)
        person = fields.person()
        if fields.optional("view_id"):
            view = self._view(person, fields)
            found, where = fields.element(view.blocks), payloads.in_view(self._slack, view, {})
        else:
            message = fields.message(person)
            _, found = fields.element_of(message)
            where = payloads.in_message(self._slack, message)
        typed = fields.text("value", "")
        return web.json_response(await self._gestures.suggest(person, where, found, typed))

    async def shortcut(self, request: web.Request) -> web.Response:
        fields = await Fields.of(self._slack, request)
        person = fields.person()
        message = fields.message(person) if fields.optional("message_ts") else None
        return web.json_response(await self._gestures.shortcut(person, fields.text("callback_id"), message))

    async def submit(self, request: web.Request) -> web.Response:
        fields = await Fields.of(self._slack, request)
        person = fields.person()
        view = self._view(person, fields)
        top = self._slack.views.modal(person.id)
        if top is not view:
            raise ControlError(f"{view.id} is not the modal on top")
        return web.json_response(await self._modals.submit(person, view, fields.values("values")))

    async def close(self, request: web.Request) -> web.Response:
        fields = await Fields.of(self._slack, request)
        person = fields.person()
        view = self._view(person, fields)
        if view not in self._slack.views.stack(person.id):
            raise ControlError(f"{view.id} is not a modal")
        return web.json_response(await self._modals.close(person, view, all_of_them=fields.flag("all")))

    async def home(self, request: web.Request) -> web.Response:
        """Look at the app: tab "home" unless told."""
        fields = await Fields.of(self._slack, request)
        self._modals.open_home(fields.person(), fields.text("tab", "home"))
        return web.json_response({})

    async def request_url(self, request: web.Request) -> web.Response:
        """Deliver to this `url` from now on, once it has answered the challenge; without one, over Socket Mode."""
        url = (await Fields.of(self._slack, request)).optional("url")
        if url and urlsplit(url).scheme not in ("http", "https"):
            raise ControlError(f"{url} is no URL")
        if problem := await self._outbox.use_request_url(url):
            raise ControlError(f"{url} did not answer the challenge: {problem}")
        return web.json_response({})

    def _view(self, person: Person, fields: Fields) -> View:
        view_id = fields.text("view_id")
        view = self._slack.views.find(view_id)
        if view is None or view.user != person.id:
            raise NotThere(f"{person.name} has no view {view_id} open")
        return view
