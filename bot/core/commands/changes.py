"""What becomes a plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from bot.core.commands.places import Address, Share, Tagging
from bot.core.template import TemplateEdit


@dataclass(frozen=True, slots=True)
class Deploy:
    """In `shares` and `tags` @latest is the new Revision; no shares leave the targets as they are.

    `wait` is how long it may take before it is said not to have become true; None is the configuration's.
    """

    verb: ClassVar[str] = "deploy"
    service: Address
    edit: TemplateEdit
    shares: tuple[Share, ...] = ()
    tags: tuple[Tagging, ...] = ()
    untags: tuple[str, ...] = ()
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Rollout:
    """Tags are taken away first, then given, then the traffic is split; without shares it stays."""

    verb: ClassVar[str] = "rollout"
    service: Address
    shares: tuple[Share, ...]
    tags: tuple[Tagging, ...] = ()
    untags: tuple[str, ...] = ()
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Rollback:
    """`reference` None stands for `stable`."""

    verb: ClassVar[str] = "rollback"
    service: Address
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Follow:
    verb: ClassVar[str] = "follow"
    service: Address


@dataclass(frozen=True, slots=True)
class Tag:
    """`name_only` gives a name for commands to use, and no address."""

    verb: ClassVar[str] = "tag"
    service: Address
    reference: str
    tag: str
    name_only: bool = False


@dataclass(frozen=True, slots=True)
class Untag:
    verb: ClassVar[str] = "untag"
    service: Address
    tag: str


@dataclass(frozen=True, slots=True)
class Delete:
    """The Service, or one `revision` of it."""

    verb: ClassVar[str] = "delete"
    service: Address
    revision: str | None = None


@dataclass(frozen=True, slots=True)
class Undo:
    verb: ClassVar[str] = "undo"
    service: Address
