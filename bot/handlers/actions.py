"""Buttons. What a button says is its action_id; its value only points at something, and gives no right to it.

It is the id of a change or lock, or for the traffic pad the name of a Service with the generation that the person saw,
or a command that the button types.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.core.commands import Abort, Address, Pause, Promote, Resume, Steer
from bot.core.errors import NotFound
from bot.core.pad import Nudge, Seen
from bot.handlers.boundary import guarded

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import App

    from bot.core.ports import Addressee
    from bot.operations import Operations

LONGEST = 256
"""Characters of what a button carries: the id of a change, or the name of a Service with its generation."""
REPLAY = re.compile(r"replay-[a-z0-9-]{1,40}\Z")
"""Buttons that type a command. Whoever presses one could type the same: it gives no rights, wherever it comes from."""
LONGEST_LINE = 2000
"""Characters of the value of a button in Slack."""
STEERING: dict[str, Callable[[Address], Steer]] = {
    "promote": Promote,
    "skip": partial(Promote, skip=True),
    "pause": Pause,
    "resume": Resume,
    "abort": Abort,
}
"""The buttons of a rollout in steps, and the command that each of them gives."""


def register(app: App, operations: Operations) -> None:
    """Listen to the buttons of cards and locks."""
    buttons: dict[str, Callable[[str, Addressee], None]] = {
        "approve": operations.approve,
        "confirm": operations.confirm,
        "decline": operations.decline,
        "withdraw": operations.withdraw,
        "again": operations.again,
        "undo": operations.undo,
        "steal": operations.steal,
        "unlock": operations.unlock,
        **{action_id: _steering(operations, wish) for action_id, wish in STEERING.items()},
        "stop-logs": operations.stop_logs,
    }
    for action_id, press in buttons.items():
        app.action(action_id)(guarded(operations, _pressing(operations, press)))
    for nudge in Nudge:
        app.action(f"pad-{nudge.value}")(guarded(operations, _nudging(operations, nudge)))
    app.action(REPLAY)(guarded(operations, _replaying(operations)))


def _steering(operations: Operations, wish: Callable[[Address], Steer]) -> Callable[[str, Addressee], None]:
    # The card knows which Service it is about; the name is never looked at.
    return lambda pressed, to: operations.steer(pressed, wish(Address("")), to)


def _pressing(
    operations: Operations, press: Callable[[str, Addressee], None]
) -> Callable[[dict[str, Any], Addressee], None]:
    def work(body: dict[str, Any], to: Addressee) -> None:
        identity = value(body)
        press(identity, to if to.channel else operations.homes.placed(identity, to))

    return work


def _nudging(operations: Operations, nudge: Nudge) -> Callable[[dict[str, Any], Addressee], None]:
    def work(body: dict[str, Any], to: Addressee) -> None:
        seen = Seen.parse(value(body))
        if seen is None or not to.channel:
            raise NotFound("Knobot does not know this button.", "`status` has a new one.", code="unknown-button")
        operations.press(nudge, seen, to)

    return work


def _replaying(operations: Operations) -> Callable[[dict[str, Any], Addressee], None]:
    def work(body: dict[str, Any], to: Addressee) -> None:
        match body.get("actions"):
            case [{"value": str(line)}] if line and len(line) <= LONGEST_LINE and to.channel:
                operations.submit(line, to)
            case _:
                raise NotFound("Knobot does not know this button.", "Type what you want.", code="unknown-button")

    return work


def value(body: dict[str, Any]) -> str:
    """Return the value of the button that was pressed; what a client made up is no id of any change."""
    match body.get("actions"):
        case [{"value": str(carried)}] if carried.isascii() and 0 < len(carried) <= LONGEST:
            return carried
        case _:
            raise NotFound("Knobot does not know this change.", "Ask for it again.", code="unknown-change")
