"""The verbs about people, channels and Knobot itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core import schedule
from bot.core.commands import Approvals, Command, DigestAdd, DigestList, DigestNow, DigestRemove, Help, Whoami
from bot.core.language.reader import Flag
from bot.core.language.verb import AREA, Kind, Verb
from bot.core.language.words import joined

if TYPE_CHECKING:
    from bot.core.language.reader import Reader


def read_help(reader: Reader) -> Command:
    topic = reader.take()
    return Help(topic.text if topic else None)


def read_approvals(_reader: Reader) -> Command:
    return Approvals()


def read_digest(reader: Reader) -> Command:
    word = reader.take()
    match word.text if word else "list":
        case "add":
            what = reader.need("a schedule", f"For example `digest add “weekdays 09:00”`. {schedule.EXAMPLES}")
            zone = reader.one("timezone")
            when = reader.within(what if what.quoted else joined([what, *reader.remaining()]), schedule.parse)
            return DigestAdd(when, zone.text if zone else None, reader.area())
        case "list":
            return DigestList()
        case "remove" | "delete" | "rm":
            return DigestRemove(reader.need("the id of a digest", "`digest list` shows them.").text)
        case "now" | "preview":
            return DigestNow(reader.namespace())
        case _ if word:
            reader.fail(word, f"digest does not know “{word.text}”.", "It knows add, list, remove and now.")
    return DigestList()


def read_whoami(_reader: Reader) -> Command:
    return Whoami()


HELP = Verb(
    "help",
    Kind.TALK,
    "help [VERB]",
    "show the verbs, or how one of them is used",
    ("help", "help rollout"),
    read_help,
    aliases=("?", "-h", "--help"),
)

TALKING: tuple[Verb, ...] = (
    Verb(
        "approvals",
        Kind.TALK,
        "approvals",
        "list the changes that wait for somebody's approval",
        ("approvals",),
        read_approvals,
    ),
    Verb(
        "digest",
        Kind.TALK,
        "digest add WHEN | list | remove ID | now",
        "post a summary of the namespace to this channel on a schedule",
        ("digest add “weekdays 09:00” --timezone Europe/Berlin", "digest list", "digest now"),
        read_digest,
        (*AREA, Flag(("--timezone", "--tz"), "Europe/Berlin", "the time zone of WHEN")),
    ),
    Verb(
        "whoami", Kind.TALK, "whoami", "show who you are to Knobot, and what you may do here", ("whoami",), read_whoami
    ),
)
