"""Volumes and mounts, as kn writes them.

mount  = directory ( "=" ( made / volume ) [ "/" path ] / "-" )
volume = name ( "=" made / "-" )
made   = ( "cm" / "config-map" / "sc" / "secret" / "pvc" / "persistentVolumeClaim" ) ":" object
/ ( "ed" / "emptyDir" ) ":" name [ ":" "size=" quantity "," "type=" medium ]
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.core.language.deploying.containers import QUANTITY
from bot.core.language.deploying.option import assigned, each, not_one_of, object_name, option
from bot.core.template import volumes
from bot.core.template.volumes import Kind, Volume

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.core.language.reader import Reader
    from bot.core.language.words import Word
    from bot.core.template import Setting

KINDS = {
    "cm": Kind.CONFIG_MAP,
    "config-map": Kind.CONFIG_MAP,
    "sc": Kind.SECRET,
    "secret": Kind.SECRET,
    "ed": Kind.EMPTY,
    "emptydir": Kind.EMPTY,
    "pvc": Kind.CLAIM,
    "persistentvolumeclaim": Kind.CLAIM,
}
WAYS = ("cm:NAME", "secret:NAME", "emptyDir:NAME", "pvc:NAME")
VOLUME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\Z")
DIRECTORY = re.compile(r"/[^\x00:]*\Z")


def _mount(reader: Reader, word: Word) -> Iterable[Setting]:
    directory, source = assigned(reader, word)
    if not DIRECTORY.match(directory.text):
        reader.fail(directory, f"“{directory.text}” is not a directory.", "For example `--mount /config=cm:settings`.")
    where = directory.text.rstrip("/") or "/"
    if source is None:
        yield volumes.mount(where, None)
        return
    kind, colon, _ = source.text.partition(":")
    if not colon:
        name, inside = _split(source)
        yield volumes.mount(where, _volume_name(reader, name), inside=inside)
        return
    made_of, inside = _made(reader, source.part(0, len(kind)), source.part(len(kind) + 1))
    name_of = made_of.name if made_of.kind is Kind.EMPTY else volumes.name_for(where)
    yield volumes.volume(name_of, made_of)
    yield volumes.mount(where, name_of, inside=inside, read_only=made_of.read_only)


def _volume(reader: Reader, word: Word) -> Iterable[Setting]:
    if word.text.lower().startswith(("emptydir:", "ed:")) and "=" not in word.text.partition(":")[2].partition(":")[0]:
        kind = word.text.partition(":")[0]
        made_of, _ = _made(reader, word.part(0, len(kind)), word.part(len(kind) + 1))
        yield volumes.volume(made_of.name, made_of)
        return
    name, source = assigned(reader, word)
    if source is None:
        yield volumes.volume(_volume_name(reader, name), None)
        return
    kind = source.text.partition(":")[0]
    made_of, inside = _made(reader, source.part(0, len(kind)), source.part(len(kind) + 1))
    if inside:
        reader.fail(source, "A volume is made of the whole.", "Give the path within it to `--mount`.")
    yield volumes.volume(_volume_name(reader, name), made_of)


def _made(reader: Reader, kind: Word, rest: Word) -> tuple[Volume, str]:
    """Return what a volume is made of, and the path within it."""
    found = KINDS.get(kind.text.lower())
    if found is None:
        not_one_of(reader, kind, "source of a volume", WAYS)
    if found is Kind.EMPTY:
        name, *options = rest.split(":")
        size, medium = _room(reader, options[0]) if options else (None, None)
        return Volume(found, _volume_name(reader, name), size, medium), ""
    name, inside = _split(rest)
    return Volume(found, object_name(reader, name, found.value)), inside


def _room(reader: Reader, word: Word) -> tuple[str | None, str | None]:
    """Read size=1Gi,type=Memory."""
    told: dict[str, str] = {}
    for part in word.split(","):
        name, value = assigned(reader, part)
        if name.text not in ("size", "type") or value is None:
            not_one_of(reader, name, "setting of an empty directory", ("size=QUANTITY", "type=Memory"))
        if name.text == "size" and not QUANTITY.match(value.text):
            reader.fail(value, f"“{value.text}” is not a size.", "For example 1Gi.")
        told[name.text] = value.text
    return told.get("size"), told.get("type")


def _split(word: Word) -> tuple[Word, str]:
    name, _, inside = word.text.partition("/")
    return word.part(0, len(name)), inside


def _volume_name(reader: Reader, word: Word) -> str:
    if not VOLUME.match(word.text):
        reader.fail(word, f"“{word.text}” is not a name for a volume.", "Small letters, digits and dashes.")
    return word.text


OPTIONS = (
    option(
        "--mount",
        "/config=cm:settings",
        "mount `cm:`, `secret:`, `emptyDir:` or `pvc:`; `/config-` unmounts",
        each(_mount),
    ),
    option("--volume", "data=pvc:data", "a volume to be mounted by its name; `data-` takes it away", each(_volume)),
)
