"""`--env` and its neighbours: variables by value, from Secrets and from ConfigMaps.

env            = NAME "=" value / NAME "-"
env-value-from = NAME "=" source ":" object ":" key / NAME "-"
env-from       = source ":" object [ "-" ]
source         = "cm" / "config-map" / "sc" / "secret"
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.core.language.deploying.option import KEY, OBJECT, assigned, each, object_name, option
from bot.core.template.variables import Source, variable, variable_from, variables_from

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.core.language.reader import Reader
    from bot.core.language.words import Word
    from bot.core.template import Setting

VARIABLE = re.compile(r"[A-Za-z_.-][A-Za-z0-9_.-]{0,252}\Z")
SOURCES = {
    "cm": Source.CONFIG_MAP,
    "config-map": Source.CONFIG_MAP,
    "sc": Source.SECRET,
    "secret": Source.SECRET,
}


def read_variable(reader: Reader, word: Word) -> Iterable[Setting]:
    """Read NAME=VALUE or NAME-."""
    name, value = assigned(reader, word)
    yield variable(_name(reader, name), value.text if value else None)


def _value_from(reader: Reader, word: Word) -> Iterable[Setting]:
    name, source = assigned(reader, word)
    if source is None:
        yield variable(_name(reader, name), None)
        return
    kind, *rest = source.split(":")
    if kind.text not in SOURCES or len(rest) != 2 or not OBJECT.match(rest[0].text) or not KEY.match(rest[1].text):
        reader.fail(source, f"“{source.text}” names no object and key.", "For example `secret:database:password`.")
    yield variable_from(_name(reader, name), SOURCES[kind.text], rest[0].text, rest[1].text)


def _from_key(reader: Reader, word: Word, kind: Source) -> Iterable[Setting]:
    """Read knctl's NAME=OBJECT/KEY."""
    name, equals, source = word.text.partition("=")
    where, slash, key = source.partition("/")
    if not (equals and slash and VARIABLE.match(name) and OBJECT.match(where) and KEY.match(key)):
        example = "PASSWORD=database/password" if kind is Source.SECRET else "MODE=settings/mode"
        reader.fail(word, f"“{word.text}” does not name a variable, an object and a key.", f"For example `{example}`.")
    yield variable_from(name, kind, where, key)


def _from_all(reader: Reader, word: Word) -> Iterable[Setting]:
    kind, *rest = word.split(":")
    if kind.text not in SOURCES or len(rest) != 1:
        reader.fail(word, f"“{word.text}” names no ConfigMap or Secret.", "For example `cm:settings` or `secret:keys`.")
    wanted = not rest[0].text.endswith("-")
    named = rest[0] if wanted else rest[0].part(0, len(rest[0].text) - 1)
    source = SOURCES[kind.text]
    yield variables_from(source, object_name(reader, named, source.value), wanted=wanted)


def _name(reader: Reader, word: Word) -> str:
    if not VARIABLE.match(word.text):
        reader.fail(word, f"“{word.text}” is not a name for a variable.", "Letters, digits and underscores.")
    return word.text


OPTIONS = (
    option("--env -e", "TARGET=blue", "set a variable; `TARGET-` takes it away", each(read_variable)),
    option(
        "--env-secret",
        "KEY=secret/key",
        "set a variable from a Secret",
        each(lambda reader, word: _from_key(reader, word, Source.SECRET)),
    ),
    option(
        "--env-config-map",
        "KEY=map/key",
        "set a variable from a ConfigMap",
        each(lambda reader, word: _from_key(reader, word, Source.CONFIG_MAP)),
    ),
    option("--env-value-from", "KEY=secret:name:key", "the same as kn writes it, or `cm:`", each(_value_from)),
    option("--env-from", "cm:settings", "a variable for each key; `cm:settings-` takes them away", each(_from_all)),
)
