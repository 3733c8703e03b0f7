"""Requests to a Service as its users send them: through the ingress, by the address that its status shows.

Only the Service's own host is ever asked, whatever the path says: the host comes from the object's status (never
built, since its template is the cluster's business), the path is checked, and no redirect is followed.
"""

from __future__ import annotations

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count as counter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import urllib3

from bot.core.errors import Invalid, NotFound, Unavailable
from bot.core.ports import Response

if TYPE_CHECKING:
    from collections.abc import Sequence
    from urllib.parse import SplitResult

    from bot.core.model import Service
    from bot.core.ports import HttpRequest

AT_ONCE = 8
MOST = 1000
BODY_BYTES = 4096
CONNECT_SECONDS = 3.0
REQUEST_SECONDS = 10.0
ALL_SECONDS = 60.0
VOLLEYS = 4
"""How many people's requests are under way at once: each holds a thread that others need for changes."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110)."""
_PATH = re.compile(r"/[!-~]*")


def fetch(service: Service, request: HttpRequest, ingress: str | None) -> Sequence[Response]:
    """Send a request as often as it says, up to eight at once.

    Args:
        service: its status has the address.
        request: its path begins with "/" and is printable ASCII, its count is from 1 to 1,000, its method one of SAFE.
        ingress: URL to send them to, with the Service's host as Host; None for the Service's own URL.

    Returns:
        One Response for each, in the order in which they were answered; bodies cut at 4 kB. Fewer than `count` when
        they take more than a minute together.

    Raises:
        Invalid: the request is not as above. NotFound: no such tag, or no address yet.
        Unavailable: a request got no answer within 10 s; the rest is not sent then.
    """
    if request.method not in SAFE:
        raise Invalid(f"{request.method} may change something, so it is not sent.", code="method")
    if not _PATH.fullmatch(request.path):
        raise Invalid("The path must begin with “/” and have neither blanks nor control characters.", code="path")
    if not 1 <= request.count <= MOST:
        raise Invalid(f"The number of requests must be between 1 and {MOST:,}.", code="count")
    url = _address(service, request.tag)
    with _pool(urlsplit(ingress) if ingress else url, url) as pool:
        return _Volley(pool, request, url.netloc).responses()


class _Volley:
    """Equal requests by a few threads that share one counter, until there are enough, or one fails, or time is up."""

    def __init__(self, pool: urllib3.HTTPConnectionPool, request: HttpRequest, host: str) -> None:
        self._pool = pool
        self._request = request
        self._host = host
        self._count = request.count
        self._next = counter()
        self._stop = threading.Event()
        self._until = time.monotonic() + ALL_SECONDS
        self._answered: list[Response] = []

    def responses(self) -> list[Response]:
        threads = min(AT_ONCE, self._count)
        with ThreadPoolExecutor(threads, "fetch") as executor:
            for done in [executor.submit(self._work) for _ in range(threads)]:
                done.result()
        return self._answered

    def _work(self) -> None:
        while not self._stop.is_set() and time.monotonic() < self._until and next(self._next) < self._count:
            try:
                self._answered.append(self._ask())
            except urllib3.exceptions.HTTPError as error:
                self._stop.set()
                got = len(self._answered)
                raise Unavailable(
                    f"{self._host} did not answer after {got} of {self._count} requests: {_reason(error)}.",
                    _advice(error),
                    code="no-answer",
                ) from error

    def _ask(self) -> Response:
        began = time.monotonic()
        answer = self._pool.urlopen(
            self._request.method,
            self._request.path,
            headers={"User-Agent": "knobot", "Accept": "*/*", **dict(self._request.headers), "Host": self._host},
            redirect=False,
            preload_content=False,
        )
        body = _beginning(answer, began + REQUEST_SECONDS)
        took = time.monotonic() - began
        return Response(answer.status, body.decode(errors="replace"), took, tuple(answer.headers.items()))


def _beginning(answer: urllib3.BaseHTTPResponse, until: float) -> bytes:
    """Read the first 4 kB of a body, or as much as comes until then; the connection is kept only after a whole one."""
    body = b""
    for chunk in answer.stream(BODY_BYTES):
        body += chunk
        if len(body) > BODY_BYTES or time.monotonic() > until:
            answer.close()
            return body[:BODY_BYTES]
    answer.release_conn()
    return body


def _address(service: Service, tag: str | None) -> SplitResult:
    if tag is None:
        url = service.url
    else:
        tagged = {target.tag: target.url for target in service.routed if target.tag}
        if tag not in tagged:
            known = ", ".join(f"`{name}`" for name in tagged)
            raise NotFound(
                f"{service.key} has no tag “{tag}”.", f"The tags are {known}." if known else "There are no tags."
            )
        url = tagged[tag]
    parts = urlsplit(url or "")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NotFound(f"{service.key} has no address yet.", "It gets one when its route is made: see `status`.")
    return parts


def _pool(where: SplitResult, url: SplitResult) -> urllib3.HTTPConnectionPool:
    """Return connections to `where`, over which TLS is spoken with the host of `url`."""
    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=REQUEST_SECONDS)
    host = where.hostname or ""
    if where.scheme == "https":
        return urllib3.HTTPSConnectionPool(
            host,
            where.port,
            timeout=timeout,
            maxsize=AT_ONCE,
            retries=False,
            server_hostname=url.hostname,
            assert_hostname=url.hostname,
        )
    return urllib3.HTTPConnectionPool(host, where.port, timeout=timeout, maxsize=AT_ONCE, retries=False)


def _reason(error: urllib3.exceptions.HTTPError) -> str:
    match error:
        case urllib3.exceptions.NameResolutionError():
            return "no DNS record leads there"
        case urllib3.exceptions.NewConnectionError():
            return "nothing listens at its address"
        case urllib3.exceptions.ConnectTimeoutError():
            return "it cannot be reached"
        case urllib3.exceptions.TimeoutError():
            return f"no answer within {REQUEST_SECONDS:.0f} s"
        case urllib3.exceptions.SSLError():
            return "its certificate is not accepted"
        case _:
            return "the connection broke"


def _advice(error: urllib3.exceptions.HTTPError) -> str:
    match error:
        case urllib3.exceptions.NameResolutionError():
            return "`ingress` shows which record to set; or name the gateway as `ingress` of the cluster to Knobot."
        case urllib3.exceptions.SSLError():
            return "Look at the certificate of the domain: `status` shows CertificateProvisioned."
        case urllib3.exceptions.ReadTimeoutError():
            return "The ingress takes requests; does the container answer? `logs` and `pods` show more."
        case _:
            return "Is the ingress up, and does it know the Service? `ingress` and `status` show more."
