"""How the verbs that route traffic are read: shares for `rollout`, and tags.

    share = [ service ":" ] reference "=" percent [ "%" ]       ; with the Service as knctl writes it

`deploy` reads the same words, since kn has one command for all of it: `service update --traffic … --tag … --untag …`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.commands import Address, Rollout, Share, Tag, Untag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.reader import Reader
    from bot.core.words import Word


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
