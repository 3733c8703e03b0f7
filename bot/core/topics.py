"""What kinds of news a channel may choose from."""

from __future__ import annotations

from enum import Enum

ANY = "*"
"""The pattern that fits every name."""


class Topic(Enum):
    """A kind of news."""

    FAILURES = "failures"
    REVISIONS = "revisions"
    TRAFFIC = "traffic"
    SERVICES = "services"
