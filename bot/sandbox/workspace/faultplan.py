"""POST /sandbox/faults: reads what should go wrong, and plants it where it will."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, get_args

from bot.sandbox.workspace.errors import ControlError
from bot.sandbox.workspace.faults import Fault, FaultKind
from bot.sandbox.workspace.sockets import DisconnectReason

if TYPE_CHECKING:
    from bot.sandbox.workspace.faults import Faults
    from bot.sandbox.workspace.outbox import Outbox
    from bot.sandbox.workspace.sockets import SocketMode

KINDS = (*FaultKind, "drop_sockets", "refuse_sockets", "disconnect", "lose_acks", "clear")

_TYPES: dict[str, type | tuple[type, ...]] = {
    "method": str,
    "count": int,
    "retry_after": int,
    "error": str,
    "code": int,
    "seconds": (int, float),
}


def plant(faults: Faults, sockets: SocketMode, outbox: Outbox, kind: str, options: dict[str, Any]) -> None:
    """Let Slack fail in this way; ControlError says what is wrong with the wish."""
    match kind:
        case "clear":
            faults.clear()
            sockets.refuse(0)
            outbox.lose_acks(0)
        case "drop_sockets":
            sockets.drop()
        case "refuse_sockets":
            sockets.refuse(float(_checked(options, "seconds").get("seconds", 5.0)))
        case "lose_acks":
            outbox.lose_acks(int(_checked(options, "count").get("count", 1)))
        case "disconnect":
            reason = options.get("reason", "refresh_requested")
            if reason not in get_args(DisconnectReason):
                raise ControlError(f"reason must be one of {', '.join(get_args(DisconnectReason))}")
            sockets.disconnect(reason)
        case _ if kind in tuple(FaultKind):
            known = {field.name for field in fields(Fault)} - {"kind"}
            faults.plant(Fault(kind=FaultKind(kind), **_checked(options, *known)))
        case _:
            raise ControlError(f"kind must be one of {', '.join(KINDS)}")


def _checked(options: dict[str, Any], *known: str) -> dict[str, Any]:
    for name, value in options.items():
        if name not in known:
            raise ControlError(f"unknown option {name}; known are {', '.join(sorted(known))}")
        if not isinstance(value, _TYPES[name]):
            raise ControlError(f"{name} has the wrong type")
    return options
