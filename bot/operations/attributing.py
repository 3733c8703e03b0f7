"""Who caused what happened, and whether the channel has seen it already, on the card of a change by Knobot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.change import Change, Person, State
from bot.core.plan import PLAN
from bot.core.updates import News, Update

if TYPE_CHECKING:
    from bot.core.model import Service, Snapshot
    from bot.operations.world import World

MODIFIER = "serving.knative.dev/lastModifier"


@dataclass(frozen=True, slots=True)
class Cause:
    """Who wrote to a Service last: a person through Knobot, with the change and its Revision, or an account."""

    person: Person | None = None
    account: str = ""
    change: Change | None = None
    revision: str | None = None

    def shown(self, update: Update, channel: str) -> bool:
        """Whether the card of the change tells `update` in `channel` already."""
        change = self.change
        if change is None or change.plan.request.channel != channel:
            return False
        own = bool(self.revision) and update.subject == self.revision
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
            case News.LOST | News.ROUTE | News.BACK:
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
    if last is None or last.generation != service.generation or service.annotations.get(PLAN) != last.plan.id:
        return Cause(account=service.annotations.get(MODIFIER, ""))
    return Cause(last.requester, change=last, revision=_own(last, service))


def _own(change: Change, service: Service) -> str | None:
    """Return the Revision that a change made, if it made one."""
    former = change.plan.base.latest_created if change.plan.base else None
    return service.latest_created if change.plan.new_revision and service.latest_created != former else None
