"""The way back of a plan about another object than the Service: a domain that was given or taken, a Revision's notes.

What the plan made is deleted, what it deleted is made again, and what it changed is changed back, if the object is
still as the plan has left it. What is the cluster's, or cannot be made again, has no way back; see `plan.undoable`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core import domains
from bot.core.errors import Invalid, Stale
from bot.core.model import ObjectKind
from bot.core.plan import GONE, UNDO, Base, Plan, Request, sealed, undoable
from bot.core.policy import WHOLE
from bot.core.staleness import decided, wished
from bot.core.template import Change

if TYPE_CHECKING:
    from bot.core.model import Stored


def undo(former: Plan, found: Stored | None, request: Request) -> Plan:
    """Return the plan that takes `former` back. Who asks for it needs the right to the verb of `former` too.

    Args:
        former: the plan to take back, as applied.
        found: the object that it was about as it is now, None where it is gone.
        request: who asks.

    Raises:
        Invalid: it cannot be taken back. Stale: somebody has changed the object since.
    """
    if not undoable(former):
        raise Invalid(f"“{former.request.text}” cannot be taken back.", _instead(former))
    left = None if former.deletes else wished(former.after.document)
    if left != (decided(former, found) if found and not found.deleting else None):
        raise Stale(
            f"{former.subject} was changed after “{former.request.text}”, so undoing that would undo more.",
            f"`status {former.key.name}` and `domains` show what is there now.",
        )
    made = former.before is None and not former.deletes
    return sealed(
        replace(
            former,
            verb=UNDO,
            request=request,
            base=Base(found.uid, found.generation, found.resource_version) if found else None,
            before=None if former.deletes else former.after,
            after=former.before or GONE,
            changes=tuple(
                Change(each.what, each.after, each.before) for each in former.changes if each.what != domains.CLAIMED
            ),
            notes=(f"{former.subject.split()[-1]} stays claimed.",) if WHOLE in former.also else (),
            loses=(domains.loss(former),) if made else (),
            also=former.also if former.verb == UNDO else (former.verb,),
            undoes=former.id,
            override="",
        )
    )


def _instead(former: Plan) -> str:
    """Say what to do about a change that has no way back."""
    match former.about.kind if former.about else None:
        case ObjectKind.REVISION:
            return f"The Revision is gone for good: `rollback {former.key.name}` goes back to another one."
        case ObjectKind.BUILD_RUN:
            return f"It has changed nothing yet but a registry; `history {former.key.name}` lists the changes."
        case _:
            return "Ask for the opposite instead."
