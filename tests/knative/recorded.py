"""The recordings of a real cluster, as bytes: what the API server sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "recorded" / "knative-1.23"


def exchange(number: int) -> dict[str, Any]:
    (file,) = FOLDER.glob(f"{number:03d}-*.json")
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def response(number: int) -> bytes:
    return json.dumps(exchange(number)["response"]).encode()


def events(name: str) -> list[bytes]:
    return (FOLDER / f"watch-{name}.jsonl").read_bytes().splitlines()


def refusals() -> list[tuple[str, int, bytes]]:
    """Return (file name, HTTP status, body) of every recorded answer that was an error."""
    found = []
    for file in sorted(FOLDER.glob("*.json")):
        recorded = json.loads(file.read_text())
        if recorded["status"] >= 400:
            found.append((file.stem, recorded["status"], json.dumps(recorded["response"]).encode()))
    return found
