"""A YAML document as items that know their place, so that every mistake in it can be told at once.

An item that is not what it should be is noted and read as the fallback given; whoever reads goes on, and `settle` ends
the reading with all that was found. The nodes of the YAML library are read rather than its values, for they remember
lines and keys that were written twice.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import yaml

from bot.core.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

T = TypeVar("T")
STRING, WHOLE, TRUTH, NULL = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "bool", "null"))


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong where: `source` is a file or the environment; `path` as in channels.C1.namespace; `line` from 1."""

    source: str
    path: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        place = f"{self.source}:{self.line}" if self.line else self.source
        return ": ".join(part for part in (place, self.path, self.message) if part)


class SettingsError(Exception):
    """The settings are wrong; `mistakes` are all of them, a line each in the text."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = tuple(mistakes)


class Item:
    """One value of a document."""

    def __init__(self, node: yaml.Node, file: Path, path: str, mistakes: list[Mistake]) -> None:
        self._node = node
        self._file = file
        self._path = path
        self._mistakes = mistakes

    @property
    def has_keys(self) -> bool:
        return isinstance(self._node, yaml.MappingNode)

    @property
    def is_empty_list(self) -> bool:
        return isinstance(self._node, yaml.SequenceNode) and not self._node.value

    @property
    def line(self) -> int:
        """Where it stands in its file, from 1."""
        return int(self._node.start_mark.line) + 1

    def wrong(self, message: str) -> None:
        """Note that this item is wrong."""
        self._mistakes.append(Mistake(str(self._file), self._path, message, self._node.start_mark.line + 1))

    def entries(self) -> list[tuple[str, Item]]:
        """Return keys and values of a mapping; what has no value counts as left out."""
        if not isinstance(self._node, yaml.MappingNode):
            self.wrong("expected keys with values")
            return []
        found: list[tuple[str, Item]] = []
        lines: dict[str, int] = {}
        for key, value in self._node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            path = f"{self._path}.{name}" if self._path else name
            if name in lines:
                self._child(key, path).wrong(f"is written twice, first in line {lines[name]}")
            elif value.tag != NULL:
                found.append((name, self._child(value, path)))
            lines.setdefault(name, key.start_mark.line + 1)
        return found

    def fields(self, required: Iterable[str], optional: Iterable[str]) -> Fields:
        """Return the values of a mapping whose keys are known."""
        found = Fields(self.entries())
        known = [*required, *optional]
        for key in [key for key in found if key not in known]:
            found.pop(key).wrong(f"there is no such key{nearest(key, known)}")
        for key in required:
            if self.has_keys and key not in found:
                self.wrong(f"“{key}” is missing")
        return found

    def items(self) -> list[Item]:
        """Return the elements of a list."""
        if not isinstance(self._node, yaml.SequenceNode):
            self.wrong("expected a list, as in [one, two]")
            return []
        return [self._child(node, f"{self._path}[{index}]") for index, node in enumerate(self._node.value)]

    def read(self, convert: Callable[[str], T], fallback: T) -> T:
        """Return text as `convert` makes it; what it raises as Invalid is a mistake here."""
        if not isinstance(self._node, yaml.ScalarNode):
            self.wrong("expected one word")
            return fallback
        if self._node.tag != STRING:
            self.wrong(f"expected text: write “{self._node.value}” in quotes" if self._node.value else "is empty")
            return fallback
        try:
            return convert(self._node.value)
        except Invalid as error:
            self.wrong(str(error))
            return fallback

    def words(self, convert: Callable[[str], str]) -> tuple[str, ...]:
        """Return the elements of a list, each as `convert` makes it."""
        return tuple(word for item in self.items() if (word := item.read(convert, "")))

    def whole(self, least: int, fallback: int) -> int:
        """Return a whole number that is at least `least`."""
        if self._node.tag != WHOLE or not str(self._node.value).isdecimal() or int(self._node.value) < least:
            self.wrong(f"expected a whole number, at least {least}")
            return fallback
        return int(self._node.value)

    def truth(self, fallback: bool) -> bool:
        """Return true or false."""
        if self._node.tag != TRUTH:
            self.wrong("expected true or false")
            return fallback
        return str(self._node.value).lower() in {"true", "yes", "on"}

    def _child(self, node: yaml.Node, path: str) -> Item:
        return Item(node, self._file, path, self._mistakes)


class Fields(dict[str, Item]):
    """The values of a mapping by their keys."""

    def read(self, key: str, convert: Callable[[str], T], fallback: T) -> T:
        """Return the text at `key` as `convert` makes it, `fallback` if it is left out or wrong."""
        return self[key].read(convert, fallback) if key in self else fallback

    def words(self, key: str, convert: Callable[[str], str], fallback: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return the elements of the list at `key`, `fallback` if it is left out."""
        return self[key].words(convert) if key in self else fallback


def open_document(file: Path, mistakes: list[Mistake], hint: str = "") -> Item | None:
    """Return what a YAML file holds; None, with the mistake noted, if it cannot be read; `hint` says what then."""
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except OSError as error:
        mistakes.append(Mistake(str(file), "", f"cannot be read: {error.strerror}{hint}"))
    except UnicodeDecodeError:
        mistakes.append(Mistake(str(file), "", "is not text in UTF-8"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        mistakes.append(Mistake(str(file), "", f"is not YAML: {error.problem}", line))
    except yaml.YAMLError:
        mistakes.append(Mistake(str(file), "", "is not YAML: it holds characters that YAML does not allow"))
    else:
        if node is not None:
            return Item(node, file, "", mistakes)
        mistakes.append(Mistake(str(file), "", "is empty"))
    return None


def settle(mistakes: Sequence[Mistake]) -> None:
    """Raise SettingsError if there is any mistake; they are told in the order in which they are met in each file."""
    if mistakes:
        raise SettingsError(sorted(mistakes, key=lambda mistake: (mistake.source, mistake.line or 0)))


def nearest(word: str, known: Iterable[str]) -> str:
    """Return what to say after “there is no such …”: the nearest known word, or all of them if none is near."""
    words = list(known)
    close = difflib.get_close_matches(word.lower(), words, n=1)
    if close:
        return f"; did you mean “{close[0]}”?"
    return f"; there is {', '.join(words)}" if words else ""
