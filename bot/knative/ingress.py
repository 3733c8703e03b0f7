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

AT_ONCE = 8
MOST = 1000
BODY_BYTES = 4096
CONNECT_SECONDS = 3.0
REQUEST_SECONDS = 10.0
ALL_SECONDS = 60.0
_PATH = re.compile(r"/[!-~]*")


def fetch(service: Service, path: str, count: int, tag: str | None, ingress: str | None) -> Sequence[Response]:
    """Send `count` GET requests for `path`, up to eight at once.

    Args:
        service: its status has the address.
        path: begins with "/", printable ASCII; may have a query.
        count: 1 to 1,000.
        tag: to ask the address of this tag of its traffic, instead of the Service's own.
        ingress: URL to send them to, with the Service's host as Host; None for the Service's own URL.

    Returns:
        One Response for each, in the order in which they were answered; bodies cut at 4 kB. Fewer than `count` when
        they take more than a minute together.

    Raises:
        Invalid: path or count are not as above. NotFound: no such tag, or no address yet.
        Unavailable: a request got no answer within 10 s; the rest is not sent then.
    """
    if not _PATH.fullmatch(path):
        raise Invalid("The path must begin with “/” and have neither blanks nor control characters.", code="path")
    if not 1 <= count <= MOST:
        raise Invalid(f"The number of requests must be between 1 and {MOST:,}.", code="count")
    url = _address(service, tag)
    with _pool(urlsplit(ingress) if ingress else url, url) as pool:
        return _Volley(pool, path, url.netloc, count).responses()


class _Volley:
    """Equal requests by a few threads that share one counter, until there are enough, or one fails, or time is up."""

    def __init__(self, pool: urllib3.HTTPConnectionPool, path: str, host: str, count: int) -> None:
        self._pool = pool
        self._path = path
        self._host = host
        self._count = count
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
                    "Is the ingress up, and does it know the Service? `status` shows RoutesReady.",
                    code="no-answer",
                ) from error

    def _ask(self) -> Response:
        began = time.monotonic()
        answer = self._pool.urlopen(
            "GET",
            self._path,
            headers={"Host": self._host, "User-Agent": "knobot", "Accept": "*/*"},
            redirect=False,
            preload_content=False,
        )
        body = _beginning(answer, began + REQUEST_SECONDS)
        return Response(answer.status, body.decode(errors="replace"), time.monotonic() - began)


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
        case urllib3.exceptions.ConnectTimeoutError():
            return "it cannot be reached"
        case urllib3.exceptions.TimeoutError():
            return f"no answer within {REQUEST_SECONDS:.0f} s"
        case urllib3.exceptions.SSLError():
            return "its certificate is not accepted"
        case _:
            return "the connection broke"
