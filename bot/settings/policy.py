"""config/policy.yaml → Policy. What a rule names must be there: a misspelt word would make a rule that never fits."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from bot.core import duration, freezing
from bot.core.errors import Invalid
from bot.core.freezing import Window
from bot.core.language.verb import Kind
from bot.core.owners import FORCE
from bot.core.policy import ANY, EVERYONE, Effect, Group, Policy, Rule
from bot.settings import words
from bot.settings.document import nearest, open_document

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta
    from pathlib import Path

    from bot.settings.document import Item, Mistake

GROUP = re.compile(r"[a-z][a-z0-9-]*\Z")
CHANNEL = re.compile(r"[CGD][A-Z0-9]+\Z|\*\Z")
GLOB = re.compile(r"[a-z0-9*?\[\]!-]+\Z")


def read_policy(
    file: Path,
    mistakes: list[Mistake],
    *,
    verbs: Mapping[str, Kind],
    clusters: Sequence[str],
    within: timedelta,
    zone: str = "UTC",
) -> Policy:
    """Return as much of the policy that `file` holds as can be read, and note the mistakes.

    Args:
        file: a YAML file.
        mistakes: where to note them.
        verbs: the verbs there are, and of which kind each is; kinds of verbs may be named beside them.
        clusters: the names of the clusters there are.
        within: how long an approval may take where the rule does not say.
        zone: the time zone of freezes that name none.
    """
    root = open_document(file, mistakes)
    if root is None:
        return Policy((), {})
    found = root.fields(["rules"], ["groups", "override", "freezes"])
    groups = _groups(found["groups"]) if "groups" in found else {}
    reader = _Rules(groups, verbs, clusters, within)
    override = found.words("override", reader.group)
    windows = _Windows(reader, zone, override)
    return Policy(
        tuple(reader.rule(item) for item in found["rules"].items()) if "rules" in found else (),
        groups,
        tuple(windows.window(item) for item in found["freezes"].items()) if "freezes" in found else (),
        override,
    )


def _subject(text: str) -> str:
    if text.startswith("system:"):
        raise Invalid(f"“{text}” belongs to Kubernetes itself: map to a group of your own")
    return text


def _groups(item: Item) -> dict[str, Group]:
    groups = {}
    for name, entry in item.entries():
        if name == EVERYONE or not GROUP.match(name):
            entry.wrong("a group's name is made of a-z, 0-9 and “-”, and is not “everyone”")
        found = entry.fields([], ["users", "usergroups", "kubernetes"])
        if entry.has_keys and all(members.is_empty_list for members in found.values()):
            entry.wrong("nobody is in this group: name users or usergroups")
        users, usergroups = found.words("users", words.user), found.words("usergroups", words.usergroup)
        groups[name] = Group(frozenset(users), frozenset(usergroups), frozenset(found.words("kubernetes", _subject)))
    return groups


class _Rules:
    """Reads rules against what they may name."""

    def __init__(
        self, groups: Mapping[str, Group], verbs: Mapping[str, Kind], clusters: Sequence[str], within: timedelta
    ) -> None:
        self._groups = groups
        self._verbs = sorted({*verbs, *(kind.value for kind in Kind), FORCE})
        self._waiting = {FORCE, Kind.CHANGE.value, *(verb for verb, kind in verbs.items() if kind is Kind.CHANGE)}
        self._clusters = clusters
        self._within = within
        self._names: set[str] = set()

    def rule(self, item: Item) -> Rule:
        found = item.fields(
            required=["name", "people", "verbs", "effect"],
            optional=["channels", "clusters", "namespaces", "services"],
        )
        for entry in found.values():
            if entry.is_empty_list:
                entry.wrong("with nothing here the rule never fits")
        effect = self._effect(found["effect"]) if "effect" in found else Effect(allow=False)
        return Rule(
            name=found.read("name", self._name, ""),
            effect=effect,
            people=found.words("people", self._person, ANY),
            channels=found.words("channels", _channel, ANY),
            clusters=found.words("clusters", self.cluster, ANY),
            namespaces=found.words("namespaces", _glob, ANY),
            services=found.words("services", _glob, ANY),
            verbs=found.words("verbs", self._changing if effect.approvals else self._verb, ANY),
        )

    def _effect(self, item: Item) -> Effect:
        if not item.has_keys:
            return Effect(allow=item.read(_allowed, fallback=False))
        found = item.fields(["approvals"], ["from", "within"])
        count = found["approvals"].whole(least=1, fallback=1) if "approvals" in found else 1
        group = found.read("from", self.group, None)
        approvers = self._groups.get(group or "")
        if approvers and not approvers.usergroups and len(approvers.users) < count:
            item.wrong(f"{count} approvals are needed, but “{group}” holds {len(approvers.users)} only")
        return Effect(approvals=count, group=group, within=found.read("within", duration.parse, self._within))

    def _name(self, text: str) -> str:
        if text in self._names:
            raise Invalid("another rule has this name")
        self._names.add(text)
        return text

    def _person(self, word: str) -> str:
        if word == EVERYONE or word in self._groups or words.USER.match(word) or words.USERGROUP.match(word):
            return word
        raise Invalid(f"“{word}” is no id and no group{nearest(word, [EVERYONE, *self._groups])}")

    def group(self, word: str) -> str:
        if word not in self._groups:
            raise Invalid(f"there is no group “{word}”{nearest(word, self._groups)}")
        return word

    def _verb(self, word: str) -> str:
        if word != "*" and word not in self._verbs:
            raise Invalid(f"there is no verb “{word}”{nearest(word, self._verbs)}")
        return word

    def _changing(self, word: str) -> str:
        """Approvals are of plans, and nothing but a change is one: whatever else was asked for would not wait."""
        if self._verb(word) not in self._waiting:
            raise Invalid(f"“{word}” is not only about changes, and nothing else waits for approvals: name “change”")
        return word

    def cluster(self, glob: str) -> str:
        if not any(fnmatchcase(name, glob) for name in self._clusters):
            raise Invalid(f"there is no cluster “{glob}”{nearest(glob, self._clusters)}")
        return glob


class _Windows:
    """Reads freezes by calendar; `rules` knows the groups and clusters that they may name."""

    def __init__(self, rules: _Rules, zone: str, override: tuple[str, ...]) -> None:
        self._rules = rules
        self._zone = zone
        self._override = override
        self._names: set[str] = set()

    def window(self, item: Item) -> Window:
        found = item.fields(
            required=["name", "when"],
            optional=["timezone", "reason", "clusters", "namespaces", "services", "override"],
        )
        for key in ("when", "clusters", "namespaces", "services"):
            if key in found and found[key].is_empty_list:
                found[key].wrong("with nothing here the freeze never holds")
        spans = [each.read(freezing.parse, None) for each in found["when"].items()] if "when" in found else []
        return Window(
            name=found.read("name", self._name, ""),
            spans=tuple(span for span in spans if span),
            timezone=found.read("timezone", words.zone, self._zone),
            reason=found.read("reason", str, ""),
            clusters=found.words("clusters", self._rules.cluster, ANY),
            namespaces=found.words("namespaces", _glob, ANY),
            services=found.words("services", _glob, ANY),
            override=found.words("override", self._rules.group, self._override),
        )

    def _name(self, text: str) -> str:
        if text in self._names:
            raise Invalid("another freeze has this name")
        self._names.add(text)
        return text


def _allowed(word: str) -> bool:
    if word not in {"allow", "deny"}:
        raise Invalid("expected allow, deny, or {approvals: 1, from: a group, within: 4h}")
    return word == "allow"


def _channel(word: str) -> str:
    if not CHANNEL.match(word):
        raise Invalid(f"“{word}” is not the id of a channel, as in C0123456789, nor “*”")
    return word


def _glob(word: str) -> str:
    if not GLOB.match(word):
        raise Invalid(f"“{word}” fits no name: names are made of a-z, 0-9 and “-”")
    return word
