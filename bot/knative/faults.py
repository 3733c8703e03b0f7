"""What an API server or the way to it can answer, said in the core's words: the only place that translates.

Codes tell the rest of this package what it may do next; people see the message and the hint.

    conflict     Stale        409: the object is not the one that was sent along, or exists already
    denied       Invalid      an admission webhook refused the wish, with its words
    forbidden    Refused      403: RBAC
    not-found    NotFound     404
    expired      Unavailable  410: the history that a watch or a page asked for is gone
    credentials  Unavailable  401
    busy         Unavailable  429: not even looked at
    unreachable  Unavailable  nothing was sent
    lost         Unavailable  sent, or answered by a fault in the middle: whether it was done is not known
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec
from urllib3 import exceptions

from bot.core.errors import BotError, Invalid, NotFound, Refused, Stale, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFLICT = "conflict"
DENIED = "denied"
FORBIDDEN = "forbidden"
EXPIRED = "expired"
CREDENTIALS = "credentials"
BUSY = "busy"
UNREACHABLE = "unreachable"
UNKNOWN_API = "unknown-api"
LOST = "lost"
TOO_LARGE = "too-large"
LONGEST = 500
_NEVER_SENT = (
    exceptions.NewConnectionError,
    exceptions.ConnectTimeoutError,
    exceptions.ProxyError,
    exceptions.SSLError,
)
_DENIAL = re.compile(
    r'admission webhook "(?P<hook>[^"]+)" denied the request(?: without explanation)?:? ?(?P<why>.*)', re.DOTALL
)
_TOO_LARGE = re.compile(
    r"etcdserver: request is too large|trying to send message larger than max|^Request entity too large"
)
"""As etcd, the client of etcd in an API server, and the API server itself say it."""
_ANNOTATIONS_TOO_LONG = "metadata.annotations: Too long"
_FIELD = re.compile(r"(?P<what>.+): (?P<where>(?:spec|metadata|status)\b[^:]*)", re.DOTALL)
_REGEX_HINT = re.compile(
    r"\s*\[?a (?:lowercase )?(?:DNS-1035|RFC 1123) .*?regex used for validation is '[^']*'\)\]?"
    r"|\s*\(e\.g\. [^()]*regex used for validation is '[^']*'\)"
)
_MISREAD = re.compile(
    r"json: cannot unmarshal (?P<value>.+?) into Go struct field \w+\.(?P<field>\S+) of type (?P<type>\S+)"
)
_UNANSWERED = re.compile(r'failed (?:calling|to call) webhook "(?P<hook>[^"]+)"')
ANONYMOUS = "system:anonymous"
KNATIVE = ".knative.dev"
"""How the names of Knative's own webhooks end."""
_FORBIDDEN = re.compile(
    r'User "(?P<user>[^"]*)" cannot (?P<verb>\S+) resource "(?P<resource>[^"]*)" in API group "(?P<group>[^"]*)"'
    r'(?: in the namespace "(?P<namespace>[^"]*)"| at the cluster scope)'
)


class Cause(msgspec.Struct):
    field: str = ""
    message: str = ""


class Details(msgspec.Struct):
    name: str = ""
    kind: str = ""
    causes: list[Cause] | None = None


class Status(msgspec.Struct):
    """The API server's own error object (kind Status)."""

    message: str = ""
    reason: str = ""
    code: int = 0
    details: Details | None = None


def answered(cluster: str, code: int, data: bytes | msgspec.Raw) -> BotError:
    """Return the error for an answer that is none: HTTP status `code` with `data`, or an ERROR event of a watch.

    Args:
        cluster: its name in Knobot's configuration.
        code: the HTTP status; 0 where only the Status object says it (watches).
        data: the body; anything that is no Status object is shown shortened.
    """
    status = _status(data)
    if _TOO_LARGE.search(status.message):
        return Invalid(
            f"This is too large for cluster {cluster}: nothing was written.",
            "A Service has room for about a megabyte: put long values into a ConfigMap or a Secret.",
            code=TOO_LARGE,
        )
    denial = _DENIAL.search(status.message)
    if denial is not None:
        return _denied(denial["hook"], denial["why"])
    match code or status.code:
        case HTTPStatus.UNAUTHORIZED:
            return _unknown_to(cluster)
        case HTTPStatus.FORBIDDEN:
            return _forbidden(cluster, status)
        case HTTPStatus.NOT_FOUND:
            return _not_found(cluster, status)
        case HTTPStatus.CONFLICT:
            return Stale(_sentence(status.message), "Ask again to plan on what is there now.", code=CONFLICT)
        case HTTPStatus.GONE:
            return Unavailable(_sentence(status.message), code=EXPIRED)
        case HTTPStatus.BAD_REQUEST | HTTPStatus.UNPROCESSABLE_ENTITY:
            if _ANNOTATIONS_TOO_LONG in status.message:
                return Invalid(
                    "The Service's annotations would be too long: together they may have 256 KiB.",
                    "Take one away with `annotate SERVICE NAME-`, or write less.",
                    code=TOO_LARGE,
                )
            return Invalid(f"The API server refuses this: {_causes(status)}", _hint(status))
        case HTTPStatus.TOO_MANY_REQUESTS:
            return Unavailable(f"Cluster {cluster} is busy.", "Try again in a moment.", code=BUSY)
        case other:
            return _broken(cluster, other, status)


def failed(cluster: str, error: Exception) -> BotError:
    """Return the error for a request that got no answer at all."""
    reason = error.reason if isinstance(error, exceptions.MaxRetryError) and error.reason else error
    untrusted = isinstance(reason, exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(reason)
    if untrusted or not isinstance(reason, exceptions.HTTPError):
        # The client raises errors of its own for credentials that it cannot read or renew.
        return Unavailable(
            f"Cluster {cluster} cannot be reached safely: {_sentence(str(reason))}",
            "Look at the certificates and credentials in its kubeconfig.",
            code=UNREACHABLE,
        )
    if isinstance(reason, _NEVER_SENT):
        return Unavailable(
            f"Cluster {cluster} cannot be reached.", "Is it up, and is its address right?", code=UNREACHABLE
        )
    if isinstance(reason, exceptions.TimeoutError):
        return Unavailable(f"Cluster {cluster} did not answer in time.", "Try again in a moment.", code=LOST)
    return Unavailable(f"The connection to cluster {cluster} broke.", "Try again in a moment.", code=LOST)


def _status(data: bytes | msgspec.Raw) -> Status:
    try:
        return msgspec.json.decode(data, type=Status)
    except msgspec.MsgspecError:
        return Status(message=bytes(data).decode(errors="replace"))


def _denied(hook: str, why: str) -> Invalid:
    who = "Knative" if hook.endswith(KNATIVE) else f"The admission webhook {hook}"
    if (misread := _MISREAD.search(why)) is not None:
        wanted = "a whole number" if misread["type"] == "int64" else misread["type"]
        return Invalid(f"{who} cannot read {misread['field']}: {misread['value']} is not {wanted}.", code=DENIED)
    complaints = why.removeprefix("validation failed: ").strip()
    if complaints.startswith("Immutable fields changed"):
        # What follows is a diff of several lines that belong together.
        said = re.sub(r"\s+", " ", complaints)
    else:
        said = "; ".join(_plainly(complaints.splitlines()))
    return Invalid(f"{who} refuses this: {_sentence(said or 'it gives no reason')}", code=DENIED)


def _plainly(complaints: list[str]) -> Iterator[str]:
    for complaint in complaints:
        words = _REGEX_HINT.sub("", complaint).strip()
        placed = _FIELD.fullmatch(words)
        yield f"{placed['what'].rstrip(': ')} ({placed['where'].strip()})" if placed else words


def _unknown_to(cluster: str) -> Unavailable:
    return Unavailable(
        f"Cluster {cluster} does not accept Knobot's credentials.",
        "The token or certificate may have expired: `knobot check` tests them.",
        code=CREDENTIALS,
    )


def _forbidden(cluster: str, status: Status) -> Refused | Unavailable:
    found = _FORBIDDEN.search(status.message)
    if found is None:
        return Refused(f"Kubernetes refuses this: {_sentence(status.message)}", code=FORBIDDEN)
    if found["user"] == ANONYMOUS:
        # The client sends a request without credentials where a plug-in does not make any. Nobody is to get rights so.
        return _unknown_to(cluster)
    if found["verb"].startswith("impersonate"):  # since 1.36 it says more: impersonate-on:user-info:patch
        return Refused(
            f"Kubernetes does not let {found['user']} act as somebody else.",
            f"A ClusterRole with the verb impersonate on users and groups, bound to {found['user']}, would allow it.",
            code=FORBIDDEN,
        )
    where = f"in the namespace {found['namespace']}" if found["namespace"] else "in the whole cluster"
    role = "Role" if found["namespace"] else "ClusterRole"
    grant = f"{found['resource']}.{found['group']}" if found["group"] else found["resource"]
    return Refused(
        f"Kubernetes does not let {found['user']} {found['verb']} {found['resource']} {where}.",
        f"A {role} with the verb {found['verb']} on {grant}, bound to {found['user']}, would allow it.",
        code=FORBIDDEN,
    )


def _not_found(cluster: str, status: Status) -> NotFound:
    details = status.details or Details()
    if details.kind == "namespaces":
        return NotFound(f"There is no namespace {details.name} on cluster {cluster}.")
    if details.kind and details.name:
        kind = {"services": "Service", "revisions": "Revision", "pods": "pod"}.get(details.kind, details.kind)
        return NotFound(f"There is no {kind} {details.name} on cluster {cluster}.")
    return NotFound(
        f"Cluster {cluster} does not know Knative Serving.",
        "Is it installed there, in version 1.0 or later?",
        code=UNKNOWN_API,
    )


def _broken(cluster: str, code: int, status: Status) -> Unavailable:
    unanswered = _UNANSWERED.search(status.message)
    if unanswered is not None:
        own = unanswered["hook"].endswith(KNATIVE)
        who = "Knative's webhook" if own else f"The admission webhook {unanswered['hook']}"
        return Unavailable(
            f"{who} on cluster {cluster} does not answer, so nothing can be changed there.",
            "Look at the pods in the namespace knative-serving." if own else "Whoever runs the cluster knows it.",
            code=BUSY,
        )
    said = f": {_sentence(status.message)}" if status.message else "."
    return Unavailable(f"Cluster {cluster} has a fault ({code}){said}", "Try again in a moment.", code=LOST)


def _hint(status: Status) -> str:
    """Say what would be right, where it is about labels or annotations."""
    fields = {cause.field for cause in (status.details and status.details.causes) or []}
    if "metadata.labels" in fields:
        return "A label's name and value have letters, digits, `-`, `_` and `.`, 63 at most."
    if "metadata.annotations" in fields:
        return "The name of an annotation is like `team` or `example.com/team`; its value may be any text."
    return ""


def _causes(status: Status) -> str:
    causes = (status.details.causes if status.details else None) or []
    # A custom resource is looked at three times, and says so three times.
    said = dict.fromkeys(f"{_REGEX_HINT.sub('', cause.message).rstrip(': ')} ({cause.field})" for cause in causes)
    return _sentence("; ".join(said) or _REGEX_HINT.sub("", status.message))


def _sentence(text: str) -> str:
    words = _shortened(text)
    return words if words.endswith((".", "…")) else f"{words}."


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}…"
