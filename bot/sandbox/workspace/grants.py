"""What Slack hands out for a short while: trigger ids (3 seconds, one use) and response URLs (30 minutes, five uses).

Expired ones are kept long enough to be refused by their proper name, and no longer.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sandbox.workspace.errors import SlackError

if TYPE_CHECKING:
    from bot.sandbox.workspace.clock import Clock

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 30 * 60.0
RESPONSE_USES = 5


@dataclass(slots=True)
class Trigger:
    """A person's gesture that permits one modal; `view_id` is the modal in which it happened, if any."""

    user: str
    issued: float
    view_id: str | None = None
    used: bool = False


class Triggers:
    """Issues and redeems trigger ids."""

    def __init__(self, clock: Clock, team_id: str) -> None:
        self._clock = clock
        self._team_id = team_id
        self._issued: dict[str, Trigger] = {}

    def issue(self, user: str, view_id: str | None = None) -> str:
        now = self._clock.now()
        self._forget_before(now - 100 * TRIGGER_SECONDS)
        trigger_id = f"{int(now * 1000)}.{self._team_id}.{secrets.token_hex(16)}"
        self._issued[trigger_id] = Trigger(user, now, view_id)
        return trigger_id

    def redeem(self, trigger_id: str) -> Trigger:
        """Use it up, or raise SlackError: invalid_trigger_id, expired_trigger_id, exchanged_trigger_id."""
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._clock.now() - trigger.issued > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger

    def _forget_before(self, time: float) -> None:
        for trigger_id in list(self._issued):
            if self._issued[trigger_id].issued >= time:
                break
            del self._issued[trigger_id]


@dataclass(slots=True)
class ResponseGrant:
    """The right to answer one gesture.

    Args:
        command: the line that was typed, for a slash command; shown once the answer is public.
        message_ts: the message whose element was clicked, for `replace_original` and `delete_original`.
        used: how often, of `RESPONSE_USES`.
    """

    user: str
    channel: str
    issued: float
    command: str | None = None
    message_ts: str | None = None
    used: int = 0


class ResponseGrants:
    """Issues and redeems the tokens in response URLs."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, ResponseGrant] = {}

    def issue(self, user: str, channel: str, *, command: str | None = None, message_ts: str | None = None) -> str:
        now = self._clock.now()
        self._forget_before(now - 2 * RESPONSE_SECONDS)
        token = secrets.token_urlsafe(18)
        self._issued[token] = ResponseGrant(user, channel, now, command, message_ts)
        return token

    def redeem(self, token: str) -> ResponseGrant:
        """Count one use, or raise SlackError: used_url, expired_url."""
        grant = self._issued.get(token)
        if grant is None or self._clock.now() - grant.issued > RESPONSE_SECONDS:
            raise SlackError("expired_url")
        if grant.used >= RESPONSE_USES:
            raise SlackError("used_url")
        grant.used += 1
        return grant

    def get(self, token: str) -> ResponseGrant:
        """The grant itself, without using it: an ack's payload is an answer that costs nothing."""
        return self._issued[token]

    def _forget_before(self, time: float) -> None:
        for token in list(self._issued):
            if self._issued[token].issued >= time:
                break
            del self._issued[token]
