"""The verbs that hold changes back for a while, and let them go again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core import duration
from bot.core.commands import Command, Lock, Unlock
from bot.core.language.reader import Flag
from bot.core.language.verb import SERVICE, Kind, Verb
from bot.core.language.words import joined

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.core.language.reader import Reader

LENGTH = Flag(("--for",), "2h", "how long, as 30m, 2h or 3d; without it until somebody ends it")


def read_lock(reader: Reader) -> Command:
    service = reader.address("For example `lock hello migrating the database`.")
    return Lock(service, _reason(reader), _length(reader), reader.switch("steal"))


def read_unlock(reader: Reader) -> Command:
    return Unlock(reader.address("For example `unlock hello`."))


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
)
