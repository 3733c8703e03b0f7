"""Replaying recorded exchanges.

The recordings, what may differ, and the translation of identities from one cluster to another.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).parents[2] / "recorded" / "knative-1.23"

JSON = dict[str, Any]

VOLATILE = {
    "uid": "identity",
    "resourceVersion": "identity",
    "serving.knative.dev/configurationUID": "identity",
    "serving.knative.dev/serviceUID": "identity",
    "serving.knative.dev/revisionUID": "identity",
    "creationTimestamp": "time",
    "deletionTimestamp": "time",
    "lastTransitionTime": "time",
    "serving.knative.dev/routingStateModified": "time",
    "firstTimestamp": "time",
    "lastTimestamp": "time",
    "startTime": "time",
    "startedAt": "time",
    "continue": "a token that only its own server reads",
    "networking.internal.knative.dev/rollout": "times of the steps",
    "podIP": "address",
    "podIPs": "address",
    "pod-template-hash": "hash of a ReplicaSet",
    "generateName": "hash of a ReplicaSet",
}
HASHED = re.compile(r"-deployment-[0-9a-z]+(-[0-9a-z]{5})?|(?<=too old resource version: )\d+ \(\d+\)")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One recorded request and its answer."""

    name: str
    request: JSON
    status: int
    headers: dict[str, str]
    response: Any


def exchanges() -> list[Exchange]:
    found = []
    for path in sorted(RECORDED.glob("[0-9]*.json")):
        recorded = json.loads(path.read_text())
        headers = recorded["responseHeaders"]
        found.append(Exchange(path.stem, recorded["request"], recorded["status"], headers, recorded["response"]))
    return found


def events_of(name: str) -> list[JSON]:
    """The lines of one recorded watch."""
    return [json.loads(line) for line in (RECORDED / name).read_text().splitlines()]


@dataclass(slots=True)
class Translation:
    """From the identities in the recordings to those of the cluster that answers now, learnt from its answers."""

    known: dict[tuple[str, str], str] = field(default_factory=dict)

    def learn(self, recorded: Any, live: Any) -> None:
        if isinstance(recorded, dict) and isinstance(live, dict):
            if {"uid", "resourceVersion"} <= recorded.keys() & live.keys():
                for key in ("uid", "resourceVersion"):
                    self.known[key, recorded[key]] = live[key]
            for key in recorded.keys() & live.keys():
                self.learn(recorded[key], live[key])
        elif isinstance(recorded, list) and isinstance(live, list):
            for one, other in zip(recorded, live, strict=False):
                self.learn(one, other)

    def translate(self, body: Any) -> Any:
        if isinstance(body, list):
            return [self.translate(item) for item in body]
        if not isinstance(body, dict):
            return body
        return {
            key: self.known.get((key, value), value) if isinstance(value, str) else self.translate(value)
            for key, value in body.items()
        }


def steady(value: Any) -> Any:
    """A body without what no two clusters share: volatile values keep their place, hashes in names become stars."""
    if isinstance(value, dict):
        return {
            key: (f"<{VOLATILE[key]}>" if key in VOLATILE and inner else steady(inner)) for key, inner in value.items()
        }
    if isinstance(value, list):
        return [steady(item) for item in value]
    return HASHED.sub("*", value) if isinstance(value, str) else value


def differences(recorded: Any, live: Any, path: str = "") -> list[str]:
    """Every path at which two bodies differ, with both values."""
    if isinstance(recorded, dict) and isinstance(live, dict):
        return [
            difference
            for key in sorted(recorded.keys() | live.keys())
            for difference in differences(recorded.get(key, "-"), live.get(key, "-"), f"{path}/{key}")
        ]
    if isinstance(recorded, list) and isinstance(live, list) and len(recorded) == len(live):
        return [
            difference
            for position, (one, other) in enumerate(zip(recorded, live, strict=True))
            for difference in differences(one, other, f"{path}/{position}")
        ]
    return [] if recorded == live else [f"{path}: recorded {json.dumps(recorded)}, live {json.dumps(live)}"]
