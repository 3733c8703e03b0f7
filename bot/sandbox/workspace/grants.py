"""What Slack hands out for a short while: trigger ids (3 seconds, one use) and response URLs (30 minutes, five uses).

Expired ones are kept long enough to be refused by their proper name, and no longer.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sandbox.workspace.errors import SlackError
from bot.sandbox.workspace.expiring import Expiring

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
        self._issued: Expiring[Trigger] = Expiring(100 * TRIGGER_SECONDS, clock.now)

    def issue(self, user: str, view_id: str | None = None) -> str:
        now = self._clock.now()
        trigger_id = f"{int(now * 1000)}.{self._team_id}.{secrets.token_hex(16)}"
        self._issued.add(trigger_id, Trigger(user, now, view_id))
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


@dataclass(slots=True)
class ResponseGrant:
    """The right to answer one gesture.

    Args:
        token: the secret in the URL.
        command: the line that was typed, for a slash command; shown once the answer is public.
        message_ts: the message whose element was clicked, for `replace_original` and `delete_original`.
        used: how often, of `RESPONSE_USES`.
    """

    token: str
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
        self._issued: Expiring[ResponseGrant] = Expiring(2 * RESPONSE_SECONDS, clock.now)

    def issue(
        self, user: str, channel: str, *, command: str | None = None, message_ts: str | None = None
    ) -> ResponseGrant:
        token = secrets.token_urlsafe(18)
        return self._issued.add(token, ResponseGrant(token, user, channel, self._clock.now(), command, message_ts))

    def redeem(self, token: str) -> ResponseGrant:
        """Count one use, or raise SlackError: used_url, expired_url."""
        grant = self._issued.get(token)
        if grant is None or self._clock.now() - grant.issued > RESPONSE_SECONDS:
            raise SlackError("expired_url")
        if grant.used >= RESPONSE_USES:
            raise SlackError("used_url")
        grant.used += 1
        return grant
