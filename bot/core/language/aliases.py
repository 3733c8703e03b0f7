"""Words of a team's own, from the configuration: `ship` may stand for `deploy`, `half` for `rollout latest=50`.

An alias is the first word of a line, is replaced once, and never means something else than it would without it: what
Knobot knows already cannot be taken.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.errors import Invalid, ParseError
from bot.core.language import words
from bot.core.language.grammar import SPELLINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.core.language.verb import Verb
    from bot.core.language.words import Word

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,30}\Z")


def expand(read: list[Word], aliases: Mapping[str, str]) -> list[Word]:
    """Return the words of a line with an alias replaced; complaints about what it stands for point at the alias."""
    expansion = aliases.get(read[0].text.lower()) if read else None
    if expansion is None:
        return read
    alias = read[0]
    meant = [
        replace(word, places=(alias.start,) * len(word.text), start=alias.start, end=alias.end)
        for word in words.split(words.repair(expansion))
    ]
    return [*meant, *read[1:]]


def check(alias: str, expansion: str, reserved: Iterable[str]) -> str:
    """Return what `alias` shall stand for.

    Raises:
        Invalid: it is no word, or means something already (`reserved` are words beside the verbs), or what it stands
            for does not begin with a verb.
    """
    if not NAME.match(alias):
        raise Invalid(f"“{alias}” is not a word for an alias: up to 31 of a-z, 0-9, “-” and “_”")
    if alias in {spelling.split()[0] for spelling in SPELLINGS} | set(reserved):
        raise Invalid(f"“{alias}” means something already")
    try:
        meant = verb(expansion)
    except ParseError as error:
        raise Invalid(f"“{expansion}” cannot be read: {error.message}") from error
    if meant is None:
        raise Invalid(f"“{expansion}” does not begin with a verb, as in “rollout latest=10”")
    return expansion


def verb(expansion: str) -> Verb | None:
    """Return the verb that a text begins with, by any of its spellings; None if it begins with none."""
    read = [word.text.lower() for word in words.split(words.repair(expansion))[:2]]
    return (SPELLINGS.get(" ".join(read)) or SPELLINGS.get(read[0])) if read else None
