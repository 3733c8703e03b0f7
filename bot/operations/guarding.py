"""What holds changes back for a while: the verbs for it, and what becomes of it as time passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from bot.core.commands import Freeze, GuardCommand, Lock, Thaw, Unlock
from bot.operations import freezing, locking

if TYPE_CHECKING:
    from bot.core.ports import Addressee
    from bot.operations.world import World


def guard(world: World, command: GuardCommand, to: Addressee, text: str) -> None:
    """Do what `command` says.

    Raises:
        Refused: the policy says no, or it is somebody else's. NotFound: there is nothing to end.
    """
    match command:
        case Lock():
            locking.lock(world, command, to, text)
        case Unlock():
            locking.unlock(world, command, to, text)
        case Freeze():
            freezing.freeze(world, command, to, text)
        case Thaw():
            freezing.thaw(world, command, to, text)
        case _:
            assert_never(command)


def tick(world: World) -> None:
    """End what is over, and ask about locks that may have been forgotten."""
    locking.look_after(world)
    freezing.end_overdue(world)
