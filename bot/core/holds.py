"""What keeps a change from being made now although the rules allow it.

It is looked at when somebody asks for the change, when somebody approves it, and before it is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.errors import Refused
from bot.core.locking import Lock

if TYPE_CHECKING:
    from datetime import datetime

    from bot.core.change import Person


@dataclass(frozen=True, slots=True)
class Holds:
    """What holds changes of one Service back."""

    lock: Lock | None = None

    def stops(self, person: Person) -> bool:
        """Whether a change that `person` asks for is held back."""
        return self.lock is not None and self.lock.owner != person


NOTHING = Holds()


class Held(Refused):
    """The rules would let this person, but a lock does not let it happen now."""

    code = "held"


def check(holds: Holds, person: Person, now: datetime) -> None:
    """Let a change pass that `person` asked for.

    Raises:
        Held: something holds it back.
    """
    if holds.lock and holds.stops(person):
        name = holds.lock.key.name
        raise Held(f"{holds.lock.sentence(now)}.", f"Ask them, or take the lock over: `lock {name} --steal`.")
