"""How people name what a command is about, before the channel's defaults are known."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """How a Service was named; what is None comes from the channel's defaults."""

    name: str
    namespace: str | None = None
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """A namespace as named; None stands for the channel's own."""

    namespace: str | None = None
    cluster: str | None = None


HERE = Area()
"""The channel's own namespace."""


@dataclass(frozen=True, slots=True)
class Share:
    """A reference and the percent of traffic it shall have."""

    reference: str
    percent: int


@dataclass(frozen=True, slots=True)
class Tagging:
    """A reference and the tag that shall lead to it."""

    reference: str
    tag: str
