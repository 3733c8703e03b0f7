"""Which Revisions would meet their traffic asleep.

A Revision that no target names is scaled to zero whatever its min-scale says, so that the first requests after a
rollback would wait for its pods.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core import references
from bot.core.traffic import percents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.model import Service, Snapshot
    from bot.core.traffic import Targets

TAG = "knobot-warm"
"""The tag that gives a Revision an address only until it is awake; more of them are numbered."""
LONGEST = 63
"""The most characters that a part of a host name has (RFC 1035); by default a tag stands before a name there."""
MOST = 5
"""How many are woken at once."""


def asleep(snapshot: Snapshot, service: Service, wished: Targets, *, new: bool) -> tuple[str, ...]:
    """Return the Revisions that have no traffic and no pods now, and shall have traffic.

    What @latest will lead to is among them only if no Revision is made first (`new`).
    """
    leads = None if new else references.followed(snapshot)
    gaining = dict.fromkeys(leads if where == references.FOLLOW else where for where in percents(wished))
    found = [snapshot.revision(name) for name in gaining if name and not service.shares.get(name)]
    return tuple(revision.name for revision in found if revision and revision.asleep)


def woken(service: Service, sleeping: Sequence[str]) -> tuple[str, ...]:
    """Return those of `sleeping` that can be woken before: they have an address, or a host's name has room for one."""
    tagged = {target.revision for target in service.routed if target.tag and target.url}
    room = len(f"{TAG}-{MOST}-{service.key.name}") <= LONGEST
    return tuple(name for name in sleeping if room or name in tagged)[:MOST]


def notes(sleeping: Sequence[str], first: Sequence[str]) -> list[str]:
    """Say what becomes of the Revisions that are asleep, of which those in `first` are woken first."""
    told = []
    for name in sleeping:
        becomes = "it is woken first, for a minute at most" if name in first else "the first requests wait for one"
        told.append(f"{name} has no pods now: {becomes}.")
    return told


def settled(targets: Targets) -> Targets:
    """Return targets without those that were there only for waking, which a crash may have left behind."""
    return tuple(target for target in targets if target.percent or not (target.tag or "").startswith(TAG))
