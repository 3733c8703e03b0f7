"""What goes wrong is one value, a Failure, and its body is the API server's own `Status` object.

Clients branch on `reason` and `code` and show `message` to people, so all three are those of a real kube-apiserver,
word for word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.sandbox.cluster.kinds import Kind


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
            "reason": reason,
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


def denied(webhook: str, problems: Sequence[str]) -> Failure:
    """What the API server makes of an admission webhook's no."""
    listed = "\n".join(problems)
    return bad_request(f'admission webhook "{webhook}" denied the request: validation failed: {listed}')


def invalid(kind: Kind, name: str, field: str, message: str, *, cause: str = "FieldValueInvalid") -> Failure:
    """A 422 about one field: `message` is the part after the field's path."""
    details = {
        **({"name": name} if name else {}),
        **({"group": kind.group} if kind.group else {}),
        "kind": kind.kind,
        "causes": [{"reason": cause, "message": message, "field": field}],
    }
    subject = f"{kind.kind}.{kind.group}" if kind.group else kind.kind
    return Failure(422, "Invalid", f'{subject} "{name}" is invalid: {field}: {message}', details)


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
