"""Buttons. What a button says is its action_id; what it is about is an id, which only points at a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.core.errors import NotFound
from bot.handlers.boundary import guarded

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import App

    from bot.core.ports import Addressee
    from bot.operations import Operations

LONGEST = 64
"""Characters of a change's id; ids are shorter."""


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
    }
    for action_id, press in buttons.items():
        app.action(action_id)(guarded(operations, _pressing(press)))


def _pressing(press: Callable[[str, Addressee], None]) -> Callable[[dict[str, Any], Addressee], None]:
    def work(body: dict[str, Any], to: Addressee) -> None:
        press(_value(body), to)

    return work


def _value(body: dict[str, Any]) -> str:
    """Return the value of the button that was pressed; what a client made up is no id of any change."""
    match body.get("actions"):
        case [{"value": str(value)}] if value.isascii() and 0 < len(value) <= LONGEST:
            return value
        case _:
            raise NotFound("Knobot does not know this change.", "Ask for it again.", code="unknown-change")
