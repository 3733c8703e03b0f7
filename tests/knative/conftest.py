from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.knative.connection import Connection, connect
from tests.knative.wire import Asked, Said, Wire, kubeconfig

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Answer = Callable[[Asked], Said | None]


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], Wire]]:
    """Takes what to answer, and serves it for the length of the test."""
    wires: list[Wire] = []

    def start(answer: Answer) -> Wire:
        wires.append(Wire(answer))
        return wires[-1]

    yield start
    for wire in wires:
        wire.stop()


@pytest.fixture
def dial(tmp_path: Path) -> Iterator[Callable[[str], Connection]]:
    """Takes a URL and returns a connection to the API server there."""
    connections: list[Connection] = []

    def to(url: str) -> Connection:
        file = tmp_path / f"kubeconfig-{len(connections)}"
        file.write_text(kubeconfig(url))
        connections.append(connect("wire", file, None))
        return connections[-1]

    yield to
    for connection in connections:
        connection.close()
