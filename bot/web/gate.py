"""Which HTTP requests are Slack's, and new. Nothing about a request is trusted, or logged, before that is known.

Bolt checks signatures too, but takes the same request twice, raises on a time that is no number, answers unsigned
requests that say `ssl_check`, logs the body of a request that it refuses, and finds no fields in a form in which the
word “payload” stands. So it is given what was read here, as it is given what comes by Socket Mode: nobody reads a body
a second time, and perhaps in another way.
"""

from __future__ import annotations

import hashlib
import json
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from slack_bolt import BoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.core.errors import BotError
from bot.handlers.shape import Misshapen, check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LARGEST = 1024 * 1024
"""Bytes of a request. Slack's largest are about a modal, of 250 kB at most."""
FIELDS = 100
"""Fields of a form; a slash command has about fifteen."""
TIME = re.compile(r"[0-9]{1,12}\Z", re.ASCII)
SIGNATURE = re.compile(r"v0=[0-9a-f]{64}\Z", re.ASCII)
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
CONTENT = re.compile(rf"({FORM}|{JSON})(?:\s*;\s*charset=\"?utf-8\"?)?\Z", re.IGNORECASE)


class Rejected(Exception):
    """A request that goes no further; `status` is all that its sender is told.

    `reason` is one of a few, by which the audit log counts; the log is told `detail` as well.
    """

    def __init__(self, status: HTTPStatus, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason} ({detail})" if detail else reason)
        self.status = status
        self.reason = reason


class Gate:
    """Lets requests of Slack in, each of them once.

    Args:
        secret: the app's signing secret.
        first: notes an id and returns whether nobody, in any process, has noted it before; raises BotError, if that
            cannot be told now.
    """

    def __init__(self, secret: str, first: Callable[[str], bool]) -> None:
        self._verifier = SignatureVerifier(secret)
        self._first = first

    def admit(self, headers: Iterable[tuple[str, str]], body: bytes) -> BoltRequest:
        """Return a request as Bolt takes it.

        Raises:
            Rejected: 401 not signed by Slack within five minutes; 413, 415 and 400 nothing that Slack would send; 503
                it cannot be told whether it is new; 200 it has been let in before, so that nothing is to be done.
        """
        told: dict[str, list[str]] = {}
        for name, value in headers:
            told.setdefault(name.lower(), []).append(value)
        if len(body) > LARGEST:
            raise Rejected(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "it is too large")
        text = self._signed(told, body)
        content = CONTENT.match(_only(told, "content-type"))
        if content is None or "content-encoding" in told:
            raise Rejected(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "its content is neither a form nor JSON")
        payload = _read(text, json_wanted=content[1].lower() == JSON)
        try:
            check(payload)
        except Misshapen as error:
            raise Rejected(HTTPStatus.BAD_REQUEST, "it is no payload", str(error)) from None
        self._claim(_only(told, "x-slack-signature"))
        return BoltRequest(body=payload, mode="socket_mode")

    def _signed(self, told: dict[str, list[str]], body: bytes) -> str:
        time, signature = _only(told, "x-slack-request-timestamp"), _only(told, "x-slack-signature")
        if not (TIME.match(time) and SIGNATURE.match(signature)):
            raise Rejected(HTTPStatus.UNAUTHORIZED, "it has no signature")
        try:
            text = body.decode()
        except UnicodeDecodeError:
            raise Rejected(HTTPStatus.BAD_REQUEST, "it is not UTF-8") from None
        if not self._verifier.is_valid(text, time, signature):
            raise Rejected(HTTPStatus.UNAUTHORIZED, "its signature is wrong or too old")
        return text

    def _claim(self, signature: str) -> None:
        try:
            new = self._first(f"request {hashlib.sha256(signature.encode()).hexdigest()}")
        except BotError as error:
            raise Rejected(HTTPStatus.SERVICE_UNAVAILABLE, "whether it is new cannot be told", str(error)) from error
        if not new:
            raise Rejected(HTTPStatus.OK, "it has been here before")


def _only(told: dict[str, list[str]], name: str) -> str:
    """Return the value of a header that is there once, else ""."""
    values = told.get(name, [])
    return values[0].strip() if len(values) == 1 else ""


def _read(text: str, *, json_wanted: bool) -> dict[str, Any]:
    """Return the payload; raise Rejected, 400, unless the body is what its type says, with each name once."""
    try:
        if json_wanted:
            return _document(text)
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=FIELDS)
        fields = _once(pairs)
        return _document(fields["payload"]) if "payload" in fields else fields
    except (ValueError, RecursionError):
        raise Rejected(HTTPStatus.BAD_REQUEST, "it cannot be read") from None


def _document(text: str) -> dict[str, Any]:
    found = json.loads(text, object_pairs_hook=_once)
    if not isinstance(found, dict):
        raise ValueError("no object")  # noqa: TRY004 # of the text, not of a type of ours
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is there twice")
    return found
