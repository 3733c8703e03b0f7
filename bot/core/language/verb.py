"""What a row of the COMMANDS table is, and the flags that most rows share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from bot.core.commands import Command
from bot.core.language.reader import Flag, Reader


class Kind(Enum):
    """What a verb does; policies may name kinds in place of verbs."""

    LOOK = "look"
    CHANGE = "change"
    GUARD = "guard"
    TALK = "talk"


@dataclass(frozen=True, slots=True)
class Verb:
    """One row of the table. `usage` is without the slash command's name; `examples` are whole lines without it."""

    name: str
    kind: Kind
    usage: str
    summary: str
    examples: tuple[str, ...]
    read: Callable[[Reader], Command]
    flags: tuple[Flag, ...] = ()
    aliases: tuple[str, ...] = ()


DRY_RUN = Flag(("--dry-run",), None, "only say what would change: the cluster checks it, and nothing is written")
"""What all verbs that change something take."""

FRESH = Flag(("--fresh",), None, "ask the cluster, whatever Knobot knows from watching it")
"""What all verbs that look take."""

AREA = (
    Flag(("--namespace", "-n"), "NAMESPACE", "another namespace than the channel's own"),
    Flag(("--cluster",), "CLUSTER", "another cluster than the channel's own"),
)

FORCE = Flag(("--force",), None, "make it although another tool decides about it, if you may")
OVERRIDE = Flag(("--override",), "REASON", "make it in spite of a freeze, if you may; the reason is kept")
"""What every verb that changes something takes beside its own flags."""

SERVICE = (*AREA, Flag(("--service", "-s"), "SERVICE", "the Service, as knctl names it"))
SERVICE = (*AREA, Flag(("--service", "-s", "--route"), "SERVICE", "the Service, as knctl names it"))
