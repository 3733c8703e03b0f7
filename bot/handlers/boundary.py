"""What every payload passes before and after its listener: who it is from, and what becomes of an error.

Payloads are acknowledged here, before any queue: Slack waits three seconds, and a listener may wait for a free thread.
A listener therefore never raises; what goes wrong is told to the person. Only acks with an answer are given later.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from bot.core.change import Person
from bot.core.errors import BotError, Unavailable
from bot.core.panels import Ticket
from bot.core.ports import Addressee, PanelHandle

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import BoltRequest, BoltResponse

    from bot.core.panels import Seal
    from bot.operations import Operations

log = logging.getLogger(__name__)

NEWS = {
    "user_change": ("user", "id"),
    "subteam_updated": ("subteam", "id"),
    "subteam_members_changed": ("subteam_id",),
    "channel_shared": ("channel",),
    "channel_unshared": ("channel",),
}
"""Event → where in it stands the id of the person, user group or channel of whom what was known is so no longer."""
STALE = 30.0
"""Seconds after which a payload that waited for a free thread is not acted upon any more: the person has gone on."""


ANSWERED = frozenset({"view_submission", "block_suggestion"})
"""Types of payloads whose ack carries an answer, and is therefore given by who knows it."""
PROMPT = 3.0
"""Seconds that Slack waits for such an answer; after that nobody reads it."""


def admit(team: str, seal: Seal, turned_away: Callable[[str], None], app: str | None = None) -> Callable[..., Any]:
    """Return the middleware that lets in only what a person of a workspace sent, and names them, and news of people.

    Args:
        team: id of the workspace that Knobot is installed in; payloads that were sent to another one are dropped.
        seal: of the tickets that modals carry: what comes from one is where its ticket says.
        turned_away: is told why something was dropped.
        app: id of the Slack app, where it is known; payloads for another one are dropped.
    """

    def middleware(
        request: BoltRequest,
        context: dict[str, Any],
        ack: Callable[[], Any],
        next: Callable[[], Any],  # noqa: A002 # Bolt's
    ) -> BoltResponse | Any:
        body = request.body
        if not _ours(body, team, app):
            turned_away("it is of another app or workspace")
            return ack()
        if body.get("type") == "app_rate_limited":
            log.warning("Slack keeps events of this workspace back: there were too many, or too few were answered.")
            return ack()
        if news := subject(body):
            context["about"] = news
            ack()
            return next()
        person = _person(body)
        ticket = _ticket(body, person, seal)
        if person is None or ticket is None:
            if not _own(body):
                turned_away("it is no plain message of a person" if "event" in body else "it names no person or place")
            return ack()
        reply = body.get("response_url")
        context["to"] = Addressee(
            person,
            ticket.channel,
            reply if isinstance(reply, str) else None,
            thread=ticket.thread,
            aloud=_part(body, "event").get("type") == "app_mention",
            trigger=_text(body, "trigger_id"),
            panel=_panel(body),
        )
        context["accepted"] = time.monotonic()
        if _text(body, "type") not in ANSWERED:
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


def offering(
    work: Callable[[dict[str, Any], Addressee], dict[str, Any]], nothing: dict[str, Any]
) -> Callable[..., None]:
    """Return a listener that acks with what `work` makes of the payload, with `nothing` when it fails or is late."""

    def listener(body: dict[str, Any], context: dict[str, Any], ack: Callable[..., Any]) -> None:
        answer = nothing
        try:
            if time.monotonic() - context["accepted"] < PROMPT:
                answer = work(body, context["to"])
        except BotError as error:
            log.info("Nothing is offered: %s", error)
        except Exception:
            log.exception("A fault while offering choices")
        ack(**answer)

    return listener


def noted(work: Callable[[str], None]) -> Callable[..., None]:
    """Return a listener for news, which does `work` with the id of whom or what they are about. It answers nobody."""

    def listener(context: dict[str, Any]) -> None:
        work(context["about"])

    return listener


def subject(body: dict[str, Any]) -> str | None:
    """Return the id of the person, user group or channel that has changed, None for what is no such news."""
    event = _part(body, "event")
    kind = event.get("type")
    place = NEWS.get(kind) if isinstance(kind, str) else None
    found: Any = event
    for name in place or ():
        found = found.get(name) if isinstance(found, dict) else None
    return found if place and isinstance(found, str) and found else None


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


def _own(body: dict[str, Any]) -> bool:
    """Whether an event tells of what a program has edited or deleted, as Knobot does with its own cards all day."""
    event = _part(body, "event")
    return any(_part(event, part).get("bot_id") for part in ("message", "previous_message"))


def _channel(body: dict[str, Any]) -> str | None:
    channel = body.get("channel_id") or _part(body, "channel").get("id") or _part(body, "event").get("channel")
    return channel if isinstance(channel, str) and channel else None


def _ticket(body: dict[str, Any], person: Person | None, seal: Seal) -> Ticket | None:
    """Return where a payload comes from: the conversation that it names, or that its modal was opened in.

    A home tab is in no conversation: there the channel is "", and whoever listens finds the one that is meant.
    """
    if _part(body, "view").get("type") == "home":
        return Ticket("")
    if "view" in body:
        metadata = _text(_part(body, "view"), "private_metadata")
        return seal.open(metadata, person) if metadata and person else None
    channel = _channel(body)
    return Ticket(channel, _thread(body)) if channel else None


def _panel(body: dict[str, Any]) -> PanelHandle | None:
    view = _part(body, "view")
    if view.get("type") == "home":
        return None
    return PanelHandle(_text(view, "id") or "", _text(view, "hash") or "") if view else None


def _text(body: dict[str, Any], name: str) -> str | None:
    value = body.get(name)
    return value if isinstance(value, str) and value else None


def _thread(body: dict[str, Any]) -> str | None:
    thread = _part(body, "event").get("thread_ts") or _part(body, "container").get("thread_ts")
    return thread if isinstance(thread, str) and thread else None


def _part(body: dict[str, Any], name: str) -> dict[str, Any]:
    part = body.get(name)
    return part if isinstance(part, dict) else {}
