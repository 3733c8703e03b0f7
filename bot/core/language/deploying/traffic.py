"""The words of `deploy` about traffic, and the lines of kn's that are about nothing else.

kn has one command for deploying, splitting and tagging. A line that only splits or tags is read as what it is here: a
rollout, a tag, an untag.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.commands import Rollout, Share, Tag, Untag
from bot.core.language.routing import NEW, read_shares

if TYPE_CHECKING:
    from bot.core.commands import Address
    from bot.core.language.reader import Reader

NOTHING = (Share(NEW, 0),)
"""The traffic of a new Revision that gets none."""


def routed(line: Rollout) -> Rollout | Tag | Untag:
    """Return what a line without settings is: kn has one command for what are three verbs here."""
    if line.shares or line.wait:
        return line
    if len(line.tags) == 1 and set(line.untags) <= {line.tags[0].tag}:
        return Tag(line.service, line.tags[0].reference, line.tags[0].tag)
    if len(line.untags) == 1 and not line.tags:
        return Untag(line.service, line.untags[0])
    return line


def read_split(reader: Reader, service: Address, *, new: bool) -> tuple[Share, ...]:
    """Read the traffic that is wished; `new` if there will be a new Revision."""
    words = reader.all("traffic")
    none, unmanaged = reader.switch("no-traffic"), not reader.switch("managed-route", default=True)
    if not words:
        return NOTHING if none or unmanaged else ()
    if none or unmanaged:
        reader.fail(words[0], "--traffic says how much, and another flag says none.", "Leave one out.")
    shares, owners = read_shares(reader, words, bare=NEW)
    for word, owner in owners:
        reader.same(service, word, owner)
    if new and any(share.reference == "latest" for share in shares):
        hint = "Write @latest for the new Revision, or the name of the one before."
        reader.fail(words[0], "In a deploy latest could be the Revision before it or after it.", hint)
    return shares
