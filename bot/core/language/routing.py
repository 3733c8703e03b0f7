"""How the verbs that route traffic are read: shares for `rollout`, and tags.

    share = [ service ":" ] reference "=" percent [ "%" ]       ; with the Service as knctl writes it

`deploy` reads the same words, since kn has one command for all of it: `service update --traffic … --tag … --untag …`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.commands import Address, Command, Follow, Rollback, Rollout, Share, Tag, Undo, Untag
from bot.core.language.reader import Flag
from bot.core.language.verb import AREA, SERVICE, Kind, Verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.language.reader import Reader
    from bot.core.language.words import Word


def read_rollout(reader: Reader) -> Rollout:
    """Read a rollout: the Service, and REVISION=PERCENT as often as wanted."""
    words = [*reader.all("percentage"), *reader.all("traffic")]
    route = reader.one("service")
    while word := reader.take():
        if route is None and "=" not in word.text:
            route = word
        else:
            words.append(word)
    shares, owners = read_shares(reader, words)
    if route is not None:
        service = reader.locate(route)
    elif owners:
        area = reader.area()
        service = Address(owners[0][1], area.namespace, area.cluster)
    else:
        reader.missing("a Service", "For example `rollout hello latest=10`.")
    if not shares:
        reader.missing("percentages", f"For example `rollout {service.name} latest=10`: the rest stays where it is.")
    for part, owner in owners:
        reader.same(service, part, owner)
    return Rollout(service, shares)


def read_shares(reader: Reader, words: Sequence[Word]) -> tuple[tuple[Share, ...], list[tuple[Word, str]]]:
    """Return the shares in `words`, which commas separate, and the words that name a Service with its name."""
    shares, owners = [], []
    for part in (part for word in words for part in word.split(",")):
        share, owner = _share(reader, part)
        shares.append(share)
        if owner:
            owners.append((part, owner))
    return tuple(shares), owners


def _share(reader: Reader, word: Word) -> tuple[Share, str | None]:
    cut = word.text.rfind("=")
    if cut < 0:
        hint = "Write REVISION=PERCENT, as in `latest=10`."
        if word.text.removesuffix("%").isdigit():
            hint = f"{hint} Rollouts in several steps are not part of this version."
        reader.fail(word, f"“{word.text}” is not a share of traffic.", hint)
    if cut == 0:
        reader.fail(word, "There is no Revision before the “=”.", "Write REVISION=PERCENT, as in `latest=10`.")
    owner, reference = reader.reference(word.part(0, cut))
    return Share(reference, reader.number(word.part(cut + 1), "percentage", 0, 100)), owner


def read_tag(reader: Reader) -> Tag:
    """Read a tag: the Service, then REVISION TAG or TAG=REVISION."""
    example = "For example `tag hello previous fallback`, or `tag hello fallback=previous`."
    service = reader.address(example)
    flagged = reader.one("tag")
    first = reader.one("revision") or reader.need("a Revision and a tag", example)
    cut = first.text.find("=")
    if flagged is None and cut >= 0:
        tag, revision = first.part(0, cut), first.part(cut + 1)
    else:
        tag, revision = flagged or reader.need("a tag", example), first
    return Tag(service, reader.revision_of(service, revision), reader.name(tag, "tag"))


def read_untag(reader: Reader) -> Untag:
    """Read an untag: the Service and the tag."""
    service = reader.address("For example `untag hello candidate`.")
    tag = reader.one("tag") or reader.need("a tag", f"For example `untag {service.name} candidate`.")
    return Untag(service, reader.name(tag, "tag"))


def read_rollback(reader: Reader) -> Command:
    service = reader.address("For example `rollback hello`.")
    revision = reader.one("revision") or reader.take()
    return Rollback(service, reader.revision_of(service, revision) if revision else None)


def read_undo(reader: Reader) -> Command:
    return Undo(reader.address("For example `undo hello`: it takes back the last change that Knobot made."))


def read_follow(reader: Reader) -> Command:
    return Follow(reader.address("For example `follow hello`."))


ROUTING: tuple[Verb, ...] = (
    Verb(
        "rollout",
        Kind.CHANGE,
        "rollout SERVICE REVISION=PERCENT …",
        "split traffic; the rest stays with the others that have it now, or goes to `stable`",
        ("rollout hello latest=10", "rollout hello latest=50 previous=50", "rollout hello @latest=100"),
        read_rollout,
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
        read_rollback,
        (*SERVICE, Flag(("--revision", "-r"), "hello-00003", "the Revision")),
    ),
    Verb(
        "undo",
        Kind.CHANGE,
        "undo SERVICE",
        "take back the last change that was made here: settings, and traffic at once",
        ("undo hello",),
        read_undo,
        SERVICE,
    ),
    Verb(
        "follow",
        Kind.CHANGE,
        "follow SERVICE",
        "give all traffic to whatever Revision is latest, now and after each deploy",
        ("follow hello",),
        read_follow,
        SERVICE,
        ("unpin",),
    ),
    Verb(
        "tag",
        Kind.CHANGE,
        "tag SERVICE REVISION TAG",
        "give a Revision an address of its own; a tag that exists is moved",
        ("tag hello latest candidate", "tag hello candidate=latest"),
        read_tag,
        (*SERVICE, Flag(("--revision", "-r"), "latest", "the Revision"), Flag(("--tag", "-t"), "candidate", "the tag")),
        ("revision tag",),
    ),
    Verb(
        "untag",
        Kind.CHANGE,
        "untag SERVICE TAG",
        "take a tag and its address away",
        ("untag hello candidate",),
        read_untag,
        (*SERVICE, Flag(("--tag", "-t"), "candidate", "the tag")),
        ("revision untag",),
    ),
)
