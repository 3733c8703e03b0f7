"""Who gains traffic by a plan: what an approver wants to look at before it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core import references, traffic

if TYPE_CHECKING:
    from bot.core.model import Service, Snapshot, TrafficTarget


@dataclass(frozen=True, slots=True)
class Gain:
    """The one Revision that gains traffic: the digest of its image, and an address that leads to it alone already."""

    digest: str | None = None
    preview: str | None = None


NOBODY = Gain()


def gain(snapshot: Snapshot, service: Service, after: tuple[TrafficTarget, ...], *, new: bool) -> Gain:
    """Return what is known of the Revision that gains traffic, where one that is there alone does.

    What follows latest is taken for the Revision that it leads to now, unless a `new` one will be made.
    """
    leads = references.followed(snapshot)
    was, shall = traffic.shares(service.traffic, leads), traffic.shares(after, None if new else leads)
    gaining = [name for name, percent in shall.items() if percent > was.get(name, 0)]
    found = snapshot.revision(gaining[0]) if len(gaining) == 1 else None
    if found is None:
        return NOBODY
    addresses = (target.url for target in service.routed if target.tag and target.revision == found.name)
    return Gain(found.digest, next((url for url in addresses if url), None))
