"""The connection to Slack's Web API: who Knobot is there, and what Slack's errors mean."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.core.errors import BotError, Refused, Unavailable
from bot.core.ports import BUSY

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

SILENT = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action", "no_permission"})
"""Errors that mean: Knobot may not speak there."""
LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
"""Errors that mean: too often; the same call is welcome later."""
TIMEOUT = 10
"""Seconds that a call to Slack may take."""
LATER = 1.0
"""Seconds to wait after an answer that asks to wait and does not say for how long."""


class Busy(Unavailable):
    """Slack asks to wait: `seconds` are what it said."""

    code = BUSY

    def __init__(self, seconds: float) -> None:
        super().__init__("Slack asks Knobot to be slower.", "Try again in a moment.")
        self.seconds = seconds


def connect(token: str, base_url: str | None = None) -> WebClient:
    """Return a client that tries nothing twice by itself.

    Rate limits are waited out by `pacing`, where all callers of a method wait together. A lost connection is not tried
    again: Slack may have posted the message, and a second one would double it.
    """
    client = WebClient(token=token, base_url=base_url or WebClient.BASE_URL, timeout=TIMEOUT)
    client.retry_handlers = []
    return client


def granted(client: WebClient) -> tuple[str, frozenset[str] | None]:
    """Return the workspace's name and the scopes of the client's token, None where Slack does not tell them."""
    answer = call(client.auth_test)
    scopes = answer.headers.get("x-oauth-scopes")
    return str(answer.get("team") or answer["team_id"]), frozenset(scopes.split(",")) if scopes else None


def opens_socket(client: WebClient, app_token: str) -> None:
    """Ask for a socket's address, which only an app-level token with connections:write gets; raises as `call` does."""
    call(client.apps_connections_open, app_token=app_token)


@dataclass(frozen=True, slots=True)
class Bot:
    """Who Knobot is in the workspace, as auth.test says.

    `app` is the id of its Slack app, None where Slack does not tell: payloads cannot be held to it then.
    """

    team: str
    user: str
    bot: str
    app: str | None = None

    @classmethod
    def of(cls, client: WebClient) -> Bot:
        """Ask Slack who the token belongs to.

        Raises:
            Unavailable: the token is not accepted, or Slack does not answer.
        """
        answer = call(client.auth_test)
        return cls(answer["team_id"], answer["user_id"], answer["bot_id"], _app(client, answer["bot_id"]))


def _app(client: WebClient, bot: str) -> str | None:
    try:
        return str(call(client.bots_info, bot=bot)["bot"]["app_id"])
    except (BotError, KeyError, TypeError) as error:
        log.warning("Slack does not tell the id of Knobot's app, so payloads are not held to it: %s", error)
        return None


def call(method: Callable[..., Any], **arguments: Any) -> Any:
    """Call a method of the Web API; its errors become BotErrors whose code is Slack's.

    Raises:
        Busy: Slack asks to wait. Refused: Knobot may not speak there. Unavailable: anything else.
    """
    try:
        return method(**arguments)
    except SlackApiError as error:
        code = str(error.response.get("error", "unknown")) if hasattr(error.response, "get") else "unknown"
        if code in LIMITED:
            raise Busy(_seconds(error.response)) from error
        if code in SILENT:
            raise Refused(
                "Knobot cannot speak in this channel.", "Invite it with `/invite @Knobot`.", code=code
            ) from error
        raise Unavailable(f"Slack answered “{code}”.", "Try again in a moment.", code=code) from error
    except (URLError, OSError, SlackClientError) as error:
        raise Unavailable("Slack did not answer.", "Try again in a moment.") from error


def _seconds(response: Any) -> float:
    headers = getattr(response, "headers", None) or {}
    try:
        return max(0.0, float(headers.get("Retry-After", headers.get("retry-after", LATER))))
    except (TypeError, ValueError):
        return LATER
