"""What holds changes back, as it survives a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.core.change import Person
    from bot.core.freezing import Freeze
    from bot.core.locking import Lock
    from bot.core.model import ServiceKey


class Holding(Protocol):
    """Locks and freezes by hand. Every move of one is a compare-and-set together with its audit row."""

    def lock(self, key: ServiceKey) -> Lock | None:
        """Return the lock of a Service, even one whose time is over."""
        ...

    def locks(self) -> Sequence[Lock]:
        """Return all locks, oldest first."""
        ...

    def take_lock(self, lock: Lock, former: Lock | None, event: str) -> bool:
        """Put `lock` in the place of `former`; False if that, or that there is none, is no longer so."""
        ...

    def end_lock(self, lock: Lock, actor: Person | None, reason: str = "") -> bool:
        """Remove a lock; False if it is gone. No actor means Knobot itself."""
        ...

    def claim_nag(self, lock: Lock, at: datetime) -> bool:
        """Note that a lock is asked about now; False if another process did it first, or the lock is gone."""
        ...

    def freezes(self) -> Sequence[Freeze]:
        """Return the freezes by hand, oldest first, even those whose time is over."""
        ...

    def put_freeze(self, freeze: Freeze) -> None:
        """Freeze a namespace, in the place of a freeze of it that there may be."""
        ...

    def end_freeze(self, freeze: Freeze, actor: Person | None, channel: str, reason: str = "") -> bool:
        """Remove a freeze; False if it is gone. No actor means Knobot itself."""
        ...
