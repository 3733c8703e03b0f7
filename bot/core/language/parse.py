"""Text → Command, or an error that points at the wrong characters.

line = ( verb / alias ) *( positional / flag )
verb = a row of `grammar.COMMANDS` by any of its spellings; no words at all mean `help`
"""

from __future__ import annotations

import difflib
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.core.commands import ChangeCommand, Deploy, DryRun, Fill, Fresh, Help, Look, Pick, Steer, Undo, Wish
from bot.core.errors import ParseError
from bot.core.language import elsewhere, words
from bot.core.language.aliases import expand
from bot.core.language.aliases import verb as meant_by
from bot.core.language.grammar import COMMANDS, SPELLINGS, VERBS
from bot.core.language.reader import Reader
from bot.core.template import HIDDEN, masked, secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.core.commands import Command, Form
    from bot.core.language.verb import Verb
    from bot.core.language.words import Word


TOOLS = frozenset({"knctl", "kn", "/knative", "knative"})
"""What lines from articles and from channels begin with; it says nothing here."""
CREDENTIALS = frozenset({"authorization", "proxy-authorization", "cookie"})
"""Headers whose values tell who somebody is."""


def parse(text: str, aliases: Mapping[str, str] = MappingProxyType({})) -> Command:
    """Return the command that `text` (without the slash command's name) says.

    Args:
        text: as Slack delivers it.
        aliases: words of the team's own, and what they stand for.

    Raises:
        ParseError: with the text as it was read, the characters at fault, and the nearest right word.
    """
    source = words.repair(text)
    read = words.split(source)
    if read and read[0].text.lower() in TOOLS:
        read = read[1:]
    if not read:
        return Help()
    verb, spelled, rest = _verb(source, _ordered(expand(read, aliases)), aliases)
    if any(word.text in ("--help", "-h") and not word.quoted for word in rest):
        return Help(verb.name)
    reader = Reader(source, spelled, rest, (*elsewhere.ANYWHERE, *verb.flags))
    command = verb.read(reader)
    if isinstance(command, Wish):
        _nothing_hidden(reader, rest)
    if isinstance(command, Wish) and (why := reader.one("override")):
        if not why.text.strip():
            reader.fail(why, "--override needs a reason.", "For example `--override “the shop is down”`.")
        command = replace(command, override=why.text)
    if isinstance(command, Wish):
        command = replace(command, force=reader.switch("force"))
    if isinstance(command, ChangeCommand | Steer | Undo) and reader.dry_run():
        command = DryRun(command)
    if isinstance(command, Look) and reader.switch("fresh"):
        command = Fresh(command)
    reader.finish()
    if isinstance(command, Help) and command.topic:
        return Help(_topic(source, command.topic, rest, aliases))
    return command


def _nothing_hidden(reader: Reader, read: list[Word]) -> None:
    """Refuse a line that was copied from where Knobot shows it: the marks for a secret would take its place."""
    for word in read:
        if HIDDEN in word.text:
            reader.fail(word, f"{HIDDEN} stands for a value that is hidden.", "Write the value itself.")


def formed(text: str, aliases: Mapping[str, str] = MappingProxyType({})) -> Form | None:
    """Return the form that `text` leaves open so much for, None where it is a command or wrong; see `parse`."""
    try:
        source = words.repair(text)
        read = words.split(source)
        if read and read[0].text.lower() in TOOLS:
            read = read[1:]
        if not read:
            return Pick()
        verb, spelled, rest = _verb(source, expand(read, aliases), aliases)
        if verb.name != Deploy.verb:
            return None
        if not rest:
            return Fill()
        reader = Reader(source, spelled, rest, verb.flags)
        service = reader.address("")
        reader.finish()
    except ParseError:
        return None
    return Fill(service)


def redact(text: str) -> str:
    """Return the text of a command as it may be shown and stored: values that look secret are hidden.

    A value ends where its word ends, so that blanks and quotes inside do not save a part of it. Where the text is no
    words at all (a quote stays open), everything behind the first secret name is hidden.
    """
    source = words.repair(text)
    try:
        read = words.split(source)
    except ParseError:
        return masked(source) or source
    shown, end = [], 0
    for word, hidden in _hidden(read):
        shown += [source[end : word.start], hidden]
        end = word.end
    return "".join([*shown, source[end:]])


def veil(source: str) -> str:
    """Return what was read with each character of a secret replaced, so that every place in it stays where it is."""
    try:
        found = list(_hidden(words.split(source)))
    except ParseError:
        hidden = masked(source)
        return source if hidden is None else _covered(source, len(hidden) - len(HIDDEN), len(source))
    for word, hidden in found:
        kept = len(hidden.removesuffix(HIDDEN).rstrip())
        source = _covered(source, word.places[kept - 1] + 1 if kept else word.start, word.end)
    return source


def _covered(text: str, start: int, end: int) -> str:
    return text[:start] + HIDDEN[0] * (end - start) + text[end:]


def _hidden(read: list[Word]) -> Iterator[tuple[Word, str]]:
    """Yield the words that hold a secret, and what may be shown of each."""
    before = ""
    for word in read:
        hidden = masked(word.text) or _masked_header(word.text, before)
        before = word.text
        if hidden is not None:
            yield word, hidden


def _masked_header(word: str, before: str) -> str | None:
    """Return “Name: value” behind --header with the value hidden, or None where nothing is secret."""
    name, colon, _ = word.partition(":")
    flag = "--header=" if name.startswith("--header=") else ""
    if not colon or not (flag or before in ("-H", "--header")):
        return None
    bare = name.removeprefix(flag).strip().lower()
    return f"{name}: {HIDDEN}" if bare in CREDENTIALS or secret(bare) else None


def _ordered(read: list[Word]) -> list[Word]:
    """Return the words with the verb first: knctl takes flags before it, and once had `list services`."""
    begin = next((at for at in range(len(read)) if _begins(read, at)), 0)
    read = [*read[begin:], *read[:begin]] if read[0].text.startswith("-") else read
    noun = elsewhere.NOUNS.get(read[1].text.lower()) if len(read) > 1 else None
    verb = read[0].text.lower()
    # `delete build` alone is about a Service of that name.
    if noun and verb in elsewhere.SWAPPED and (verb != "delete" or len(read) > 2):
        return [replace(read[1], text=noun), replace(read[0], text=verb), *read[2:]]
    return read


def _begins(read: list[Word], at: int) -> bool:
    """Whether a verb begins with this word."""
    here = read[at].text.lower()
    return here in SPELLINGS or (at + 1 < len(read) and f"{here} {read[at + 1].text.lower()}" in SPELLINGS)


def _verb(source: str, read: list[Word], aliases: Mapping[str, str]) -> tuple[Verb, Word, list[Word]]:
    """Return the verb, the word to name in complaints, and the words after it; two-word spellings come first."""
    first = read[0].text.lower()
    if len(read) > 1 and (verb := SPELLINGS.get(f"{first} {read[1].text.lower()}")):
        return verb, read[0], read[2:]
    if verb := SPELLINGS.get(first):
        return verb, read[0], read[1:]
    _not_here(source, read)
    seconds = [spelling.split()[1] for spelling in SPELLINGS if spelling.startswith(f"{first} ")]
    if seconds:
        found = f"{first} {seconds[0]}"
        hint = (
            f"Try {', '.join(f'`{first} {second}`' for second in seconds)}: here `{SPELLINGS[found].name}` is enough."
        )
        wrong = read[1] if len(read) > 1 else read[0]
        raise ParseError(f"{first} needs another word.", hint, source=source, span=wrong.span, code="unknown-verb")
    known = [spelling for spelling in (*SPELLINGS, *aliases) if len(spelling) > 2]
    close = difflib.get_close_matches(first, known, n=1, cutoff=0.65)
    nearest = [SPELLINGS[spelling].name if spelling in SPELLINGS else spelling for spelling in close]
    hint = f"Did you mean `{nearest[0]}`?" if nearest else "`help` lists the verbs."
    raise ParseError(
        f"There is no verb “{read[0].text[:40]}”.", hint, source=source, span=read[0].span, code="unknown-verb"
    )


def _not_here(source: str, read: list[Word]) -> None:
    """Refuse what neighbouring tools do and Knobot does not, with what to do instead."""
    for count in (2, 1):
        spelled = " ".join(word.text.lower() for word in read[:count])
        if instead := elsewhere.WORDS.get(spelled):
            message = f"“{spelled}” is not something that Knobot does."
            span = (read[0].start, read[min(count, len(read)) - 1].end)
            raise ParseError(message, instead, source=source, span=span, code="elsewhere")


def _topic(source: str, topic: str, rest: list[Word], aliases: Mapping[str, str]) -> str | None:
    found = SPELLINGS.get(topic.lower()) or meant_by(aliases.get(topic.lower(), ""))
    if found:
        return found.name
    if any(spelling.startswith(f"{topic.lower()} ") for spelling in SPELLINGS):
        return None  # a noun of kn's: it has several verbs
    close = difflib.get_close_matches(topic, VERBS, n=1)
    names = ", ".join(verb.name for verb in COMMANDS)
    hint = f"Did you mean `help {close[0]}`?" if close else f"The verbs are {names}."
    raise ParseError(f"There is no verb “{topic[:40]}”.", hint, source=source, span=rest[0].span, code="unknown-verb")
