"""What happens without a person: the cluster's news, the passing of time, and the return from a crash.

`follow` looks at the open changes of one Service and is called when something of it has changed; `tick` looks at all of
them, so that news that was missed is late but never lost. Both may run in several processes at once: every move is a
compare-and-set, and editing a message twice to the same words does no harm.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.core import building
from bot.core.answers import Reminder
from bot.core.change import Change, Event, State, advance
from bot.core.errors import Refused, Stale
from bot.core.holds import NOTHING, Holds
from bot.core.reminding import due
from bot.operations import steering
from bot.operations.building import deploy_built
from bot.operations.cards import TAIL, last_lines, recall, refresh, show, tell, with_lines, witness
from bot.operations.changes import ANSWERED_WITHIN, carry_out, check_base, missed, resume, settle, warm
from bot.operations.holding import holding
from bot.operations.isolating import Lanes, guarded

if TYPE_CHECKING:
    from datetime import datetime

    from bot.core.model import ServiceKey
    from bot.core.progress import Progress
    from bot.operations.world import World

log = logging.getLogger(__name__)

RETRY = timedelta(seconds=5)
"""A change whose write began so long ago is not in anybody's hands any more."""
PAUSE = timedelta(seconds=20)
"""How long after a card could not be shown it is tried again."""
FORGOTTEN = timedelta(days=1)
"""Cards of changes older than this are left as they are."""
BREATH = timedelta(seconds=1)
"""The least time between two edits of a card that is still on its way; its end is shown at once."""

GLANCE = timedelta(seconds=3)
"""The least time between two looks at the log lines of one Revision that is starting."""


class Follower:
    """Watches over open changes. Remembers what each card last showed, so as not to edit it in vain."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._shown: dict[str, tuple[Progress, datetime]] = {}
        self._tails: dict[str, tuple[tuple[str, ...], datetime]] = {}
        self._due: dict[str, datetime] = {}
        self._held: dict[str, Holds] = {}
        self._reminded: set[str] = set()
        self._again: dict[str, datetime] = {}
        self._lanes = Lanes()

    def follow(self, key: ServiceKey) -> None:
        """Look at the open changes of one Service."""
        for change in self._world.store.unfinished(key):
            guarded(f"change {change.id}", self._look, change)

    def tick(self) -> None:
        """Look at all open changes."""
        now = self._world.clock.now()
        behind = self._behind(now)
        open_changes = self._world.store.unfinished()
        due = [change for change in open_changes if now >= self._waits_until(change)]
        pieces = [
            *((change, f"the card of {change.id}", self._show_late) for change in behind),
            *((change, f"change {change.id}", self._look) for change in due),
        ]
        self._lanes.work([(change.plan.key.cluster, what, partial(do, change)) for change, what, do in pieces])
        for change in open_changes:
            if change.state is State.PENDING and change.message and now < self._waits_until(change):
                guarded(f"what holds change {change.id}", self._hold, change)
                guarded(f"the reminder of change {change.id}", self._remind, change, now)
        self._reminded &= {change.id for change in open_changes}
        for known in (self._shown, self._tails, self._held, self._again):
            for identity in set(known) - {change.id for change in open_changes}:
                known.pop(identity, None)

    def _waits_until(self, change: Change) -> datetime:
        """Return when there is something to do for a change, news of its Service apart."""
        if change.state is State.PENDING:
            return change.deadline
        steps = change.state is State.ROLLING and change.plan.rollout and change.plan.rollout.running
        return self._again.get(change.id, change.created) if steps else change.created

    def _behind(self, now: datetime) -> list[Change]:
        """Return what a crash or a silent Slack has kept from being shown; what fails to be, not again at once.

        Whoever has just moved a change is about to show it, and knows more to show: they are given time.
        """
        unseen = self._world.store.unseen(now - FORGOTTEN)
        for identity in set(self._due) - {change.id for change in unseen}:
            self._due.pop(identity, None)
        behind = [change for change in unseen if now >= self._due.setdefault(change.id, now + RETRY)]
        self._due.update({change.id: now + PAUSE for change in behind})
        return behind

    def _show_late(self, change: Change) -> None:
        """Show a card that is behind; where Knobot may not speak, it never will be, and is left at that."""
        try:
            show(self._world, change, recall(self._world, change))
        except Refused:
            self._world.store.seen(change.id, change.message or "", change.version)
            raise

    def _look(self, change: Change) -> None:
        now = self._world.clock.now()
        match change.state:
            case State.PENDING:
                self._pending(change, now)
            case State.APPROVED:
                if now >= change.deadline:
                    settle(self._world, change, Event.REFUSE, None, "Knobot could not carry it out in time.")
                elif change.message and now - (change.deadline - ANSWERED_WITHIN) > RETRY:
                    carry_out(self._world, change)
            case State.WARMING if now >= change.deadline + ANSWERED_WITHIN:
                settle(self._world, change, Event.REFUSE, None, "Knobot could not carry it out in time.")
            case State.WARMING:
                warm(self._world, change, lambda progress: self._show(change, progress, now))
            case State.APPLYING:
                self._applying(change, now)
            case State.ROLLING if change.plan.rollout and change.plan.rollout.running:
                self._stepping(change, now)
            case State.ROLLING:
                self._rolling(change, now)

    def _pending(self, change: Change, now: datetime) -> None:
        if now >= change.deadline:
            settle(self._world, change, Event.EXPIRE, None, "")
            return
        with suppress(Stale):
            check_base(self._world, change)

    def _applying(self, change: Change, now: datetime) -> None:
        """Take up a write whose result nobody has stored; give it up, if nothing was written, when its time is over."""
        if now - (change.deadline - ANSWERED_WITHIN) <= RETRY:
            return
        if now < change.deadline or self._world.knative.applied(change.plan):
            resume(self._world, change)
            return
        if change.underway:
            missed(self._world, change, "The cluster did not answer in time.")
            return
        with suppress(Stale):
            check_base(self._world, change)
            settle(self._world, change, Event.REFUSE, None, "The cluster did not answer in time; nothing was written.")

    def _stepping(self, change: Change, now: datetime) -> None:
        again, progress = steering.look(self._world, change)
        shown = progress is None or self._show(change, progress, now)
        self._again[change.id] = again if shown else min(again, now + BREATH)

    def _rolling(self, change: Change, now: datetime) -> None:
        progress = witness(self._world, change)
        if progress.outcome is None:
            self._show(change, self._with_tail(change, progress, now), now)
            return
        after = advance(change, progress.outcome, change.actor, progress.reason or change.reason)
        if self._world.store.move(change, after, progress.outcome.value):
            refresh(self._world, after, progress)
            if after.state is State.DONE and building.builds(after.plan):
                deploy_built(self._world, after)

    def _with_tail(self, change: Change, progress: Progress, now: datetime) -> Progress:
        """Add the last log lines of a Revision that is starting, read anew only after a while: they are many reads."""
        if not progress.runs:
            return progress
        lines, since = self._tails.get(change.id, ((), None))
        if since is None or now - since >= GLANCE:
            lines = last_lines(self._world, change, progress, TAIL)
            self._tails[change.id] = (lines, now)
        return with_lines(self._world, change, progress, lines)

    def _show(self, change: Change, progress: Progress, now: datetime) -> bool:
        """Edit the card if it shows something else, though not at every event: edits are rationed by Slack.

        Returns:
            Whether that is done; if not, it has to be shown a breath later.
        """
        shown, since = self._shown.get(change.id, (None, None))
        if change.message is None or shown == progress:
            return True
        if since is not None and now - since < BREATH:
            return False
        show(self._world, change, progress)
        self._shown[change.id] = (progress, now)
        return True

    def _remind(self, change: Change, now: datetime) -> None:
        """Remind those who can approve a change, once, in the thread of its card."""
        before = self._world.configuration.remind
        if before is None or change.id in self._reminded or not due(change, before, now):
            return
        if self._world.store.claim_reminder(change, now):
            groups = self._world.configuration.policy.groups
            tell(self._world, change, Reminder(change, groups.get(change.votes.group or "")))
        self._reminded.add(change.id)

    def _hold(self, change: Change) -> None:
        """Show the card of a change that waits anew when something has begun, or ceased, to hold it back."""
        holds = holding(self._world, change.plan.key)
        if holds != self._held.get(change.id, NOTHING):
            show(self._world, change)
        self._held[change.id] = holds
