"""Cases of a policy: YAML → who wants what where, and what the policy is expected to say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.core import timezone
from bot.core.change import Person
from bot.core.errors import Invalid
from bot.core.policy import Actor
from bot.core.supposing import TEAM, Supposition, suppose
from bot.settings import words
from bot.settings.document import nearest, open_document, settle

if TYPE_CHECKING:
    from pathlib import Path

    from bot.core.place import Configuration
    from bot.settings.document import Item, Mistake

EXPECTED = re.compile(r"(allow|deny|frozen|[1-9][0-9]? approvals?(?: from ([a-z][a-z0-9-]*))?)\Z")
STANDINGS = {
    "guest": "a guest",
    "bot": "a bot",
    "deactivated": "a deactivated person",
    "elsewhere": "from another workspace",
    "shared": "in a channel that is shared with another organisation",
}
"""What keeps somebody from being a member, by the word for it in a case."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case; `at` is when, None for where freezes do not count. `line` is where it stands in the file."""

    sentence: str
    supposed: Supposition
    expected: str
    at: datetime | None
    line: int


@dataclass(frozen=True, slots=True)
class Cases:
    """A file of cases, with the people that it knows by name."""

    people: Mapping[str, Actor]
    cases: tuple[Case, ...]


def load_cases(file: Path, configuration: Configuration) -> Cases:
    """Return the cases that `file` holds.

    Raises:
        SettingsError: with every mistake in it.
    """
    mistakes: list[Mistake] = []
    root = open_document(file, mistakes)
    people: dict[str, Actor] = {}
    cases: list[Case] = []
    if root:
        found = root.fields(["cases"], ["people"])
        people = {name: _actor(name, item) for name, item in found["people"].entries()} if "people" in found else {}
        for item in found["cases"].items() if "cases" in found else ():
            case = _case(item, configuration, people)
            cases += [case] if case else []
    settle(mistakes)
    return Cases(people, tuple(cases))


def _actor(name: str, item: Item) -> Actor:
    found = item.fields(["user"], ["usergroups", "standing"])
    standing = found.read("standing", _standing, "")
    team, slash, user = found.read("user", words.user, "U0").rpartition("/")
    groups = frozenset(found.words("usergroups", words.usergroup))
    home = not slash and standing != STANDINGS["elsewhere"]
    said = standing or ("a member" if home else STANDINGS["elsewhere"])
    return Actor(Person(team or TEAM, user), name, said == "a member", groups, said, home)


def _case(item: Item, configuration: Configuration, people: dict[str, Actor]) -> Case | None:
    found = item.fields(["case", "expect"], ["at"])
    groups = configuration.policy.groups

    def expected(text: str) -> str:
        match = EXPECTED.match(text)
        if match is None:
            raise Invalid(f"“{text}” is not expected of a policy: write allow, deny, frozen or 1 approval from GROUP")
        if match[2] and match[2] not in groups:
            raise Invalid(f"there is no group “{match[2]}”{nearest(match[2], groups)}")
        return text

    supposed = found.read("case", lambda text: (text, suppose(text, configuration, people)), None)
    at = found.read("at", lambda text: _moment(text, configuration.timezone), None)
    wanted = found.read("expect", expected, "")
    return Case(*supposed, wanted, at, item.line) if supposed and wanted else None


def _moment(text: str, zone: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(f"“{text}” is not a time, as in 2026-12-24 18:00") from None
    return found if found.tzinfo else found.replace(tzinfo=timezone.zone(zone))


def _standing(word: str) -> str:
    if word not in STANDINGS:
        raise Invalid(f"there is no standing “{word}”{nearest(word, STANDINGS)}")
    return STANDINGS[word]
