"""What is said about people, channels and Knobot itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.digest import Digest as DigestReport
from bot.core.errors import BotError
from bot.core.language.verb import Verb
from bot.core.policy import Actor
from bot.core.subscriptions import Digest, Silence


@dataclass(frozen=True, slots=True)
class HelpAnswer:
    """All verbs, or one of them; `aliases` are the team's own words and what they stand for."""

    topic: Verb | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is to Knobot and what they may do here: per kind of verb a word such as "yes"."""

    actor: Actor
    groups: tuple[str, ...]
    namespace: str
    rights: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DigestTable:
    """The digests of a channel; `held` are the ids of those that are not sent, as for watches."""

    digests: tuple[Digest, ...]
    held: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DigestAdded:
    """A digest was added."""

    digest: Digest


@dataclass(frozen=True, slots=True)
class DigestRemoved:
    """A digest was removed."""

    identity: str


@dataclass(frozen=True, slots=True)
class Snoozed:
    """Digests leave something out for a while."""

    silence: Silence


@dataclass(frozen=True, slots=True)
class DigestPost:
    """A digest as posted."""

    report: DigestReport


@dataclass(frozen=True, slots=True)
class Problem:
    """An error that a person can understand."""

    error: BotError


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of Knobot's own; the log has more under this reference."""

    reference: str
