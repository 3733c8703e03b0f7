"""One cluster's connection: every request to an API server goes through here, with time-outs, as raw bytes.

It uses the Kubernetes client for what is hard (kubeconfig, credentials, TLS, proxies, the pool) and leaves out its
generated APIs: `CoreV1Api` alone costs a second at start-up, and their models cost most of the time and memory of large
answers.

The client renews what says when it expires. A token in a file, a certificate or a kubeconfig that somebody replaces it
reads once, so they are read anew here when the API server does not accept them any more.
"""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING, Any

import urllib3
from kubernetes.client.api_client import ApiClient
from kubernetes.client.configuration import Configuration
from kubernetes.client.exceptions import ApiException
from kubernetes.config import load_incluster_config, load_kube_config
from kubernetes.config.config_exception import ConfigException

from bot.core.errors import Unavailable
from bot.knative import faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0
POOL = 64
"""Idle connections kept: each watch holds one, and a burst of commands should not open new ones."""
RENEWAL_SECONDS = 10.0
"""How soon credentials that were not accepted are not read again: a plug-in that makes them takes its time."""
USER_AGENT = "knobot"
JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"
FAULT = 400
_RAISED = (ApiException, ConfigException, urllib3.exceptions.HTTPError, OSError)

Query = tuple[tuple[str, str], ...]


class Stream:
    """A watch's answer: lines until the server ends it, the connection breaks, or another thread closes it."""

    def __init__(self, cluster: str, response: urllib3.HTTPResponse) -> None:
        self._cluster = cluster
        self._response = response
        self._closed = False

    def __iter__(self) -> Iterator[bytes]:
        """Yield each line once it is complete.

        Raises:
            Unavailable: the connection broke, or was quiet for longer than the stream was opened for.
        """
        rest = b""
        try:
            for chunk in self._response.stream(1 << 16):
                *lines, rest = (rest + chunk).split(b"\n")
                yield from filter(None, lines)
        except _RAISED as error:
            if not self._closed:
                raise faults.failed(self._cluster, error) from error
        finally:
            self._response.close()

    def close(self) -> None:
        """End the stream from another thread at once, even while that one waits for a line."""
        self._closed = True
        try:
            self._response.shutdown()
        except (RuntimeError, ValueError, OSError):
            self._response.close()  # it has ended already


class Connection:
    """Requests to one API server.

    All methods raise `faults.answered` for an answer that is an error, and `faults.failed` for none.
    """

    def __init__(self, cluster: str, dial: Callable[[], Any]) -> None:
        """Take how to make a client; it is called again when the credentials are to be read anew."""
        self.cluster = cluster
        self._dial = dial
        self._client = dial()
        self._renewed_at = -math.inf
        self._lock = threading.Lock()

    def read(self, path: str, query: Query = ()) -> bytes:
        """GET `path` and return the body. Asked once more if the connection breaks, which a read may be."""
        return self._body("GET", path, query, {}, None)

    def write(
        self, method: str, path: str, document: Mapping[str, Any], headers: Mapping[str, str], query: Query = ()
    ) -> bytes:
        """POST a new object, PATCH one by JSON merge patch, or DELETE one, and return the body. Never sent twice.

        Args:
            method: POST, PATCH or DELETE.
            path: of the list for POST, of the object for PATCH.
            document: what to send; for DELETE, the options.
            headers: more headers, such as those for impersonation; of this request only.
            query: parameters, such as the one that asks for a dry run.
        """
        content = MERGE_PATCH if method == "PATCH" else JSON
        return self._body(method, path, query, _with(headers, "Content-Type", content), document)

    def apply(self, path: str, document: Mapping[str, Any], headers: Mapping[str, str]) -> bytes:
        """PATCH an object by server-side apply, which creates it where there is none, and return the body.

        Fields that others own are taken over (`force`): the document is what shall be.
        """
        query = (("fieldManager", USER_AGENT), ("force", "true"))
        return self._body("PATCH", path, query, _with(headers, "Content-Type", APPLY_PATCH), document)

    def stream(self, path: str, query: Query, quiet: float) -> Stream:
        """GET `path` as a stream of lines; `quiet` is for how many seconds it may say nothing."""
        response = self._send("GET", path, query, {}, None, (CONNECT_SECONDS, quiet))
        return Stream(self.cluster, response)

    def close(self) -> None:
        """Close all idle connections now; the client would leave that to the garbage collector."""
        pools = self._client.rest_client.pool_manager.pools
        for host in pools.keys():  # noqa: SIM118 # a container of urllib3's own that cannot be iterated
            pools[host].close()
        self._client.close()

    def _body(self, method: str, path: str, query: Query, headers: Mapping[str, str], document: Any) -> bytes:
        response = self._send(method, path, query, headers, document, (CONNECT_SECONDS, READ_SECONDS))
        try:
            return bytes(response.data)
        except _RAISED as error:
            raise faults.failed(self.cluster, error) from error

    def _send(
        self,
        method: str,
        path: str,
        query: Query,
        headers: Mapping[str, str],
        document: Any,
        timeout: tuple[float, float],
    ) -> urllib3.HTTPResponse:
        client = self._client
        try:
            return self._sent(client, method, path, query, headers, document, timeout)
        except Unavailable as error:
            # Nothing has been done: who asks was not known.
            if error.code != faults.CREDENTIALS or not self._renewed(client):
                raise
        return self._sent(self._client, method, path, query, headers, document, timeout)

    def _renewed(self, refused: Any) -> bool:
        """Whether there are other credentials than those of the client that was refused: read anew, if need be."""
        with self._lock:
            if self._client is refused and time.monotonic() - self._renewed_at > RENEWAL_SECONDS:
                self._renewed_at = time.monotonic()
                self._client = self._dial()
            return self._client is not refused

    def _sent(
        self,
        client: Any,
        method: str,
        path: str,
        query: Query,
        headers: Mapping[str, str],
        document: Any,
        timeout: tuple[float, float],
    ) -> urllib3.HTTPResponse:
        try:
            method, url, common, body, form = client.param_serialize(
                method,
                path,
                query_params=list(query),
                header_params={"Accept": JSON},
                body=document,
                auth_settings=["BearerToken"],
            )
            sent = urllib3.HTTPHeaderDict(common)
            for name, value in headers.items():  # a name may come several times, which the client's own dict would lose
                sent.add(name, value)
            response: urllib3.HTTPResponse = client.call_api(
                method, url, sent, body, form, _request_timeout=timeout
            ).response
            if response.status >= FAULT:
                raise faults.answered(self.cluster, response.status, response.data)
        except _RAISED as error:
            raise faults.failed(self.cluster, error) from error
        return response


def _with(headers: Mapping[str, str], name: str, value: str) -> urllib3.HTTPHeaderDict:
    more = urllib3.HTTPHeaderDict(headers)
    more[name] = value
    return more


def connect(cluster: str, kubeconfig: Path | None, context: str | None) -> Connection:
    """Return a connection; nothing is sent yet.

    Args:
        cluster: its name in Knobot's configuration.
        kubeconfig: the file to use; None for the pod's own service account.
        context: the context in that file; None for its current one.

    Raises:
        Unavailable: the file or the service account cannot be used; code "credentials".
    """
    return Connection(cluster, lambda: _client(cluster, kubeconfig, context))


def _client(cluster: str, kubeconfig: Path | None, context: str | None) -> Any:
    configuration = Configuration(
        connection_pool_maxsize=POOL,
        # A broken idle connection shows only when it is used: once more for reads. Writes are never resent, since
        # nobody could tell the second answer from a conflict with the first.
        retries=urllib3.Retry(total=None, connect=1, read=1, redirect=0, status=0, other=0),
    )
    configuration.keep_alive = True
    try:
        if kubeconfig is None:
            load_incluster_config(configuration)
        else:
            load_kube_config(str(kubeconfig), context, configuration, persist_config=False)
    except (ConfigException, OSError, ValueError, TypeError) as error:
        source = kubeconfig or "the pod's service account"
        raise Unavailable(
            f"The credentials for cluster {cluster} cannot be read from {source}: {error}",
            "Name a kubeconfig and a context that are there, or run Knobot in the cluster.",
            code=faults.CREDENTIALS,
        ) from error
    client = ApiClient(configuration)
    client.user_agent = USER_AGENT
    return client
