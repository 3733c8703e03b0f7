"""Words → flags and positionals, read one by one, with every complaint pointing at the word that caused it."""

from __future__ import annotations

import difflib
import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, TypeVar

from bot.core.commands import Address, Area
from bot.core.errors import BotError, ParseError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.core.language.words import Word

T = TypeVar("T")

NAME = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?\Z")
"""A DNS label as Knative wants it for Services and tags (RFC 1035)."""
PLACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\Z")
"""A DNS label as Kubernetes wants it for namespaces (RFC 1123), and Knobot for clusters."""

MANY = 16
"""More flags than this are not told in an error."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag of a verb.

    `names` are its spellings, the first is the one that help shows; `value` names its value, None makes it a switch
    (which may still say =true or =false, as knctl's do); `ignored` accepts and drops what has no meaning in a chat,
    `refused` is why a flag of the neighbours is not taken here. Help is silent about `minor` ones, other tools' words
    for what it tells already, and tells those of a `group` in one line. An `optional` value may be left out before
    another flag and at the end.
    """

    names: tuple[str, ...]
    value: str | None
    summary: str
    ignored: bool = False
    refused: str = ""
    minor: bool = False
    group: str = ""
    optional: bool = False

    @property
    def told(self) -> bool:
        """Whether help tells of it."""
        return not (self.ignored or self.refused or self.minor)

    @property
    def key(self) -> str:
        return self.names[0].lstrip("-")


class Reader:
    """The words after a verb, sorted into flags and positionals; the builders of `grammar` consume it."""

    def __init__(self, source: str, verb: Word, words: Sequence[Word], flags: Sequence[Flag]) -> None:
        self.source = source
        self.verb = verb
        self._flags = {name: flag for flag in flags for name in flag.names}
        self._given: dict[str, list[Word]] = {}
        self._rest: deque[Word] = deque()
        self._sort(deque(words))

    def _sort(self, words: deque[Word]) -> None:
        plain = False
        while words:
            word = words.popleft()
            if plain or word.quoted or not word.text.startswith("-") or word.text == "-":
                self._rest.append(word)
            elif word.text == "--":
                plain = True
            else:
                self._flag(word, words)

    def _flag(self, word: Word, words: deque[Word]) -> None:
        cut = word.text.find("=")
        name = word if cut < 0 else word.part(0, cut)
        flag = self._flags.get(name.text)
        if flag is None:
            self._unknown_flag(name)
        if flag.refused:
            self.fail(name, f"{self.verb.text} does not take {name.text} here.", flag.refused, code="refused-flag")
        if cut >= 0:
            value = word.part(cut + 1)
        elif flag.value is None or (flag.optional and not (words and not words[0].text.startswith("-"))):
            value = word.part(0, 0)
        elif words:
            value = words.popleft()
        else:
            self.fail(word, f"{name.text} needs a value.", f"For example `{name.text} {flag.value}`.")
        if not flag.ignored:
            self._given.setdefault(flag.key, []).append(value)

    def _unknown_flag(self, name: Word) -> NoReturn:
        taken = [spelling for spelling, flag in self._flags.items() if not (flag.ignored or flag.refused)]
        close = difflib.get_close_matches(name.text, taken, n=1)
        known = sorted({flag.names[0] for flag in self._flags.values() if flag.told})
        all_of_them = f"{self.verb.text} knows {', '.join(known)}." if known else f"{self.verb.text} takes no flags."
        if len(known) > MANY:
            all_of_them = f"`help {self.verb.text}` lists its {len(known)} flags."
        hint = f"Did you mean `{close[0]}`?" if close else all_of_them
        self.fail(name, f"{self.verb.text} has no flag {name.text}.", hint, code="unknown-flag")

    def fail(self, word: Word, message: str, hint: str = "", *, code: str = "") -> NoReturn:
        """Raise a ParseError that points at `word`."""
        raise ParseError(message, hint, source=self.source, span=word.span, code=code)

    def missing(self, what: str, hint: str) -> NoReturn:
        """Raise a ParseError that points behind the last word."""
        end = len(self.source)
        raise ParseError(f"{self.verb.text} needs {what}.", hint, source=self.source, span=(end, end), code="missing")

    def within(self, word: Word, read: Callable[[str], T]) -> T:
        """Return what `read` makes of a word's text; its complaint is made to point at the word."""
        try:
            return read(word.text)
        except BotError as error:
            self.fail(word, error.message, error.hint)

    def take(self) -> Word | None:
        """Return the next positional, or None."""
        return self._rest.popleft() if self._rest else None

    def remaining(self) -> list[Word]:
        """Return the positionals that nobody took yet."""
        words = list(self._rest)
        self._rest.clear()
        return words

    def need(self, what: str, hint: str) -> Word:
        """Return the next positional, or complain that `what` is missing."""
        return self.take() or self.missing(what, hint)

    def given(self, key: str) -> list[Word]:
        """Return the values of a flag without taking them."""
        return self._given.get(key, [])

    def all(self, key: str) -> list[Word]:
        """Return the values of a flag in their order."""
        return self._given.pop(key, [])

    def one(self, key: str) -> Word | None:
        """Return the value of a flag that may be given once."""
        values = self.all(key)
        if len(values) > 1:
            self.fail(values[1], f"--{key} is given twice.", "Leave one out.")
        return values[0] if values else None

    def switch(self, key: str, *, default: bool = False) -> bool:
        """Return what a switch says: given alone it is true."""
        word = self.one(key)
        if word is None:
            return default
        if word.text.lower() not in ("", "true", "false"):
            self.fail(word, f"--{key} is either true or false.", f"For example `--{key}=false`.")
        return word.text.lower() != "false"

    def dry_run(self) -> bool:
        """Return whether only to say what would change; of kubectl's two ways, the cluster's is the one here."""
        word = self.one("dry-run")
        if word is None or word.text in ("none", "false"):
            return False
        if word.text not in ("", "true", "server", "client"):
            self.fail(word, "--dry-run is on or off.", "Write `--dry-run`.")
        return True

    def number(self, word: Word, what: str, low: int, high: int) -> int:
        """Return a whole number between `low` and `high`."""
        digits = word.text.removesuffix("%") if what == "percentage" else word.text
        if not digits.isascii() or not digits.isdigit() or len(digits) > 9 or not low <= int(digits) <= high:
            self.fail(word, f"“{word.text}” is not a {what} from {low} to {high}.", "Give a whole number.")
        return int(digits)

    def name(self, word: Word, what: str) -> str:
        """Return a name that Kubernetes takes."""
        place = what in ("namespace", "cluster")
        if not (PLACE if place else NAME).match(word.text):
            first = "letter or digit" if place else "letter"
            hint = f"Small letters, digits and dashes; it begins with a {first} and has at most 63 characters."
            self.fail(word, f"“{word.text}” is not a name for a {what}.", hint)
        return word.text

    def reference(self, word: Word) -> tuple[str | None, str]:
        """Return a reference to a Revision, and before it the Service that knctl's SERVICE:REVISION names, or None."""
        service, colon, revision = word.text.partition(":")
        named = self.name(word.part(0, len(service)), "Service") if colon else None
        reference = revision if colon else service
        if not reference:
            self.fail(word, "There is no Revision here.", "Write a name, a number, a tag, or a word such as `latest`.")
        return named, reference

    def revision_of(self, service: Address, word: Word) -> str:
        """Return a reference to a Revision of `service`."""
        owner, reference = self.reference(word)
        self.same(service, word, owner)
        return reference

    def same(self, service: Address, word: Word, owner: str | None) -> None:
        """Complain when `word` names a Revision of another Service than `service`."""
        if owner and owner != service.name:
            message = f"This names a Revision of {owner}, not of {service.name}."
            self.fail(word, message, "A Service has Revisions and traffic of its own.")

    def area(self) -> Area:
        """Return the namespace that --namespace and --cluster name."""
        namespace, cluster = self.one("namespace"), self.one("cluster")
        return Area(
            self.name(namespace, "namespace") if namespace else None,
            self.name(cluster, "cluster") if cluster else None,
        )

    def namespace(self) -> Area:
        """Return the namespace that --namespace or the next positional names."""
        area, word = self.area(), self.take()
        if word is None:
            return area
        if area.namespace:
            self.fail(word, "The namespace is named twice.", "Leave one out.")
        return Area(self.name(word, "namespace"), area.cluster)

    def address(self, hint: str) -> Address:
        """Return the Service that --service or the next positional names, or knctl's --revision SERVICE:REVISION."""
        word = self.one("service") or self.take() or self._owner() or self.missing("a Service", hint)
        return self.locate(word)

    def _owner(self) -> Word | None:
        """Return the Service in --revision SERVICE:REVISION, where the flag is given so."""
        for word in self.given("revision"):
            cut = word.text.find(":")
            if cut > 0:
                return word.part(0, cut)
        return None

    def locate(self, word: Word) -> Address:
        """Return the Service that [CLUSTER/]NAMESPACE/SERVICE or SERVICE names."""
        area = self.area()
        parts = word.split("/")
        if len(parts) > 3:
            self.fail(word, "That is too many slashes for a Service.", "Write SERVICE, or NAMESPACE/SERVICE.")
        name = self.name(parts[-1], "Service")
        namespace = self.name(parts[-2], "namespace") if len(parts) > 1 else area.namespace
        cluster = self.name(parts[0], "cluster") if len(parts) > 2 else area.cluster
        for what, here, flagged in (("namespace", namespace, area.namespace), ("cluster", cluster, area.cluster)):
            if flagged and here != flagged:
                self.fail(word, f"This names the {what} {here}, and --{what} {flagged}.", "Leave one out.")
        return Address(name, namespace, cluster)

    def finish(self) -> None:
        """Complain about the first positional that nobody took, or the first flag that means nothing here."""
        if self._rest:
            word = self._rest[0]
            self.fail(word, f"{self.verb.text} does not know what to do with “{word.text}”.", "Leave it out.")
        for key, values in self._given.items():
            self.fail(values[0], f"--{key} means nothing here.", "Leave it out.")
