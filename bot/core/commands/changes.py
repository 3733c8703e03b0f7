"""What becomes a plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from bot.core.commands.places import Address, Share
from bot.core.template import TemplateEdit


@dataclass(frozen=True, slots=True)
class Deploy:
    """`traffic` is the percent that the new Revision gets, 0 for none; None leaves the targets as they are.

    `wait` is how long it may take before it is said not to have become true; None is the configuration's.
    """

    verb: ClassVar[str] = "deploy"
    service: Address
    edit: TemplateEdit
    tag: str | None = None
    traffic: int | None = None
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Rollout:
    verb: ClassVar[str] = "rollout"
    service: Address
    shares: tuple[Share, ...]


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
    verb: ClassVar[str] = "tag"
    service: Address
    reference: str
    tag: str


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
