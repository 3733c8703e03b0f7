"""How each verb but `deploy` is read: a Reader of the words after it → its command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core import schedule
from bot.core.commands import (
    Address,
    Approvals,
    Area,
    Command,
    Curl,
    DigestAdd,
    DigestList,
    DigestNow,
    DigestRemove,
    Follow,
    Help,
    Revisions,
    Rollback,
    Rollout,
    Routes,
    Services,
    Share,
    Status,
    Tag,
    Undo,
    Untag,
    Url,
    Whoami,
)

if TYPE_CHECKING:
    from bot.core.reader import Reader
    from bot.core.words import Word


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


def read_rollout(reader: Reader) -> Command:
    words = [*reader.all("percentage"), *reader.all("traffic")]
    route = reader.one("service")
    while word := reader.take():
        if route is None and "=" not in word.text:
            route = word
        else:
            words.append(word)
    prefix: str | None = None
    shares = []
    for part in (part for word in words for part in word.split(",")):
        share, named = _share(reader, part)
        shares.append(share)
        prefix = _same(reader, part, prefix, named)
    if route is None and prefix is None:
        reader.missing("a Service", "For example `rollout hello latest=10`.")
    service = reader.locate(route) if route else Address(str(prefix), *_where(reader.area()))
    if not shares:
        reader.missing("percentages", f"For example `rollout {service.name} latest=10`: the rest stays where it is.")
    if prefix and prefix != service.name:
        reader.fail(words[0], f"This names a Revision of {prefix}, not of {service.name}.", "A Service splits its own.")
    return Rollout(service, tuple(shares))


def _where(area: Area) -> tuple[str | None, str | None]:
    return area.namespace, area.cluster


def _share(reader: Reader, word: Word) -> tuple[Share, str | None]:
    """Read REF=PERCENT or knctl's SERVICE:REF=PERCENT%; return the Service that the latter names."""
    cut = word.text.rfind("=")
    if cut < 0:
        hint = "Write REVISION=PERCENT, as in `latest=10`."
        if word.text.removesuffix("%").isdigit():
            hint = f"{hint} Rollouts in several steps are not part of this version."
        reader.fail(word, f"“{word.text}” is not a share of traffic.", hint)
    reference, percent = word.part(0, cut), word.part(cut + 1)
    service, colon, _ = reference.text.partition(":")
    named = reader.name(reference.part(0, len(service)), "Service") if colon else None
    if named:
        reference = reference.part(len(service) + 1)
    if not reference.text:
        reader.fail(word, "There is no Revision before the “=”.", "Write REVISION=PERCENT, as in `latest=10`.")
    return Share(reference.text, reader.number(percent, "percentage", 0, 100)), named


def _same(reader: Reader, word: Word, known: str | None, named: str | None) -> str | None:
    if known and named and known != named:
        reader.fail(word, f"This names a Revision of {named}, the one before of {known}.", "A Service splits its own.")
    return known or named


def read_rollback(reader: Reader) -> Command:
    service = reader.address("For example `rollback hello`.")
    revision = reader.one("revision") or reader.take()
    return Rollback(service, revision.text if revision else None)


def read_undo(reader: Reader) -> Command:
    return Undo(reader.address("For example `undo hello`: it takes back the last change that Knobot made."))


def read_follow(reader: Reader) -> Command:
    return Follow(reader.address("For example `follow hello`."))


def read_tag(reader: Reader) -> Command:
    example = "For example `tag hello previous stable`, or `tag hello stable=previous`."
    service = reader.address(example)
    flagged = reader.one("tag")
    first = reader.one("revision") or reader.need("a Revision and a tag", example)
    cut = first.text.find("=")
    if flagged is None and cut >= 0:
        tag, reference = first.part(0, cut), first.part(cut + 1)
    else:
        tag, reference = flagged or reader.need("a tag", example), first
    return Tag(service, reference.text, reader.name(tag, "tag"))


def read_untag(reader: Reader) -> Command:
    service = reader.address("For example `untag hello stable`.")
    tag = reader.one("tag") or reader.need("a tag", f"For example `untag {service.name} stable`.")
    return Untag(service, reader.name(tag, "tag"))


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
            text = what.text if what.quoted else " ".join([what.text, *_remaining(reader)])
            when = reader.within(what, lambda _: schedule.parse(text))
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


def _remaining(reader: Reader) -> list[str]:
    words = []
    while word := reader.take():
        words.append(word.text)
    return words
