"""Request URLs: payloads as signed HTTP requests, for bots that have no Socket Mode.

Commands are a form, interactions a form with JSON in `payload`, events JSON; whatever answers 2xx within three seconds
has acknowledged, and its body is the answer.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.sandbox.workspace.delivery import ACK_SECONDS, Ack, Attempt, PayloadKind, Undelivered
from bot.sandbox.workspace.payloads import VERIFICATION_TOKEN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import ClientResponse

FORM, JSON_BODY = "application/x-www-form-urlencoded", "application/json"
USER_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"


def signed(secret: str, body: bytes, at: int) -> dict[str, str]:
    """The headers by which a bot knows that a request is Slack's (docs: "Verifying requests from Slack")."""
    digest = hmac.new(secret.encode(), f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={digest}"}


class RequestUrl:
    """One address that takes everything, as most bots have it.

    Args:
        url: where the bot listens.
        secret: the app's signing secret.
    """

    def __init__(self, url: str, secret: str) -> None:
        self.url = url
        self._secret = secret
        self._session = ClientSession(timeout=ClientTimeout(total=ACK_SECONDS))

    async def close(self) -> None:
        await self._session.close()

    async def verify(self) -> str:
        """Ask for the challenge, as Slack does before it takes an address; what is wrong, or ""."""
        challenge = secrets.token_urlsafe(24)
        asked = {"type": "url_verification", "token": VERIFICATION_TOKEN, "challenge": challenge}
        try:
            ack = await self._post(json.dumps(asked).encode(), JSON_BODY, {})
        except Undelivered as undelivered:
            return undelivered.failure
        answered = ack.payload or {}
        return "" if challenge in (answered.get("challenge"), answered.get("text")) else "challenge_failed"

    async def deliver(self, kind: PayloadKind, payload: Mapping[str, Any], attempt: Attempt | None = None) -> Ack:
        """Send a payload and wait for what the bot answers. Raises Undelivered."""
        headers = {}
        if attempt is not None and attempt.number:
            headers = {"X-Slack-Retry-Num": str(attempt.number), "X-Slack-Retry-Reason": attempt.reason}
        match kind:
            case "slash_commands":
                return await self._post(urlencode(payload).encode(), FORM, headers)
            case "interactive":
                return await self._post(urlencode({"payload": _compact(payload)}).encode(), FORM, headers)
            case "events_api":
                return await self._post(_compact(payload).encode(), JSON_BODY, headers)

    async def _post(self, body: bytes, content_type: str, headers: Mapping[str, str]) -> Ack:
        sent = time.monotonic()
        headers = {
            **signed(self._secret, body, int(time.time())),
            "Content-Type": content_type,
            "User-Agent": USER_AGENT,
            **headers,
        }
        try:
            async with self._session.post(self.url, data=body, headers=headers, allow_redirects=False) as answer:
                return Ack((time.monotonic() - sent) * 1000, await _answered(answer))
        except TimeoutError:
            raise Undelivered("operation_timeout", "http_timeout") from None
        except (ClientError, OSError):
            raise Undelivered("dispatch_failed", "connection_failed") from None


async def _answered(answer: ClientResponse) -> dict[str, Any] | None:
    """What came with an ack: JSON, or plain text, which is a message; None for an empty body."""
    if not answer.ok or answer.status >= 300:
        failure = "http_service_error" if answer.status >= 500 else "http_client_error"
        raise Undelivered(failure, "http_error", final=answer.headers.get("X-Slack-No-Retry") == "1")
    text = await answer.text()
    try:
        value = json.loads(text)
    except ValueError:
        return {"text": text} if text else None
    return value if isinstance(value, dict) else {"text": text}


def _compact(payload: Mapping[str, Any]) -> str:
    return json.dumps(payload, separators=(",", ":"))
