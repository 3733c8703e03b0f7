"""The ordered COMMANDS table: for each verb its words, help, examples, and how it is read.

Help, completion, the README's table and the parser are all made from this table. knctl's and kn's own spellings stand
beside each verb as `aliases` and flag names, so that a line from an article works when the tool's name is replaced.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
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
from bot.core.deploying import DEPLOY_FLAGS, read_deploy
from bot.core.reader import Flag, Reader

if TYPE_CHECKING:
    from bot.core.words import Word


class Kind(Enum):
    """What a verb does; policies may name kinds in place of verbs."""

    LOOK = "look"
    CHANGE = "change"
    TALK = "talk"


@dataclass(frozen=True, slots=True)
class Verb:
    """One row of the table. `usage` is without the slash command's name; `examples` are whole lines without it."""

    name: str
    kind: Kind
    usage: str
    summary: str
    examples: tuple[str, ...]
    read: Callable[[Reader], Command]
    flags: tuple[Flag, ...] = ()
    aliases: tuple[str, ...] = ()


AREA = (
    Flag(("--namespace", "-n"), "NAMESPACE", "another namespace than the channel's own"),
    Flag(("--cluster",), "CLUSTER", "another cluster than the channel's own"),
)
SERVICE = (*AREA, Flag(("--service", "-s"), "SERVICE", "the Service, as knctl names it"))


def _help(reader: Reader) -> Command:
    topic = reader.take()
    return Help(topic.text if topic else None)


def _services(reader: Reader) -> Command:
    return Services(_area(reader))


def _area(reader: Reader) -> Area:
    """Read the namespace from --namespace or from the next positional."""
    area, word = reader.area(), reader.take()
    if word is None:
        return area
    if area.namespace:
        reader.fail(word, "The namespace is named twice.", "Leave one out.")
    return Area(reader.name(word, "namespace"), area.cluster)


def _status(reader: Reader) -> Command:
    return Status(reader.address("For example `status hello`."))


def _revisions(reader: Reader) -> Command:
    area, service = _maybe_service(reader)
    return Revisions(area, service)


def _routes(reader: Reader) -> Command:
    area, service = _maybe_service(reader)
    return Routes(area, service)


def _maybe_service(reader: Reader) -> tuple[Area, Address | None]:
    word = reader.one("service") or reader.take()
    if word is None:
        return reader.area(), None
    address = reader.locate(word)
    return Area(address.namespace, address.cluster), address


def _url(reader: Reader) -> Command:
    return Url(reader.address("For example `url hello`."))


def _curl(reader: Reader) -> Command:
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


def _rollout(reader: Reader) -> Command:
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


def _rollback(reader: Reader) -> Command:
    service = reader.address("For example `rollback hello`.")
    revision = reader.one("revision") or reader.take()
    return Rollback(service, revision.text if revision else None)


def _undo(reader: Reader) -> Command:
    return Undo(reader.address("For example `undo hello`: it takes back the last change that Knobot made."))


def _follow(reader: Reader) -> Command:
    return Follow(reader.address("For example `follow hello`."))


def _tag(reader: Reader) -> Command:
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


def _untag(reader: Reader) -> Command:
    service = reader.address("For example `untag hello stable`.")
    tag = reader.one("tag") or reader.need("a tag", f"For example `untag {service.name} stable`.")
    return Untag(service, reader.name(tag, "tag"))


def _whoami(_reader: Reader) -> Command:
    return Whoami()


def _approvals(_reader: Reader) -> Command:
    return Approvals()


def _digest(reader: Reader) -> Command:
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


COMMANDS: tuple[Verb, ...] = (
    Verb(
        "help",
        Kind.TALK,
        "help [VERB]",
        "show the verbs, or how one of them is used",
        ("help", "help rollout"),
        _help,
        aliases=("?", "-h", "--help"),
    ),
    Verb(
        "services",
        Kind.LOOK,
        "services [NAMESPACE]",
        "list the Services with their traffic and readiness",
        ("services", "services shop"),
        _services,
        AREA,
        ("service list", "services list", "service ls", "list", "ls"),
    ),
    Verb(
        "status",
        Kind.LOOK,
        "status SERVICE",
        "show one Service: traffic, what is not fine and why, image, who changed it",
        ("status hello", "status shop/hello"),
        _status,
        SERVICE,
        ("service show", "service describe", "describe", "show"),
    ),
    Verb(
        "revisions",
        Kind.LOOK,
        "revisions [SERVICE]",
        "list Revisions with their tags, traffic and conditions, newest first",
        ("revisions hello",),
        _revisions,
        SERVICE,
        ("revision list", "revisions list", "revision ls"),
    ),
    Verb(
        "routes",
        Kind.LOOK,
        "routes [SERVICE]",
        "list addresses with the traffic that is wished and the traffic that is so",
        ("routes", "routes hello"),
        _routes,
        SERVICE,
        ("route list", "routes list", "route ls", "route show"),
    ),
    Verb(
        "url",
        Kind.LOOK,
        "url SERVICE",
        "show the address of a Service and of each tag",
        ("url hello",),
        _url,
        SERVICE,
        ("service url",),
    ),
    Verb(
        "curl",
        Kind.LOOK,
        "curl SERVICE [PATH] [--count N]",
        "send requests through the ingress and count the different answers",
        ("curl hello", "curl hello --count 200", "curl hello /healthz --tag green"),
        _curl,
        (
            *SERVICE,
            Flag(("--count", "-c"), "200", "how many requests, up to 1000"),
            Flag(("--path",), "/healthz", "which path"),
            Flag(("--tag",), "green", "ask the address of this tag"),
        ),
        ("route curl",),
    ),
    Verb(
        "deploy",
        Kind.CHANGE,
        "deploy SERVICE [IMAGE] [--env K=V] …",
        "create a Service, or change its image and settings: what is not named is kept",
        (
            "deploy hello ghcr.io/acme/hello:v2",
            "deploy hello --env TARGET=blue --no-traffic --tag blue",
            "deploy hello ghcr.io/acme/hello:v3 --traffic 10",
        ),
        read_deploy,
        (*SERVICE, *DEPLOY_FLAGS),
        ("service create", "service update", "service apply"),
    ),
    Verb(
        "rollout",
        Kind.CHANGE,
        "rollout SERVICE REVISION=PERCENT …",
        "split traffic; the rest stays with those that have traffic now",
        ("rollout hello latest=10", "rollout hello latest=50 previous=50", "rollout hello @latest=100"),
        _rollout,
        (
            *AREA,
            Flag(("--service", "-s", "--route", "-r"), "SERVICE", "the Service, as knctl names it"),
            Flag(("--percentage", "-p"), "hello:latest=10%", "a share, as knctl writes it"),
            Flag(("--traffic",), "@latest=10", "shares, as kn writes them"),
        ),
        ("split",),
    ),
    Verb(
        "rollback",
        Kind.CHANGE,
        "rollback SERVICE [REVISION]",
        "give all traffic to the last good Revision, or to the one named",
        ("rollback hello", "rollback hello hello-00003"),
        _rollback,
        (*SERVICE, Flag(("--revision", "-r"), "hello-00003", "the Revision")),
    ),
    Verb(
        "undo",
        Kind.CHANGE,
        "undo SERVICE",
        "take back the last change that was made here, exactly",
        ("undo hello",),
        _undo,
        SERVICE,
    ),
    Verb(
        "follow",
        Kind.CHANGE,
        "follow SERVICE",
        "give all traffic to whatever Revision is latest, now and after each deploy",
        ("follow hello",),
        _follow,
        SERVICE,
        ("unpin",),
    ),
    Verb(
        "tag",
        Kind.CHANGE,
        "tag SERVICE REVISION TAG",
        "give a Revision an address of its own; a tag that exists is moved",
        ("tag hello latest candidate", "tag hello candidate=latest"),
        _tag,
        (*SERVICE, Flag(("--revision", "-r"), "latest", "the Revision"), Flag(("--tag", "-t"), "candidate", "the tag")),
        ("revision tag",),
    ),
    Verb(
        "untag",
        Kind.CHANGE,
        "untag SERVICE TAG",
        "take a tag and its address away",
        ("untag hello candidate",),
        _untag,
        (*SERVICE, Flag(("--tag", "-t"), "candidate", "the tag")),
        ("revision untag",),
    ),
    Verb(
        "approvals",
        Kind.TALK,
        "approvals",
        "list the changes that wait for somebody's approval",
        ("approvals",),
        _approvals,
    ),
    Verb(
        "digest",
        Kind.TALK,
        "digest add WHEN | list | remove ID | now",
        "post a summary of the namespace to this channel on a schedule",
        ("digest add “weekdays 09:00” --timezone Europe/Berlin", "digest list", "digest now"),
        _digest,
        (*AREA, Flag(("--timezone", "--tz"), "Europe/Berlin", "the time zone of WHEN")),
    ),
    Verb("whoami", Kind.TALK, "whoami", "show who you are to Knobot, and what you may do here", ("whoami",), _whoami),
)

VERBS: dict[str, Verb] = {verb.name: verb for verb in COMMANDS}
"""The verbs by name."""
SPELLINGS: dict[str, Verb] = {spelling: verb for verb in COMMANDS for spelling in (verb.name, *verb.aliases)}
"""The verbs by every spelling; some spellings are two words."""
