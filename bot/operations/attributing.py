"""Who caused what happened, and whether the channel has seen it already, on the card of a change by Knobot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.core.change import Change, Person, State
from bot.core.plan import PLAN
from bot.core.updates import News, Update

if TYPE_CHECKING:
    from bot.core.model import Snapshot
    from bot.operations.world import World

MODIFIER = "serving.knative.dev/lastModifier"
RECENT = 10
"""So many changes, the last, are asked which Revision each of them has made."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Who wrote to a Service last: a person through Knobot, with the change, or an account.

    `makers` are the changes that made Revisions, by the Revision's name: by the time that it is told of, others may
    have followed.
    """

    person: Person | None = None
    account: str = ""
    change: Change | None = None
    makers: Mapping[str, Change] = field(default_factory=dict)

    def named(self, update: Update) -> Update:
        """Return `update` with who caused it."""
        maker = self.makers.get(update.subject)
        if maker:
            return replace(update, person=maker.requester)
        return replace(update, person=self.person, account=self.account)

    def shown(self, update: Update, channel: str) -> bool:
        """Whether the card of the change tells `update` in `channel` already."""
        maker = self.makers.get(update.subject)
        change = maker or self.change
        if change is None or change.plan.request.channel != channel:
            return False
        own = maker is not None
        match update.news:
            case News.MADE:
                return change.plan.before is None
            case News.GONE:
                return True
            case News.TRAFFIC:
                return True
            case News.REVISION | News.READY:
                return own
            case News.FAILED:
                return own and change.state in (State.ROLLING, State.FAILED)
            case News.LOST | News.ROUTE | News.BACK | News.DOMAIN | News.DOMAIN_BACK:
                return False


def cause(world: World, snapshot: Snapshot) -> Cause:
    """Return who wrote to a Service last, as far as the object and the store tell."""
    service = snapshot.service
    if service is not None and PLAN not in service.annotations:
        return Cause(account=service.annotations.get(MODIFIER, ""))  # nothing of Knobot's is on it: nothing to look up
    last = world.store.last_written(snapshot.key)
    if service is None:
        deleted = last is not None and last.plan.deletes and not last.plan.about
        return Cause(last.requester, change=last) if last and deleted else Cause()
    makers = _makers(world, snapshot)
    if last is None or last.generation != service.generation or service.annotations.get(PLAN) != last.plan.id:
        return Cause(account=service.annotations.get(MODIFIER, ""), makers=makers)
    return Cause(last.requester, change=last, makers=makers)


def _makers(world: World, snapshot: Snapshot) -> dict[str, Change]:
    """Return Revision → the change that made it: the one whose plan had found the Revision before it as the newest."""
    after = {
        change.plan.base.latest_created if change.plan.base else None: change
        for change in reversed(world.store.history(snapshot.key, RECENT))
        if change.generation is not None and change.plan.new_revision
    }
    names = [revision.name for revision in snapshot.revisions]
    return {name: after[former] for name, former in zip(names, [*names[1:], None], strict=False) if former in after}
