"""Core answers → Slack messages: pure functions, one module for each surface.

What is said is decided in the core; here is decided how it looks, and that it fits, and that nothing in it can act.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from bot.blocks import (
    aged,
    approvals,
    change,
    digests,
    errors,
    guards,
    identity,
    looked,
    rehearsal,
    rollout,
    updates,
    usage,
    watches,
)
from bot.blocks.message import Message
from bot.core.answers import (
    Aged,
    ApprovalTable,
    Bulletin,
    ChangeCard,
    Declined,
    DigestAdded,
    DigestPost,
    DigestRemoved,
    DigestTable,
    Fault,
    FreezeBegun,
    FreezeEnded,
    HelpAnswer,
    Identity,
    Locked,
    LockNag,
    LockTaken,
    Looked,
    Muted,
    Problem,
    Rehearsed,
    Reminder,
    Sent,
    Snoozed,
    Steered,
    StoryCard,
    StoryReply,
    Unlocked,
    Unmuted,
    Voted,
    WatchAdded,
    WatchRemoved,
    WatchTable,
)

if TYPE_CHECKING:
    from bot.core.answers import Answer

__all__ = ["Message", "render"]


def render(answer: Answer, *, command: str = "/knative") -> Message:
    """Return the message that says `answer`; `command` is the slash command's name as people type it."""
    if isinstance(answer, Looked):
        return looked.looked(answer, command)
    match answer:
        case Aged():
            return aged.aged(render(answer.answer, command=command), answer.age)
        case HelpAnswer():
            return usage.usage(answer, command)
        case ChangeCard():
            return change.card(answer)
        case ApprovalTable():
            return approvals.approvals(answer)
        case Identity():
            return identity.identity(answer)
        case DigestTable():
            return digests.listed(answer, command)
        case DigestAdded():
            return digests.added(answer.digest, command)
        case DigestRemoved():
            return digests.removed(answer.identity)
        case Snoozed():
            return digests.snoozed(answer)
        case DigestPost():
            return digests.post(answer, command)
        case Rehearsed():
            return rehearsal.rehearsed(answer)
        case Sent():
            return approvals.sent(answer.text)
        case Voted():
            return approvals.voted(answer.change)
        case Locked():
            return guards.locked(answer, command)
        case LockTaken():
            return guards.taken(answer)
        case Unlocked():
            return guards.unlocked(answer)
        case LockNag():
            return guards.nag(answer)
        case FreezeBegun():
            return guards.frozen(answer, command)
        case FreezeEnded():
            return guards.thawed(answer)
        case StoryCard():
            return updates.story(answer)
        case StoryReply():
            return updates.reply(answer)
        case Bulletin():
            return updates.bulletin(answer)
        case WatchTable():
            return watches.listed(answer, command)
        case WatchAdded():
            return watches.added(answer, command)
        case WatchRemoved():
            return watches.removed(answer)
        case Muted():
            return watches.muted(answer)
        case Unmuted():
            return watches.unmuted(answer)
        case Steered():
            return rollout.steered(answer)
        case Reminder():
            return approvals.reminder(answer)
        case Declined():
            return approvals.declined(answer.change)
        case Problem():
            return errors.problem(answer, command)
        case Fault():
            return errors.fault(answer)
        case _:
            assert_never(answer)
