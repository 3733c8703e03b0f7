"""An HTTP server that answers as a test says, for what a real server does only on a bad day."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: a body in one piece, or pieces that are sent one by one."""

    status: int
    body: bytes | Iterable[bytes] = b""
    headers: tuple[tuple[str, str], ...] = ()


class Wire:
    """Serves on loopback; `answer` says what to each request, None to hang up. `asked` remembers all of them."""

    def __init__(self, answer: Callable[[Asked], Said | None]) -> None:
        self.asked: list[Asked] = []
        wire = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # headers and body are two writes

            def do_GET(self) -> None:
                address = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(address.query).items()}
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                asked = Asked(self.command, address.path, query, dict(self.headers), body)
                wire.asked.append(asked)
                said = answer(asked)
                if said is None:
                    self.close_connection = True
                    return
                self._say(said)

            do_POST = do_PATCH = do_HEAD = do_GET  # noqa: N815 # the names that http.server looks for

            def _say(self, said: Said) -> None:
                self.send_response(said.status)
                for name, value in said.headers:
                    self.send_header(name, value)
                if isinstance(said.body, bytes):
                    self.send_header("Content-Length", str(len(said.body)))
                    self.end_headers()
                    self.wfile.write(said.body)
                    return
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                try:
                    for piece in said.body:
                        self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
                    self.wfile.write(b"0\r\n\r\n")
                except ConnectionError:
                    self.close_connection = True  # the client has heard enough

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # as http.server names it
                """Say nothing: the test has `asked`."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


def kubeconfig(url: str) -> str:
    """Return a kubeconfig, as YAML, for an API server at `url`."""
    return f"""
apiVersion: v1
kind: Config
current-context: wire
clusters: [{{name: wire, cluster: {{server: "{url}"}}}}]
users: [{{name: wire, user: {{token: secret}}}}]
contexts: [{{name: wire, context: {{cluster: wire, user: wire}}}}]
"""
