"""A flag of `deploy` that sets something in the template, and how its words become settings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NoReturn

from bot.core.language.reader import Flag, Reader
from bot.core.language.words import Word
from bot.core.template import Setting

OBJECT = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\Z")
"""The name of most objects of Kubernetes."""
KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}\Z")
"""A key in a Secret or ConfigMap."""
NOTHING = ("-", "")
"""What stands for no value at all: the setting is taken away, and Knative's own default holds."""


@dataclass(frozen=True, slots=True)
class Option:
    """`read` gets all words that were given with the flag, in their order; at least one."""

    flag: Flag
    read: Callable[[Reader, list[Word]], Iterable[Setting]]


def option(
    names: str,
    value: str | None,
    summary: str,
    read: Callable[[Reader, list[Word]], Iterable[Setting]],
    *,
    minor: bool = False,
) -> Option:
    """Return an Option; `names` are the spellings of its flag, with blanks between."""
    return Option(Flag(tuple(names.split()), value, summary, minor=minor), read)


def each(read: Callable[[Reader, Word], Iterable[Setting]]) -> Callable[[Reader, list[Word]], Iterable[Setting]]:
    """Return how a flag is read that may be given several times and means something each time."""
    return lambda reader, words: [setting for word in words for setting in read(reader, word)]


def once(read: Callable[[Reader, Word], Iterable[Setting]]) -> Callable[[Reader, list[Word]], Iterable[Setting]]:
    """Return how a flag is read that may be given once."""

    def single(reader: Reader, words: list[Word]) -> Iterable[Setting]:
        if len(words) > 1:
            reader.fail(words[1], "This is given twice.", "Leave one out.")
        return read(reader, words[0])

    return single


def assigned(reader: Reader, word: Word) -> tuple[Word, Word | None]:
    """Return the name and the value of NAME=VALUE; of NAME- the name and None: it is to be taken away."""
    cut = word.text.find("=")
    if cut >= 0:
        return word.part(0, cut), word.part(cut + 1)
    if word.text.endswith("-"):
        return word.part(0, len(word.text) - 1), None
    reader.fail(word, f"“{word.text}” sets nothing.", f"Write {word.text}=VALUE, or {word.text}- to take it away.")
    return None


def object_name(reader: Reader, word: Word, what: str) -> str:
    """Return the name of an object that a template refers to."""
    if not OBJECT.match(word.text):
        reader.fail(word, f"“{word.text}” is not a name for a {what}.", "Small letters, digits, dashes and dots.")
    return word.text


def not_one_of(reader: Reader, word: Word, what: str, known: Iterable[str]) -> NoReturn:
    reader.fail(word, f"“{word.text}” is not a {what}.", f"It is one of {', '.join(known)}.")
