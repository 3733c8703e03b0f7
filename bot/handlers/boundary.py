"""What every payload passes before and after its listener: who it is from, and what becomes of an error.

Payloads are acknowledged here, before any queue: Slack waits three seconds, and a listener may wait for a free thread.
A listener therefore never raises; what goes wrong is told to the person.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from bot.core.change import Person
from bot.core.errors import Unavailable
from bot.core.ports import Addressee

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import BoltRequest, BoltResponse

    from bot.operations import Operations

STALE = 30.0
"""Seconds after which a payload that waited for a free thread is not acted upon any more: the person has gone on."""


def admit(team: str, app: str | None = None) -> Callable[..., Any]:
    """Return the middleware that lets in only what a person of a workspace sent, and names them.

    Args:
        team: id of the workspace that Knobot is installed in; payloads that were sent to another one are dropped.
        app: id of the Slack app, where it is known; payloads for another one are dropped.
    """

    def middleware(
        request: BoltRequest,
        context: dict[str, Any],
        ack: Callable[[], Any],
        next: Callable[[], Any],  # noqa: A002 # Bolt's
    ) -> BoltResponse | Any:
        body = request.body
        person, channel = _person(body), _channel(body)
        if person is None or channel is None or not _ours(body, team, app):
            return ack()
        reply = body.get("response_url")
        context["to"] = Addressee(
            person,
            channel,
            reply if isinstance(reply, str) else None,
            thread=_thread(body),
            aloud=_part(body, "event").get("type") == "app_mention",
        )
        context["accepted"] = time.monotonic()
        ack()
        return next()

    return middleware


def guarded(operations: Operations, work: Callable[[dict[str, Any], Addressee], None]) -> Callable[..., None]:
    """Return a listener that does `work` with the payload, and tells the person when it fails."""

    def listener(body: dict[str, Any], context: dict[str, Any]) -> None:
        to: Addressee = context["to"]
        try:
            if time.monotonic() - context["accepted"] > STALE:
                raise Unavailable("Knobot was too busy, and did nothing.", "Try again.")  # noqa: TRY301 # one way out
            work(body, to)
        except Exception as error:  # noqa: BLE001 # the one place where every error ends
            operations.report(error, to)

    return listener


def _ours(body: dict[str, Any], team: str, app: str | None) -> bool:
    where = body.get("team_id") or _part(body, "team").get("id") or _part(body, "user").get("team_id")
    return where == team and (app is None or body.get("api_app_id") in (None, app))


def _person(body: dict[str, Any]) -> Person | None:
    """Return who sent a payload: by a slash command's flat ids, the user object of an interaction, or an event's."""
    event, user = _part(body, "event"), _part(body, "user")
    if event and not _said_by_a_person(event):
        return None
    team = user.get("team_id") or _part(body, "team").get("id") or event.get("user_team") or body.get("team_id")
    identity = user.get("id") or event.get("user") or body.get("user_id")
    if not (isinstance(team, str) and isinstance(identity, str) and team and identity):
        return None
    return Person(team, identity)


def _said_by_a_person(event: dict[str, Any]) -> bool:
    """Whether an event is a message as a person has just sent it, or no message at all.

    Edits, deletions, broadcasts and what programs post carry marks of their own, and in some of them stands somebody
    else's user id: what has any mark is dropped. An edit is no second wish.
    """
    return not any(event.get(mark) for mark in ("subtype", "bot_id", "bot_profile", "edited", "hidden"))


def _channel(body: dict[str, Any]) -> str | None:
    channel = body.get("channel_id") or _part(body, "channel").get("id") or _part(body, "event").get("channel")
    return channel if isinstance(channel, str) and channel else None


def _thread(body: dict[str, Any]) -> str | None:
    thread = _part(body, "event").get("thread_ts") or _part(body, "container").get("thread_ts")
    return thread if isinstance(thread, str) and thread else None


def _part(body: dict[str, Any], name: str) -> dict[str, Any]:
    part = body.get(name)
    return part if isinstance(part, dict) else {}
