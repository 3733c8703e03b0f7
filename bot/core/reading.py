"""How each verb is read: a Reader of the words after it → its command.

`deploy` is read in `deploying`, the verbs that route traffic in `routing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core import schedule
from bot.core.commands import (
    Address,
    Approvals,
    Area,
    Can,
    Command,
    Curl,
    Diff,
    DigestAdd,
    DigestList,
    DigestNow,
    DigestRemove,
    Follow,
    Help,
    History,
    Logs,
    Pods,
    Revisions,
    Rollback,
    Routes,
    Services,
    Status,
    Undo,
    Url,
    Whoami,
)
from bot.core.words import joined

if TYPE_CHECKING:
    from bot.core.reader import Reader


def read_help(reader: Reader) -> Command:
    topic = reader.take()
    return Help(topic.text if topic else None)


def read_services(reader: Reader) -> Command:
    return Services(_area(reader))


def _area(reader: Reader) -> Area:
    """Read the namespace from --namespace or from the next positional."""
    area, word = reader.area(), reader.take()
    if word is None:
        return area
    if area.namespace:
        reader.fail(word, "The namespace is named twice.", "Leave one out.")
    return Area(reader.name(word, "namespace"), area.cluster)


def read_status(reader: Reader) -> Command:
    return Status(reader.address("For example `status hello`."))


def read_revisions(reader: Reader) -> Command:
    area, service = _maybe_service(reader)
    return Revisions(area, service)


def read_routes(reader: Reader) -> Command:
    area, service = _maybe_service(reader)
    return Routes(area, service)


def _maybe_service(reader: Reader) -> tuple[Area, Address | None]:
    word = reader.one("service") or reader.take()
    if word is None:
        return reader.area(), None
    address = reader.locate(word)
    return Area(address.namespace, address.cluster), address


def read_pods(reader: Reader) -> Command:
    return Pods(reader.address("For example `pods hello`."))


def read_logs(reader: Reader) -> Command:
    service = reader.address("For example `logs hello`.")
    lines, grep = reader.one("lines"), reader.one("grep")
    revision = reader.one("revision") or reader.take()
    return Logs(
        service,
        revision.text if revision else None,
        reader.number(lines, "count", 1, 200) if lines else 20,
        grep.text if grep else None,
    )


def read_diff(reader: Reader) -> Command:
    example = "For example `diff hello previous latest`."
    service = reader.address(example)
    return Diff(service, reader.need("two Revisions", example).text, reader.need("a second Revision", example).text)


def read_history(reader: Reader) -> Command:
    return History(reader.address("For example `history hello`."))


def read_can(reader: Reader) -> Command:
    return Can(reader.address("For example `can hello`."))


def read_url(reader: Reader) -> Command:
    return Url(reader.address("For example `url hello`."))


def read_curl(reader: Reader) -> Command:
    service = reader.address("For example `curl hello --count 20`.")
    count, tag, path = reader.one("count"), reader.one("tag"), reader.one("path") or reader.take()
    if path and not path.text.startswith("/"):
        reader.fail(path, "A path begins with “/”.", f"For example `curl {service.name} /healthz`.")
    return Curl(
        service,
        path.text if path else "/",
        reader.number(count, "count", 1, 1000) if count else 1,
        reader.name(tag, "tag") if tag else None,
    )


def read_rollback(reader: Reader) -> Command:
    service = reader.address("For example `rollback hello`.")
    revision = reader.one("revision") or reader.take()
    return Rollback(service, reader.revision_of(service, revision) if revision else None)


def read_undo(reader: Reader) -> Command:
    return Undo(reader.address("For example `undo hello`: it takes back the last change that Knobot made."))


def read_follow(reader: Reader) -> Command:
    return Follow(reader.address("For example `follow hello`."))


def read_whoami(_reader: Reader) -> Command:
    return Whoami()


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
            return DigestNow(_area(reader))
        case _ if word:
            reader.fail(word, f"digest does not know “{word.text}”.", "It knows add, list, remove and now.")
    return DigestList()
