"""How the verbs that route traffic are read: shares for `rollout`, and tags.

    share = [ service ":" ] reference "=" percent [ "%" ]       ; with the Service as knctl writes it

`deploy` reads the same words, since kn has one command for all of it: `service update --traffic … --tag … --untag …`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.commands import Address, Command, Follow, Rollback, Rollout, Share, Tag, Tagging, Undo, Untag
from bot.core.language.reader import Flag
from bot.core.language.stepping import STEPPED, no_steps, read_stepped
from bot.core.language.verb import AREA, SERVICE, Kind, Verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.commands import SteppedRollout
    from bot.core.language.reader import Reader
    from bot.core.language.words import Word


NEW = "@latest"
"""How kn says in --traffic and --tag that the new Revision is meant."""


def read_rollout(reader: Reader) -> Rollout | SteppedRollout:
    """Read a rollout: the Service, and REVISION=PERCENT as often as wanted, or REVISION=PERCENT,PERCENT,… once.

    kn's flags may tag in the same line.
    """
    flagged = read_shares(reader, reader.all("traffic"), bare=NEW)
    words, route = reader.all("percentage"), reader.one("service")
    while word := reader.take():
        if route is None and "=" not in word.text:
            route = word
        else:
            words.append(word)
    parts = [part for word in words for part in word.split(",")]
    steps = _steps(reader, parts)
    shares, owners = read_shares(reader, parts[:1] if steps else words)
    if route is not None:
        service = reader.locate(route)
    elif owners:
        area = reader.area()
        service = Address(owners[0][1], area.namespace, area.cluster)
    else:
        reader.missing("a Service", "For example `rollout hello latest=10`.")
    for part, owner in (*owners, *flagged[1]):
        reader.same(service, part, owner)
    tags, untags = read_tags(reader, service), read_untags(reader)
    others = (*flagged[0], *_whole_services(reader, service))
    if steps:
        if tags or untags or others:
            reader.fail(
                steps[1], "In a rollout in steps one Revision goes up.", "Tag, and split, in lines of their own."
            )
        return read_stepped(reader, service, shares[0].reference, steps)
    no_steps(reader)
    shares = (*flagged[0], *shares, *others[len(flagged[0]) :])
    if not shares and not tags and not untags:
        reader.missing("percentages", f"For example `rollout {service.name} latest=10`: the rest stays where it is.")
    return Rollout(service, shares, tags, untags)


def _steps(reader: Reader, parts: Sequence[Word]) -> list[Word]:
    """Return the percents by which one Revision goes up; none where each part is a share of its own."""
    bare = [part for part in parts[1:] if "=" not in part.text and part.text.removesuffix("%").isdigit()]
    cut = parts[0].text.rfind("=") if parts else -1
    if not bare or cut < 0:
        return []
    if len(bare) < len(parts) - 1:
        wrong = next(part for part in parts[1:] if part not in bare)
        reader.fail(
            wrong, "In a rollout in steps one Revision goes up.", "The rest stays with the others, in proportion."
        )
    return [parts[0].part(cut + 1), *bare]


def _whole_services(reader: Reader, service: Address) -> tuple[Share, ...]:
    """Read knctl's shares of whole Services: of this one it is what follows latest, others have their own routes."""
    if reader.switch("generate-name"):
        reader.missing("no new route", f"{service.name} has one, which is what is split here.")
    shares = []
    for word in reader.all("service-percentage"):
        share, _ = _share(reader, word, None)
        if share.reference != service.name:
            hint = (
                f"Knative gives the traffic of {service.name} to its own Revisions alone: split each Service by itself."
            )
            reader.fail(word, f"{share.reference} is not {service.name}.", hint)
        shares.append(Share(NEW, share.percent))
    return tuple(shares)


def read_shares(
    reader: Reader, words: Sequence[Word], bare: str | None = None
) -> tuple[tuple[Share, ...], list[tuple[Word, str]]]:
    """Return the shares in `words`, which commas separate, and the words that name a Service with its name.

    Args:
        reader: complains.
        words: REVISION=PERCENT each, or several with commas.
        bare: the reference that a percentage alone is for; None if it needs one.
    """
    shares: list[Share] = []
    owners: list[tuple[Word, str]] = []
    known: set[str] = set()
    for part in (part for word in words for part in word.split(",")):
        share, owner = _share(reader, part, bare)
        if share.reference in known:
            reader.fail(part, f"{share.reference} is given twice.", "Name each Revision once.")
        known.add(share.reference)
        shares.append(share)
        if owner:
            owners.append((part, owner))
    return tuple(shares), owners


def _share(reader: Reader, word: Word, bare: str | None) -> tuple[Share, str | None]:
    cut = word.text.rfind("=")
    if cut < 0 and bare and word.text:
        return Share(bare, reader.number(word, "percentage", 0, 100)), None
    if cut < 0:
        hint = "Write REVISION=PERCENT, as in `latest=10`."
        if word.text.removesuffix("%").isdigit():
            hint = f"{hint} Several steps of one Revision are `rollout hello latest=10,50,100`."
        reader.fail(word, f"“{word.text}” is not a share of traffic.", hint)
    if cut == 0:
        reader.fail(word, "There is no Revision before the “=”.", "Write REVISION=PERCENT, as in `latest=10`.")
    owner, reference = reader.reference(word.part(0, cut))
    return Share(reference, reader.number(word.part(cut + 1), "percentage", 0, 100)), owner


def read_tags(reader: Reader, service: Address) -> tuple[Tagging, ...]:
    """Read --tag as kn writes it, REVISION=TAG; a tag alone is for the new Revision."""
    tags: list[Tagging] = []
    known: set[str] = set()
    for word in (part for given in reader.all("tag") for part in given.split(",")):
        cut = word.text.rfind("=")
        tag = word.part(cut + 1)
        reference = reader.revision_of(service, word.part(0, cut)) if cut >= 0 else NEW
        if reader.name(tag, "tag") in known:
            reader.fail(tag, f"The tag {tag.text} is given twice.", "A tag leads to one Revision.")
        known.add(tag.text)
        tags.append(Tagging(reference, tag.text))
    return tuple(tags)


def read_untags(reader: Reader) -> tuple[str, ...]:
    """Read --untag, as often as kn lets it be given."""
    words = (part for given in reader.all("untag") for part in given.split(","))
    return tuple(dict.fromkeys(reader.name(word, "tag") for word in words))


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
    name_only = reader.switch("name-only")
    return Tag(service, reader.revision_of(service, revision), reader.name(tag, "tag"), name_only)


def read_untag(reader: Reader) -> Untag:
    """Read an untag: the Service and the tag."""
    service = reader.address("For example `untag hello candidate`.")
    tag = reader.one("tag") or reader.need("a tag", f"For example `untag {service.name} candidate`.")
    reader.all("revision")  # knctl names it too, but a tag leads to one Revision only
    return Untag(service, reader.name(tag, "tag"))


def read_rollback(reader: Reader) -> Command:
    service = reader.address("For example `rollback hello`.")
    revision = reader.one("revision") or reader.take()
    reference = reader.revision_of(service, revision) if revision else None
    return Rollback(service, reference, reader.switch("now"), reader.switch("keep"))


def read_undo(reader: Reader) -> Command:
    return Undo(reader.address("For example `undo hello`: it takes back the last change that Knobot made."))


def read_follow(reader: Reader) -> Command:
    return Follow(reader.address("For example `follow hello`."))


ROUTING: tuple[Verb, ...] = (
    Verb(
        "rollout",
        Kind.CHANGE,
        "rollout SERVICE REVISION=PERCENT …",
        "split traffic, at once or in steps; the others keep the rest",
        (
            "rollout hello latest=10",
            "rollout hello latest=50 previous=50",
            "rollout hello @latest=100",
            "rollout hello latest=10,50,100",
            "rollout hello latest=10,50,100 --every 10m --analyze success>=99 --analyze p95<500ms",
        ),
        read_rollout,
        (
            *AREA,
            Flag(("--service", "-s", "--route", "-r"), "SERVICE", "the Service, as knctl names it"),
            Flag(("--percentage", "-p"), "hello:latest=10%", "a share, as knctl writes it"),
            Flag(("--traffic",), "@latest=10", "shares, as kn writes them"),
            Flag(("--tag", "-t"), "hello-00003=new", "tag a Revision before the split, as kn writes it"),
            Flag(("--untag",), "old", "take a tag away before all else, as kn writes it"),
            Flag(("--service-percentage",), "hello=100%", "knctl's share for whatever is latest"),
            Flag(("--generate-name",), None, "knctl's; a Service has one route, of its own name"),
            *STEPPED,
        ),
        ("split",),
    ),
    Verb(
        "rollback",
        Kind.CHANGE,
        "rollback SERVICE [REVISION]",
        "give all traffic to the last good Revision, or to the one named",
        ("rollback hello", "rollback hello --now", "rollback hello hello-00003"),
        read_rollback,
        (
            *SERVICE,
            Flag(("--revision", "-r"), "hello-00003", "the Revision"),
            Flag(("--now",), None, "do not wait until it has pods"),
            Flag(("--keep",), None, "never let Knative collect it as garbage: a change of its own"),
        ),
    ),
    Verb(
        "undo",
        Kind.CHANGE,
        "undo SERVICE",
        "take back the last change made here: settings, and traffic at once",
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
        "give a Revision an address of its own, or only a name; a tag that exists is moved",
        ("tag hello latest candidate", "tag hello candidate=latest", "tag hello latest v2 --name-only"),
        read_tag,
        (
            *SERVICE,
            Flag(("--revision", "-r"), "latest", "the Revision"),
            Flag(("--tag", "-t"), "candidate", "the tag"),
            Flag(("--name-only",), None, "a name for commands to use, without an address"),
        ),
        ("revision tag",),
    ),
    Verb(
        "untag",
        Kind.CHANGE,
        "untag SERVICE TAG",
        "take a tag or name away",
        ("untag hello candidate",),
        read_untag,
        (
            *SERVICE,
            Flag(("--tag", "-t"), "candidate", "the tag"),
            Flag(("--revision", "-r"), "hello:latest", "as knctl names it"),
        ),
        ("revision untag",),
    ),
)
