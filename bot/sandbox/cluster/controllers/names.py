"""Names of what is made for something else, as Knative gives them (kmeta.ChildName in knative.dev/pkg)."""

from __future__ import annotations

import hashlib

LONGEST = 63


def child_name(parent: str, suffix: str) -> str:
    """Return `parent` and `suffix`; where that is too long, the parent is cut and a digest of all of it put in."""
    if len(parent) + len(suffix) <= LONGEST:
        return parent + suffix
    digest = hashlib.md5(parent.encode(), usedforsecurity=False).hexdigest()
    return parent[: LONGEST - len(digest) - len(suffix)] + digest + suffix
