"""Slack as a place to speak: the port Channel.

What is sent where is decided here, what is tried again, and what becomes of a message that Slack does not take. How
messages look is `blocks`' business.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.error import URLError

from slack_sdk.errors import SlackClientError
from slack_sdk.webhook import WebhookClient

from bot.blocks import Message, render
from bot.core.errors import BotError, Unavailable
from bot.core.panels import Ticket, Told
from bot.slack.connection import SILENT, TIMEOUT, call
from bot.slack.pacing import PATIENCE, Edits, Pacer

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_sdk import WebClient

    from bot.core.answers import Answer
    from bot.core.ports import Addressee, Panels

log = logging.getLogger(__name__)

GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "channel_not_found"})
"""Errors that mean: this message cannot be edited any more, ever."""
TOO_RICH = frozenset({"invalid_blocks", "msg_blocks_too_long", "invalid_blocks_format", "msg_too_long"})
"""Errors that mean: Slack does not take these blocks, although the text alone would do."""

YOUNG = frozenset({"data_visualization"})
"""Kinds of blocks that not every workspace knows yet; what they show is told by the others, too."""
DEAF = SILENT | {"user_not_in_channel"}
"""Errors that mean: this person cannot be told anything in this channel."""
DIRECT = "D"
"""What the ids of direct messages begin with."""


class SlackChannel:
    """The Channel port."""

    def __init__(self, client: WebClient, command: str, panels: Panels, pacer: Pacer | None = None) -> None:
        self._client = client
        self._panels = panels
        self._command = command
        self._pacer = pacer or Pacer()
        self._edits: Edits[Message, bool] = Edits()

    def answer(self, to: Addressee, answer: Answer, *, public: bool = False) -> None:
        """Answer one person where they asked.

        A response_url works where Knobot is not a member, but knows no threads. Nobody else reads direct messages, so
        answers there are messages that stay.
        """
        if to.panel:
            self._panels.show(to, Told(answer), Ticket(to.channel, to.thread))
            return
        message = self._render(answer)
        if not to.channel:
            self._post(message, PATIENCE, channel=to.person.user)
            return
        if to.reply and not to.thread and self._respond(to.reply, message, public=public):
            return
        where = {"channel": to.channel, **({"thread_ts": to.thread} if to.thread else {})}
        if public or to.channel.startswith(DIRECT):
            self._post(message, PATIENCE, **where)
            return
        send = partial(self._send, self._client.chat_postEphemeral, message, user=to.person.user, **where)
        try:
            self._pacer.send("chat.postEphemeral", to.channel, send)
        except BotError as error:
            if error.code not in DEAF:
                raise
            self._post(message, PATIENCE, channel=to.person.user)

    def post(
        self, channel: str, answer: Answer, thread: str | None = None, *, broadcast: bool = False, at_once: bool = False
    ) -> str:
        """Post a message and return its ts; see the port."""
        below: dict[str, Any] = {"thread_ts": thread, "reply_broadcast": broadcast} if thread else {}
        where = {"channel": channel, "unfurl_links": False, "unfurl_media": False, **below}
        return str(self._post(self._render(answer), 0.0 if at_once else PATIENCE, **where)["ts"])

    def update(self, channel: str, ts: str, answer: Answer, *, at_once: bool = False) -> bool:
        """Replace a message; see the port."""

        def paced(work: Callable[[], bool]) -> bool:
            return self._pacer.send("chat.update", channel, work, 0.0 if at_once else PATIENCE)

        def deliver(message: Message) -> bool:
            return self._edit(channel, ts, message)

        return self._edits.send((channel, ts), self._render(answer), paced, deliver)

    def wait(self, channel: str, *, edit: bool) -> float:
        """Return how long a message or an edit would wait for its turn; see the port."""
        return self._pacer.ahead("chat.update" if edit else "chat.postMessage", channel)

    def _edit(self, channel: str, ts: str, message: Message) -> bool:
        try:
            self._send(self._client.chat_update, message, channel=channel, ts=ts)
        except BotError as error:
            if error.code not in GONE:
                raise
            log.info("Message %s in %s cannot be edited any more: %s", ts, channel, error.code)
            return False
        return True

    def _post(self, message: Message, patience: float, *, channel: str, **options: Any) -> Any:
        send = partial(self._send, self._client.chat_postMessage, message, channel=channel, **options)
        return self._pacer.send("chat.postMessage", channel, send, patience)

    def _render(self, answer: Answer) -> Message:
        return render(answer, command=self._command)

    def _send(self, method: Callable[..., Any], message: Message, **where: Any) -> Any:
        """Send a message with its blocks, or with what Slack takes of them, its text at the least, which tells all."""
        *richer, plain = _ways(message)
        for blocks in richer:
            try:
                return call(method, text=message.text, blocks=blocks, **where)
            except BotError as error:
                if error.code not in TOO_RICH:
                    raise
                log.warning("Slack refused the blocks of a message (%s); fewer are sent.", error.code)
        return call(method, text=message.text, blocks=plain, **where)

    def _respond(self, url: str, message: Message, *, public: bool) -> bool:
        """Answer through a response_url, without blocks if need be; False if it takes neither: it may have expired."""
        webhook = WebhookClient(url, timeout=TIMEOUT)
        kind = "in_channel" if public else "ephemeral"
        for blocks in _ways(message):
            try:
                answer = webhook.send(text=message.text, blocks=blocks, response_type=kind, replace_original=False)
            except (URLError, OSError, SlackClientError) as error:
                raise Unavailable("Slack did not take an answer.", "Try again in a moment.") from error
            # A refusal may come with status 200, as the Web API's do.
            if answer.status_code == 200 and '"ok":false' not in answer.body.replace(" ", ""):
                return True
            log.warning("Slack did not take an answer: %s %s", answer.status_code, answer.body[:200])
        return False


def _ways(message: Message) -> list[list[dict[str, Any]]]:
    """Return the blocks of a message, from all of them to none: without those that are young before without any."""
    known = [block for block in message.blocks if block["type"] not in YOUNG]
    return [list(message.blocks), *([known] if len(known) < len(message.blocks) else []), []]
