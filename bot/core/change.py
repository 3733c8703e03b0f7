"""The life of a change, from the wish to its end, as one table.

Every change is one row in the store, one message in the channel and one place in this table; an approval is the part
of that life in which people are asked. Whatever moves a change goes through `advance`; the store makes the move a
compare-and-set, so that of many who try at once one succeeds. A move that is not in the table is refused and changes
nothing.

    PENDING ──approve──▶ APPROVED ──begin──▶ APPLYING ──wrote──▶ ROLLING ──true──▶ DONE
       │                     │                  │                   ├──failed──▶ FAILED
       ├─decline─▶ DECLINED  ├─moved─▶ STALE    ├─moved─▶ STALE     └─superseded─▶ SUPERSEDED
       ├─expire──▶ EXPIRED   └─refuse─▶ REFUSED ├─refuse─▶ REFUSED
       ├─withdraw▶ WITHDRAWN
       └─moved───▶ STALE

Where traffic goes to Revisions without pods, ──warm──▶ WARMING comes between APPROVED and APPLYING, with the ends of
APPROVED. A rollout in steps goes round: each step is another plan, and goes through APPLYING as the first one did.

    ROLLING ──step, promote, pause, resume, abort, back, stop, note──▶ APPLYING ──wrote──▶ ROLLING ──aborted──▶ ABORTED
                                                                           └──missed──▶ ROLLING

APPROVED, WARMING and APPLYING are passed through again after a crash: the write is conditional and knows its own kind,
so doing it twice does it once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from bot.core.errors import Refused
from bot.core.plan import Plan


class State(Enum):
    """Where a change is. The last nine are ends."""

    PENDING = "pending"
    APPROVED = "approved"
    WARMING = "warming"
    APPLYING = "applying"
    ROLLING = "rolling"
    DONE = "done"
    FAILED = "failed"
    ABORTED = "aborted"
    SUPERSEDED = "superseded"
    STALE = "stale"
    REFUSED = "refused"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"

    @property
    def final(self) -> bool:
        return self not in OPEN


class Event(Enum):
    """What can happen to a change."""

    APPROVE = "approve"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    MOVED = "moved"
    WARM = "warm"
    BEGIN = "begin"
    WROTE = "wrote"
    REFUSE = "refuse"
    TRUE = "true"
    FAILED = "failed"
    SUPERSEDE = "supersede"
    STEP = "step"
    PROMOTE = "promote"
    PAUSE = "pause"
    RESUME = "resume"
    ABORT = "abort"
    BACK = "back"
    STOP = "stop"
    NOTE = "note"
    MISSED = "missed"
    ABORTED = "aborted"


STEPS = (Event.STEP, Event.PROMOTE, Event.PAUSE, Event.RESUME, Event.ABORT, Event.BACK, Event.STOP, Event.NOTE)
"""What has the next plan of a rollout in steps written."""

OPEN = frozenset({State.PENDING, State.APPROVED, State.WARMING, State.APPLYING, State.ROLLING})

REPEATABLE = frozenset({State.STALE, State.REFUSED, State.EXPIRED})
"""Ends in which nothing was written, though nobody has said no to it: it can be planned once more."""

TRANSITIONS: dict[State, dict[Event, State]] = {
    State.PENDING: {
        Event.APPROVE: State.APPROVED,
        Event.DECLINE: State.DECLINED,
        Event.WITHDRAW: State.WITHDRAWN,
        Event.EXPIRE: State.EXPIRED,
        Event.MOVED: State.STALE,
    },
    State.APPROVED: {
        Event.WARM: State.WARMING,
        Event.BEGIN: State.APPLYING,
        Event.MOVED: State.STALE,
        Event.REFUSE: State.REFUSED,
    },
    State.WARMING: {Event.BEGIN: State.APPLYING, Event.MOVED: State.STALE, Event.REFUSE: State.REFUSED},
    State.APPLYING: {
        Event.WROTE: State.ROLLING,
        Event.MOVED: State.STALE,
        Event.REFUSE: State.REFUSED,
        Event.MISSED: State.ROLLING,
        Event.FAILED: State.FAILED,
    },
    State.ROLLING: {
        Event.TRUE: State.DONE,
        Event.FAILED: State.FAILED,
        Event.ABORTED: State.ABORTED,
        Event.SUPERSEDE: State.SUPERSEDED,
        **dict.fromkeys(STEPS, State.APPLYING),
    },
}


@dataclass(frozen=True, slots=True)
class Person:
    """Who someone is: a pair of ids. Names are for showing and decide nothing."""

    team: str
    user: str


@dataclass(frozen=True, slots=True)
class Votes:
    """How many approvals are needed, from which group (None: anybody who may do it themselves), and who gave one.

    None needed, while the change is PENDING, means that the person who asked for it has to confirm it.
    """

    needed: int = 0
    group: str | None = None
    given: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One change and how far it is.

    `id` is random and opaque: it travels in buttons and is worth nothing without the row. `version` grows with every
    move. `message` is the ts of the message in the channel of the plan's request, None before it was posted.
    `generation` is the Service's metadata.generation after the write; `reason` says in words why it ended so;
    `actor` is who caused the last move. `wait` is how long the cluster may take, None for as long as is configured.
    `shown` is the version that the message tells of, None before it was posted.
    `deadline` ends the waiting: for approvals while PENDING, for pods while WARMING, for the write until it is done,
    for the cluster while ROLLING.
    """

    id: str
    plan: Plan
    state: State
    votes: Votes
    created: datetime
    deadline: datetime
    version: int = 0
    message: str | None = None
    generation: int | None = None
    reason: str = ""
    actor: Person | None = None
    wait: timedelta | None = None
    shown: int | None = None

    @property
    def underway(self) -> bool:
        """Whether an earlier step of its rollout was written: what goes wrong from then on has something to go on."""
        return self.generation is not None and self.plan.rollout is not None

    @property
    def requester(self) -> Person:
        return Person(self.plan.request.team, self.plan.request.user)


def advance(change: Change, event: Event, actor: Person | None, reason: str = "", **facts: object) -> Change:
    """Return `change` after `event`.

    Raises:
        Refused: this cannot happen to it any more (code "already").
    """
    after = TRANSITIONS.get(change.state, {}).get(event)
    if after is None:
        raise Refused(ended(change), "Nothing was changed by this click.", code="already")
    return replace(change, state=after, version=change.version + 1, reason=reason, actor=actor, **facts)  # type: ignore[arg-type] # fields by name


def vote(change: Change, person: Person) -> Change:
    """Return `change` with the approval of `person`: APPROVED when that was the last one needed, else still PENDING.

    Raises:
        Refused: it is no longer pending, the person asked for it, or has approved already. Whether the person may
            approve at all is the policy's to say, before this.
    """
    if change.state is not State.PENDING:
        raise Refused(ended(change), "Nothing was changed by this click.", code="already")
    if not change.votes.needed:
        raise Refused("This change waits for the person who asked for it to confirm it.", code="no-approver")
    if person == change.requester:
        raise Refused(
            "You asked for this change, so somebody else has to approve it.",
            "Withdraw takes it back.",
            code="own-request",
        )
    if person in change.votes.given:
        missing = change.votes.needed - len(change.votes.given)
        hint = "One more person is needed." if missing == 1 else f"{missing} more people are needed."
        raise Refused("You have approved this already.", hint, code="twice")
    votes = replace(change.votes, given=(*change.votes.given, person))
    if len(votes.given) < votes.needed:
        return replace(change, votes=votes, version=change.version + 1, actor=person)
    return advance(replace(change, votes=votes), Event.APPROVE, person)


def confirm(change: Change, person: Person) -> Change:
    """Return `change` APPROVED by the word of the person who asked for it, where nobody else's is needed.

    Raises:
        Refused: it is no longer pending, somebody else asked for it, or approvals of others are needed.
    """
    if change.state is State.PENDING and change.votes.needed:
        raise Refused("This change needs the approval of others.", "An approver can approve it.", code="no-approver")
    if change.state is State.PENDING and person != change.requester:
        raise Refused(
            "Only the person who asked for this change can confirm it.", "Ask for it yourself.", code="not-yours"
        )
    return advance(change, Event.APPROVE, person)


def ended(change: Change) -> str:
    """Say in one sentence why a change can no longer be moved by a button."""
    words = {
        State.PENDING: "This change is still waiting for approval.",
        State.APPROVED: "This change is approved already.",
        State.WARMING: "This change is being applied already: it wakes pods first.",
        State.APPLYING: "This change is being applied already.",
        State.ROLLING: "This change is applied already.",
        State.DONE: "This change is applied already.",
        State.FAILED: "This change was applied already, and failed.",
        State.ABORTED: "This change was aborted already: its traffic went back.",
        State.SUPERSEDED: "This change was applied already, and another one followed.",
        State.STALE: "This change is stale: the Service was changed after it was asked for.",
        State.REFUSED: "This change was refused.",
        State.DECLINED: "This change was declined already.",
        State.EXPIRED: "This change has expired: nobody approved it in time.",
        State.WITHDRAWN: "This change was withdrawn by the person who asked for it.",
    }
    return words[change.state]
