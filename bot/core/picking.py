"""The picker: what a verb needs, read from its usage in the COMMANDS table, and the line that the choices make.

The line is then read like any other that was typed. A new verb is therefore in the picker by itself: its Service and
Revisions are chosen from lists, and what else it takes is typed into one field.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from bot.core.commands import Deploy
from bot.core.errors import BotError, ParseError
from bot.core.language.parse import formed, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.core.language.verb import Verb

SERVICE = "service"
NAMES = ("SERVICE", "PATTERN")
"""Places in a usage where the name of a Service may stand."""
PERCENTS = (1, 5, 10, 25, 50, 75, 90, 95, 100)


class Kind(Enum):
    """From what a slot is filled."""

    SERVICE = "service"
    REVISION = "revision"
    PERCENT = "percent"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing that a verb needs. `label` and `hint` are for people."""

    name: str
    kind: Kind
    label: str
    optional: bool = False
    hint: str = ""


def slots(verb: Verb) -> tuple[Slot, ...]:
    """Return what `verb` needs, in the order of its usage."""
    found: list[Slot] = []
    words = verb.usage.removeprefix(verb.name).split()
    while words:
        word = words[0]
        bare = word.removeprefix("[").removesuffix("]")
        optional = word != bare
        if bare in NAMES and not found:
            found.append(Slot(SERVICE, Kind.SERVICE, "Service", optional))
        elif bare == "REVISION":
            again = sum(slot.kind is Kind.REVISION for slot in found)
            found.append(Slot(f"revision-{again}", Kind.REVISION, "and Revision" if again else "Revision", optional))
        elif bare == "REVISION=PERCENT":
            found.append(Slot("revision-0", Kind.REVISION, "Revision"))
            return (*found, Slot("percent", Kind.PERCENT, "gets this much of the traffic"))
        else:
            break
        words.pop(0)
    if not words or verb.name == Deploy.verb:
        return tuple(found)
    rest = " ".join(words)
    shown = _examples(verb, len(found))
    optional = rest.startswith("[") or not any(shown)
    return (*found, Slot("words", Kind.WORDS, rest, optional, next((example for example in shown if example), "")))


def line(verb: str, filled: Mapping[str, str], wanted: tuple[Slot, ...]) -> str:
    """Return the command that the choices make; what is not filled in is left out."""
    return "".join((verb, *(words for _, words in _pieces(filled, wanted))))


def mistakes(verb: Verb, filled: Mapping[str, str]) -> dict[str, str]:
    """Return slot → what is wrong with it; empty if the line can be read."""
    wanted = slots(verb)
    missing = [slot.name for slot in wanted if not slot.optional and not filled.get(slot.name, "").strip()]
    if missing:
        return dict.fromkeys(missing, "This is needed.")
    text = line(verb.name, filled, wanted)
    if formed(text):
        return {}
    try:
        parse(text)
    except BotError as error:
        start = error.span[0] if isinstance(error, ParseError) else 0
        end, name = len(verb.name), ""
        for name, words in _pieces(filled, wanted):  # noqa: B007 # the last one is meant where none fits
            end += len(words)
            if start < end:
                break
        return {name: str(error)}
    return {}


def _pieces(filled: Mapping[str, str], wanted: tuple[Slot, ...]) -> Iterator[tuple[str, str]]:
    """Yield (slot, words), each with the mark before it."""
    for slot in wanted:
        if value := filled.get(slot.name, "").strip():
            yield slot.name, f"{'=' if slot.kind is Kind.PERCENT else ' '}{value}"


def _examples(verb: Verb, skipped: int) -> list[str]:
    """Return what the examples of a verb have where the field is."""
    return [" ".join(example.removeprefix(verb.name).split()[skipped:]) for example in verb.examples]
