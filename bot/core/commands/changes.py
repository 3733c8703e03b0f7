"""What becomes a plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from bot.core.attributes import Attribute
from bot.core.checks import Check
from bot.core.commands.places import HERE, Address, Area, Share, Tagging
from bot.core.rollout.weekdays import Weekdays
from bot.core.template import TemplateEdit


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What every command says that becomes a plan: `override` is why no freeze shall hold it, or "".

    `force` makes it although another tool decides about what it changes.
    """

    override: str = ""
    force: bool = False


@dataclass(frozen=True, slots=True)
class Deploy(Wish):
    """In `shares` and `tags` @latest is the new Revision; no shares leave the targets as they are.

    `attributes` are the Service's own labels and annotations. `wait` is how long it may take before it is said not to
    have become true; None is the configuration's. `name` is the template for the new Revision's name. `lock` asks for
    the image that runs, by its digest; `keep` for a Revision that is never collected as garbage; `fresh` for a new
    Revision even where nothing differs. `build` names the Build that makes the image first.
    """

    verb: ClassVar[str] = "deploy"
    service: Address
    edit: TemplateEdit
    shares: tuple[Share, ...] = ()
    tags: tuple[Tagging, ...] = ()
    untags: tuple[str, ...] = ()
    wait: timedelta | None = None
    attributes: tuple[Attribute, ...] = ()
    name: str | None = None
    lock: bool = False
    keep: bool = False
    fresh: bool = False
    build: str | None = None


@dataclass(frozen=True, slots=True)
class SetVariables(Deploy):
    """A deploy of variables alone, which rules may name by its own verb."""

    verb: ClassVar[str] = "env"


@dataclass(frozen=True, slots=True)
class Scale(Deploy):
    """A deploy of the bounds of scale alone, likewise."""

    verb: ClassVar[str] = "scale"


@dataclass(frozen=True, slots=True)
class Rollout(Wish):
    """Tags are taken away first, then given, then the traffic is split; without shares it stays."""

    verb: ClassVar[str] = "rollout"
    service: Address
    shares: tuple[Share, ...]
    tags: tuple[Tagging, ...] = ()
    untags: tuple[str, ...] = ()
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class SteppedRollout(Wish):
    """A rollout of one Revision by several percents; see `rollout.state.Rollout` for what the fields mean."""

    verb: ClassVar[str] = "rollout"
    service: Address
    reference: str
    steps: tuple[int, ...]
    every: timedelta | None = None
    weekdays: Weekdays | None = None
    gates: tuple[int, ...] = ()
    checks: tuple[Check, ...] = ()
    least: int = 0
    failures: int = 1


@dataclass(frozen=True, slots=True)
class Promote(Wish):
    """The next step, or with `full` the last; `skip` does not ask what the figures say."""

    verb: ClassVar[str] = "promote"
    service: Address
    full: bool = False
    skip: bool = False


@dataclass(frozen=True, slots=True)
class Pause(Wish):
    verb: ClassVar[str] = "pause"
    service: Address


@dataclass(frozen=True, slots=True)
class Resume(Wish):
    verb: ClassVar[str] = "resume"
    service: Address


@dataclass(frozen=True, slots=True)
class Abort(Wish):
    verb: ClassVar[str] = "abort"
    service: Address


@dataclass(frozen=True, slots=True)
class Rollback(Wish):
    """`reference` None stands for `stable`; `now` does not wait until it has pods, `keep` has it never collected."""

    verb: ClassVar[str] = "rollback"
    service: Address
    reference: str | None = None
    now: bool = False
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Follow(Wish):
    verb: ClassVar[str] = "follow"
    service: Address


@dataclass(frozen=True, slots=True)
class Tag(Wish):
    """`name_only` gives a name for commands to use, and no address."""

    verb: ClassVar[str] = "tag"
    service: Address
    reference: str
    tag: str
    name_only: bool = False


@dataclass(frozen=True, slots=True)
class Untag(Wish):
    verb: ClassVar[str] = "untag"
    service: Address
    tag: str


@dataclass(frozen=True, slots=True)
class Annotate(Wish):
    """`reference` is a Revision of the Service; None stands for the Service itself."""

    verb: ClassVar[str] = "annotate"
    service: Address
    attributes: tuple[Attribute, ...]
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Delete(Wish):
    """The Service, or one `revision` of it."""

    verb: ClassVar[str] = "delete"
    service: Address
    revision: str | None = None


@dataclass(frozen=True, slots=True)
class MapDomain(Wish):
    """Give `domain` to the Service; `tls` names the Secret with its certificate."""

    verb: ClassVar[str] = "domain"
    service: Address
    domain: str
    tls: str | None = None


@dataclass(frozen=True, slots=True)
class UnmapDomain(Wish):
    verb: ClassVar[str] = "domain"
    domain: str
    area: Area = HERE


@dataclass(frozen=True, slots=True)
class ClaimDomain(Wish):
    """Give `domain` to the namespace, so that it may be mapped there."""

    verb: ClassVar[str] = "domain"
    domain: str
    area: Area = HERE


@dataclass(frozen=True, slots=True)
class DefaultDomain(Wish):
    """Put all Services of a cluster under `domain`."""

    verb: ClassVar[str] = "domain"
    domain: str
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class Install(Wish):
    """Put Knative into a cluster, by the manifests that the configuration names."""

    verb: ClassVar[str] = "install"
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class Undo(Wish):
    verb: ClassVar[str] = "undo"
    service: Address
