"""The verbs about people, channels and Knobot itself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core import duration, schedule
from bot.core.commands import (
    Approvals,
    Command,
    DigestAdd,
    DigestList,
    DigestNow,
    DigestRemove,
    DigestSnooze,
    Help,
    Whoami,
)
from bot.core.language.reader import Flag
from bot.core.language.verb import AREA, FRESH, Kind, Verb
from bot.core.language.words import joined

if TYPE_CHECKING:
    from bot.core.language.reader import Reader


SNOOZED = ("broken", "domain", "split", "pinned", "tags", "collected")
"""What a digest may leave out for a while."""
WEEK = timedelta(days=7)


def read_help(reader: Reader) -> Command:
    topic = reader.take()
    return Help(topic.text if topic else None)


def read_approvals(reader: Reader) -> Command:
    return Approvals(reader.switch("all"))


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
        case "now":
            return DigestNow(reader.namespace())
        case "preview":
            return DigestNow(reader.namespace(), preview=True)
        case "snooze":
            return _snooze(reader)
        case _ if word:
            reader.fail(
                word, f"digest does not know “{word.text}”.", "It knows add, list, remove, now, preview and snooze."
            )
    return DigestList()


def _snooze(reader: Reader) -> Command:
    service = reader.address("For example `digest snooze hello split 7d`.")
    known = ", ".join(SNOOZED)
    matter = reader.need("what to leave out", f"One of {known}.")
    if matter.text not in SNOOZED:
        reader.fail(matter, f"“{matter.text}” is nothing that a digest tells.", f"One of {known}.")
    length = reader.take()
    return DigestSnooze(service, matter.text, reader.within(length, duration.parse) if length else WEEK)


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
        "approvals [--all]",
        "list the changes that wait for somebody's approval",
        ("approvals", "approvals --all"),
        read_approvals,
        (Flag(("--all",), None, "of all channels that you are in"),),
    ),
    Verb(
        "digest",
        Kind.TALK,
        "digest add WHEN | list | remove ID | now | preview",
        "post a summary of the namespace to this channel on a schedule",
        ("digest add “weekdays 09:00” --timezone Europe/Berlin", "digest preview", "digest now"),
        read_digest,
        (*AREA, Flag(("--timezone", "--tz"), "Europe/Berlin", "the time zone of WHEN"), FRESH),
    ),
    Verb(
        "whoami", Kind.TALK, "whoami", "show who you are to Knobot, and what you may do here", ("whoami",), read_whoami
    ),
)
