"""What goes wrong is one value, a Failure, and its body is the API server's own `Status` object.

Clients branch on `reason` and `code` and show `message` to people, so all three are those of a real kube-apiserver,
word for word.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.sandbox.cluster.kinds import Kind

MAX_BODY, MAX_MESSAGE, MAX_OBJECT = 3 * 1024**2, 2 * 1024**2, 3 * 1024**2 // 2
"""Bytes: of a request, of what is sent to etcd, and of what etcd takes."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What is wrong with one field: `message` is the part after the field's path."""

    field: str
    message: str
    reason: str = "FieldValueInvalid"


class Failure(Exception):
    """An answer that is not the wanted one; `body` is the JSON that goes to the client."""

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        details: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.headers = headers or {}
        self.body: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": message,
            **({"reason": reason} if reason else {}),
            **({"details": details} if details else {}),
            "code": code,
        }


def details_of(kind: Kind, name: str = "") -> dict[str, Any]:
    """The `details` that name an object by resource; empty fields are left out, as Go's `omitempty` does."""
    named = {"name": name} if name else {}
    grouped = {"group": kind.group} if kind.group else {}
    return {**named, **grouped, "kind": kind.plural}


def not_found(kind: Kind, name: str) -> Failure:
    return Failure(404, "NotFound", f'{kind.resource} "{name}" not found', details_of(kind, name))


def no_such_path() -> Failure:
    return Failure(404, "NotFound", "the server could not find the requested resource", {})


def already_exists(kind: Kind, name: str) -> Failure:
    return Failure(409, "AlreadyExists", f'{kind.resource} "{name}" already exists', details_of(kind, name))


def conflict(kind: Kind, name: str, why: str = "") -> Failure:
    """A stale resourceVersion, unless `why` says something else."""
    why = why or "the object has been modified; please apply your changes to the latest version and try again"
    message = f'Operation cannot be fulfilled on {kind.resource} "{name}": {why}'
    return Failure(409, "Conflict", message, details_of(kind, name))


def precondition_failed(kind: Kind, name: str, why: str) -> Failure:
    """What a DELETE is answered that is about another version, or another object: it names the kind, not the plural."""
    subject = f"{kind.kind}.{kind.group}" if kind.group else kind.kind
    details = {**details_of(kind, name), "kind": kind.kind}
    return Failure(409, "Conflict", f'Operation cannot be fulfilled on {subject} "{name}": {why}', details)


def bad_request(message: str) -> Failure:
    return Failure(400, "BadRequest", message)


def denied(webhook: str, why: str) -> Failure:
    """What the API server makes of an admission webhook's no."""
    return bad_request(f'admission webhook "{webhook}" denied the request: {why}')


def invalid(kind: Kind, name: str, causes: Sequence[Cause]) -> Failure:
    """A 422 that names every cause; the message says each once."""
    details = {
        **({"name": name} if name else {}),
        **({"group": kind.group} if kind.group else {}),
        "kind": kind.kind,
        "causes": [{"reason": cause.reason, "message": cause.message, "field": cause.field} for cause in causes],
    }
    subject = f"{kind.kind}.{kind.group}" if kind.group else kind.kind
    return Failure(422, "Invalid", f'{subject} "{name}" is invalid: {_aggregated(causes)}', details)


def unreadable_patch(patched: dict[str, Any], words: str) -> Failure:
    """What is answered to a patch after which the object cannot be read: it names neither kind nor object."""
    whole = json.dumps(json.dumps(patched, separators=(",", ":")))
    message = f"Invalid value: {whole}: {words}"
    causes = [{"reason": "FieldValueInvalid", "message": message, "field": "patch"}]
    return Failure(422, "Invalid", f' "" is invalid: patch: {message}', {"causes": causes})


def _aggregated(causes: Iterable[Cause]) -> str:
    said = list(dict.fromkeys(f"{cause.field}: {cause.message}" for cause in causes))
    return said[0] if len(said) == 1 else f"[{', '.join(said)}]"


def body_too_large() -> Failure:
    return Failure(413, "RequestEntityTooLarge", f"Request entity too large: limit is {MAX_BODY}")


def object_too_large(size: int) -> Failure | None:
    """What etcd, or the way there, says to an object of so many bytes; None when it takes it."""
    if size > MAX_MESSAGE:
        sending = f"trying to send message larger than max ({size} vs. {MAX_MESSAGE})"
        return Failure(500, "", f"rpc error: code = ResourceExhausted desc = {sending}")
    return Failure(500, "", "etcdserver: request is too large") if size > MAX_OBJECT else None


def unauthorized() -> Failure:
    return Failure(401, "Unauthorized", "Unauthorized")


def expired(asked: int, oldest: int) -> Failure:
    return Failure(410, "Expired", f"too old resource version: {asked} ({oldest})")


def unsupported_media(content_type: str, accepted: Sequence[str]) -> Failure:
    message = (
        f"the body of the request was in an unknown format - accepted media types include: {', '.join(accepted)}"
        if content_type
        else "the content type of the request is missing"
    )
    return Failure(415, "UnsupportedMediaType", message)


def method_not_allowed() -> Failure:
    return Failure(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")
