"""What keeps a change from being made now although the rules allow it: a lock of the Service, or a freeze.

It is looked at when somebody asks for the change, when somebody approves it, and before it is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.errors import Refused
from bot.core.freezing import Frozen
from bot.core.locking import Lock
from bot.core.policy import belongs

if TYPE_CHECKING:
    from datetime import datetime

    from bot.core.policy import Actor, Policy


@dataclass(frozen=True, slots=True)
class Holds:
    """What holds changes of one Service back."""

    lock: Lock | None = None
    freezes: tuple[Frozen, ...] = ()

    def locked(self, actor: Actor) -> bool:
        """Whether somebody else than `actor` has locked it."""
        return self.lock is not None and self.lock.owner != actor.person

    def stops(self, actor: Actor, override: str, policy: Policy) -> bool:
        """Whether a change that `actor` asks for is held back, although they `override` what they may."""
        return self.locked(actor) or bool(self.closed(actor, policy) if override else self.freezes)

    def closed(self, actor: Actor, policy: Policy) -> tuple[Frozen, ...]:
        """Return the freezes that `actor` may not override."""
        return tuple(
            freeze for freeze in self.freezes if not any(belongs(actor, group, policy) for group in freeze.override)
        )


NOTHING = Holds()


class Held(Refused):
    """The rules would let this person, but a lock or a freeze does not let it happen now."""

    code = "held"


def check(holds: Holds, subject: str, actor: Actor, override: str, policy: Policy, now: datetime) -> tuple[str, ...]:
    """Let a change of `subject` pass that `actor` asks for; `override` is why no freeze shall hold it, or "".

    Returns:
        What a person should know who reads the plan: which freezes are overridden and why.

    Raises:
        Held: something holds it back.
    """
    if holds.lock and holds.locked(actor):
        name = holds.lock.key.name
        raise Held(f"{holds.lock.sentence(now)}.", f"Ask them, or take the lock over: `lock {name} --steal`.")
    closed = holds.closed(actor, policy)
    for freeze in closed or (() if override else holds.freezes):
        raise Held(f"{subject} is {freeze}.", _way_out(freeze, may=not closed))
    return tuple(f"It is {freeze}. Overridden: {override}" for freeze in holds.freezes)


def _way_out(freeze: Frozen, *, may: bool) -> str:
    if may:
        return "If it cannot wait, say why: `--override “reason”`."
    if freeze.override:
        return f"If it cannot wait: people of {' or '.join(freeze.override)} may override it, by `--override “reason”`."
    return "Nobody may override it." if freeze.window else "`thaw` ends it."
