"""Slack as a place to speak and as the list of people: the ports Channel and Directory over slack_sdk.

Everything about how Slack is talked to is decided here: what is sent where, what its errors mean, what is tried again.
How messages look is `blocks`' business.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.webhook import WebhookClient

from bot.blocks import Message, render
from bot.core.errors import BotError, Refused, Unavailable
from bot.core.policy import Actor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.core.answers import Answer
    from bot.core.change import Person
    from bot.core.ports import Addressee

log = logging.getLogger(__name__)

SILENT = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action", "no_permission"})
"""Errors that mean: Knobot may not speak there."""
GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "channel_not_found"})
"""Errors that mean: this message cannot be edited any more, ever."""
TOO_RICH = frozenset({"invalid_blocks", "msg_blocks_too_long", "invalid_blocks_format", "msg_too_long"})
"""Errors that mean: Slack does not take these blocks, although the text alone would do."""
UNKNOWN = frozenset({"user_not_found", "user_not_visible", "users_not_found"})
"""Errors that mean: Slack does not know this person, or does not show them to Knobot."""
TIMEOUT = 10
"""Seconds that a call to Slack may take."""


def connect(token: str, base_url: str | None = None) -> WebClient:
    """Return a client that waits out rate limits.

    A lost connection is not tried again here: Slack may have posted the message, and a second one would double it.
    """
    client = WebClient(token=token, base_url=base_url or WebClient.BASE_URL, timeout=TIMEOUT)
    client.retry_handlers = [RateLimitErrorRetryHandler(max_retry_count=2)]
    return client


def granted(client: WebClient) -> tuple[str, frozenset[str] | None]:
    """Return the workspace's name and the scopes of the client's token, None where Slack does not tell them."""
    answer = _call(client.auth_test)
    scopes = answer.headers.get("x-oauth-scopes")
    return str(answer.get("team") or answer["team_id"]), frozenset(scopes.split(",")) if scopes else None


def opens_socket(client: WebClient, app_token: str) -> None:
    """Ask for a socket's address, which only an app-level token with connections:write gets; raises as `_call` does."""
    _call(client.apps_connections_open, app_token=app_token)


@dataclass(frozen=True, slots=True)
class Bot:
    """Who Knobot is in the workspace, as auth.test says."""

    team: str
    user: str
    bot: str

    @classmethod
    def of(cls, client: WebClient) -> Bot:
        """Ask Slack who the token belongs to.

        Raises:
            Unavailable: the token is not accepted, or Slack does not answer.
        """
        answer = _call(client.auth_test)
        return cls(answer["team_id"], answer["user_id"], answer["bot_id"])


class SlackChannel:
    """The Channel port."""

    def __init__(self, client: WebClient, command: str) -> None:
        self._client = client
        self._command = command

    def answer(self, to: Addressee, answer: Answer, *, public: bool = False) -> None:
        """Answer one person; a response_url works where Knobot is not a member, chat.postEphemeral elsewhere."""
        message = self._render(answer)
        if to.reply and self._respond(to.reply, message, public=public):
            return
        if public:
            self._send(self._client.chat_postMessage, message, channel=to.channel)
        else:
            self._send(self._client.chat_postEphemeral, message, channel=to.channel, user=to.person.user)

    def post(self, channel: str, answer: Answer) -> str:
        """Post a message and return its ts; see the port."""
        posted = self._send(
            self._client.chat_postMessage, self._render(answer), channel=channel, unfurl_links=False, unfurl_media=False
        )
        return str(posted["ts"])

    def update(self, channel: str, ts: str, answer: Answer) -> None:
        """Replace a message; see the port."""
        try:
            self._send(self._client.chat_update, self._render(answer), channel=channel, ts=ts)
        except BotError as error:
            if error.code not in GONE:
                raise
            log.info("Message %s in %s cannot be edited any more: %s", ts, channel, error.code)

    def _render(self, answer: Answer) -> Message:
        return render(answer, command=self._command)

    def _send(self, method: Callable[..., Any], message: Message, **where: Any) -> Any:
        """Send a message with its blocks, or, when Slack does not take them, its text, which tells the same."""
        try:
            return _call(method, text=message.text, blocks=list(message.blocks), **where)
        except BotError as error:
            if error.code not in TOO_RICH:
                raise
            log.warning("Slack refused the blocks of a message (%s); its text is sent alone.", error.code)
            return _call(method, text=message.text, blocks=[], **where)

    def _respond(self, url: str, message: Message, *, public: bool) -> bool:
        """Answer through a response_url, without blocks if need be; False if it takes neither: it may have expired."""
        webhook = WebhookClient(url, timeout=TIMEOUT)
        kind = "in_channel" if public else "ephemeral"
        for blocks in (list(message.blocks), []):
            try:
                answer = webhook.send(text=message.text, blocks=blocks, response_type=kind, replace_original=False)
            except (URLError, OSError, SlackClientError) as error:
                raise Unavailable("Slack did not take an answer.", "Try again in a moment.") from error
            if answer.status_code == 200:
                return True
            log.warning("Slack did not take an answer: %s %s", answer.status_code, answer.body[:200])
        return False


class SlackDirectory:
    """The Directory port: people and user groups, remembered for a short time.

    When Slack does not answer, nobody is anybody: reading a person fails, and a user group has no members.
    """

    def __init__(self, client: WebClient, home: str, usergroups: Iterable[str] = (), keep: float = 60.0) -> None:
        """Create a directory.

        Args:
            client: of the bot.
            home: team id of the workspace; people of others are no members.
            usergroups: ids of those user groups whose members count, as the policy names them.
            keep: seconds for which an answer of Slack is believed.
        """
        self._client = client
        self._home = home
        self._usergroups = tuple(sorted(set(usergroups)))
        self._keep = keep
        self._lock = threading.Lock()
        self._remembered: dict[str, tuple[float, Any]] = {}

    def actor(self, person: Person) -> Actor:
        """Return what Slack knows of a person; raises Unavailable when Slack does not say."""
        try:
            user = self._ask(f"user {person.user}", lambda: _call(self._client.users_info, user=person.user)["user"])
        except BotError as error:
            if error.code not in UNKNOWN:
                raise
            home = person.team == self._home
            return Actor(person, member=False, standing="unknown to Slack", home=home)
        home = person.team == self._home and user.get("team_id", self._home) == self._home
        standing = _standing(user, home=home)
        groups = frozenset(group for group in self._usergroups if person.user in self._members(group))
        name = str(user.get("profile", {}).get("display_name") or user.get("real_name") or user.get("name") or "")
        return Actor(
            person, name, member=standing is None, usergroups=groups, standing=standing or "a member", home=home
        )

    def forget(self) -> None:
        """Believe nothing that was remembered: people or groups have changed."""
        with self._lock:
            self._remembered.clear()

    def _members(self, group: str) -> frozenset[str]:
        try:
            members: frozenset[str] = self._ask(
                f"group {group}",
                lambda: frozenset(_call(self._client.usergroups_users_list, usergroup=group)["users"]),
            )
        except BotError as error:
            log.warning("The user group %s could not be read and counts as empty: %s", group, error)
            return frozenset()
        return members

    def _ask(self, key: str, ask: Callable[[], Any]) -> Any:
        now = time.monotonic()
        with self._lock:
            found = self._remembered.get(key)
        if found and found[0] > now:
            return found[1]
        value = ask()
        with self._lock:
            self._remembered[key] = (now + self._keep, value)
        return value


def _standing(user: dict[str, Any], *, home: bool) -> str | None:
    """Return what keeps a person from being a member, or None."""
    if user.get("deleted"):
        return "a deactivated person"
    if user.get("is_bot") or user.get("is_workflow_bot"):
        return "a bot"
    if not home or user.get("is_stranger"):
        return "from another workspace"
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return "a guest"
    return None


def _call(method: Callable[..., Any], **arguments: Any) -> Any:
    """Call a method of the Web API; its errors become BotErrors whose code is Slack's."""
    try:
        return method(**arguments)
    except SlackApiError as error:
        code = str(error.response.get("error", "unknown")) if hasattr(error.response, "get") else "unknown"
        if code in SILENT:
            raise Refused(
                "Knobot cannot speak in this channel.", "Invite it with `/invite @Knobot`.", code=code
            ) from error
        raise Unavailable(f"Slack answered “{code}”.", "Try again in a moment.", code=code) from error
    except (URLError, OSError, SlackClientError) as error:
        raise Unavailable("Slack did not answer.", "Try again in a moment.") from error
