"""Lists in pages.

`limit` and an opaque `continue` token that says where the next page begins and how old the list is.
"""

from __future__ import annotations

import base64
import itertools
from typing import TYPE_CHECKING

import msgspec

from bot.sandbox.cluster.failures import Failure, bad_request

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.sandbox.cluster.kinds import JSON, Kind
    from bot.sandbox.cluster.storage import Key, Storage, Stored

TOO_OLD = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without "
    "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
    "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
    "deleted between the time the first chunk was returned and now may show up in the list."
)
INCONSISTENT = -1
"""Stands in a token for a version: whichever there is."""


def page(
    storage: Storage, kind: Kind, namespace: str, query: Mapping[str, str], matches: Callable[[JSON], bool] | None
) -> tuple[list[Stored], JSON]:
    """One page and the list's metadata.

    `matches` is None when nothing selects, which is when the rest can be counted.
    """
    limit = int(query.get("limit") or 0)
    if query.get("resourceVersion") == "0":  # answered from the watch cache, which knows no pages
        limit = 0
    version, after = storage.version, ("", "")
    if token := query.get("continue"):
        began, after = _decoded(token)
        if 0 <= began < storage.oldest:
            refusal = Failure(410, "Expired", TOO_OLD)
            refusal.body["metadata"] = {"continue": _anyhow(token)}
            raise refusal
        version = storage.version if began == INCONSISTENT else began
    found = (
        stored for stored in storage.scan(kind, namespace, after=after) if matches is None or matches(stored.object)
    )
    taken = list(itertools.islice(found, limit)) if limit else list(found)
    metadata: JSON = {"resourceVersion": str(version)}
    if kind.custom:
        metadata["continue"] = ""
    if limit and len(taken) == limit and next(found, None) is not None:
        metadata["continue"] = _encoded(version, taken[-1], namespaced=not namespace)
        if matches is None:
            metadata["remainingItemCount"] = storage.count(kind, namespace, key_of(taken[-1]))
    return taken, metadata


def _anyhow(token: str) -> str:
    """The token with which the rest comes as it is now."""
    start = msgspec.json.decode(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    return _written({**start, "rv": INCONSISTENT})


def _written(start: JSON) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(start)).decode().rstrip("=")


def key_of(stored: Stored) -> Key:
    metadata = stored.object["metadata"]
    return metadata.get("namespace", ""), metadata["name"]


def _encoded(version: int, last: Stored, *, namespaced: bool) -> str:
    metadata = last.object["metadata"]
    place = f"{metadata.get('namespace', '')}/{metadata['name']}" if namespaced else metadata["name"]
    start = {"v": "meta.k8s.io/v1", "rv": version, "start": f"{place}\u0000", "ns": metadata.get("namespace", "")}
    return _written(start)


def _decoded(token: str) -> tuple[int, Key]:
    try:
        start = msgspec.json.decode(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        name = str(start["start"]).rstrip("\u0000").rpartition("/")[2]
        return int(start["rv"]), (str(start["ns"]), name)
    except (ValueError, KeyError, msgspec.DecodeError) as error:
        raise bad_request("continue key is not valid: it cannot be decoded") from error
