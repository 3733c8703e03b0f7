"""What holds changes back for a while, and lets them go again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from bot.core.commands.places import Address, Area
from bot.core.moment import Moment


@dataclass(frozen=True, slots=True)
class Lock:
    """`length` is when it ends by itself, None for never; `steal` takes over what somebody else has locked."""

    verb: ClassVar[str] = "lock"
    service: Address
    reason: str = ""
    length: timedelta | None = None
    steal: bool = False


@dataclass(frozen=True, slots=True)
class Unlock:
    verb: ClassVar[str] = "unlock"
    service: Address


@dataclass(frozen=True, slots=True)
class Freeze:
    """A namespace, for `length` or `until` a moment, None for neither: until somebody thaws it.

    `words` are its name, if the first of them is one that Knobot knows, and the reason.
    """

    verb: ClassVar[str] = "freeze"
    area: Area
    words: tuple[str, ...] = ()
    length: timedelta | None = None
    until: Moment | None = None


@dataclass(frozen=True, slots=True)
class Thaw:
    verb: ClassVar[str] = "thaw"
    area: Area
