"""The verbs that hold changes back for a while, and let them go again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core import duration, moment, week
from bot.core.commands import Command, Freeze, Lock, Thaw, Unlock
from bot.core.language.reader import Flag
from bot.core.language.verb import AREA, SERVICE, Kind, Verb
from bot.core.language.words import joined

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.core.language.reader import Reader
    from bot.core.language.words import Word
    from bot.core.moment import Moment

LENGTH = Flag(("--for",), "2h", "how long, as 30m, 2h or 3d; without it until somebody ends it")


def read_lock(reader: Reader) -> Command:
    service = reader.address("For example `lock hello migrating the database`.")
    return Lock(service, _reason(reader), _length(reader), reader.switch("steal"))


def read_unlock(reader: Reader) -> Command:
    return Unlock(reader.address("For example `unlock hello`."))


def read_freeze(reader: Reader) -> Command:
    area, length, end = reader.area(), _length(reader), reader.one("until")
    words = reader.remaining()
    if length and end:
        reader.fail(end, "Say either --for or --until.", "Leave one out.")
    until = _until(reader, end, words) if end else None
    return Freeze(area, tuple(word.text for word in words), length, until)


def read_thaw(reader: Reader) -> Command:
    return Thaw(reader.namespace())


def _until(reader: Reader, end: Word, words: list[Word]) -> Moment:
    """Return a moment; a time that stands behind its day without quotes is taken out of `words`."""
    if ":" not in end.text:
        for word in words:
            if word.start == end.end + 1 and week.CLOCK.match(word.text):
                words.remove(word)
                return reader.within(joined([end, word]), moment.parse)
    return reader.within(end, moment.parse)


def _reason(reader: Reader) -> str:
    words = reader.remaining()
    return joined(words).text if words else ""


def _length(reader: Reader) -> timedelta | None:
    word = reader.one("for")
    return reader.within(word, duration.parse) if word else None


GUARDING: tuple[Verb, ...] = (
    Verb(
        "lock",
        Kind.GUARD,
        "lock SERVICE [REASON …] [--for 2h]",
        "let nobody else change a Service, until `unlock`",
        ("lock hello migrating the database", "lock hello --for 2h", "lock hello --steal"),
        read_lock,
        (*SERVICE, LENGTH, Flag(("--steal",), None, "take over what somebody else has locked; they are told")),
    ),
    Verb(
        "unlock",
        Kind.GUARD,
        "unlock SERVICE",
        "let everybody change a Service again that you have locked",
        ("unlock hello",),
        read_unlock,
        SERVICE,
    ),
    Verb(
        "freeze",
        Kind.GUARD,
        "freeze [NAMESPACE] [REASON …] [--for 4h | --until “mon 08:00”]",
        "let nobody change anything in a namespace, until `thaw`",
        ("freeze", "freeze prod the shop is down --for 4h", "freeze --until “mon 08:00”"),
        read_freeze,
        (*AREA, LENGTH, Flag(("--until",), "“mon 08:00”", "when it ends by itself, by the team's own clock")),
    ),
    Verb(
        "thaw",
        Kind.GUARD,
        "thaw [NAMESPACE]",
        "end a freeze that was begun by `freeze`",
        ("thaw", "thaw prod"),
        read_thaw,
        AREA,
    ),
)
