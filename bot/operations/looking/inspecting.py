"""A close look at one Service: its logs, its events, what differs between two Revisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.answers import Comparison, EventTable, LogLines
from bot.core.references import current, find
from bot.core.template import differences
from bot.operations.looking.asking import snapshot_of

if TYPE_CHECKING:
    from bot.core.commands import Diff, Events, Logs
    from bot.core.ports import Addressee
    from bot.operations.world import World

LONGEST_LOG = 1000
"""How many lines are searched."""


def logs(world: World, command: Logs, to: Addressee, text: str) -> LogLines:
    """Read more lines than are asked for when only some of them count."""
    snapshot, _ = snapshot_of(world, command.service, command.verb, to, text)
    revision = find(command.revision, snapshot) if command.revision else current(snapshot) or snapshot.revisions[0]
    wanted = command.grep
    count = LONGEST_LOG if wanted else command.lines
    read = world.knative.logs(snapshot.key, revision.name, count, command.since)
    lines = [line for line in read if wanted is None or wanted in line]
    return LogLines(snapshot.key, revision.name, tuple(lines[-command.lines :]), wanted, command.since)


def events(world: World, command: Events, to: Addressee, text: str) -> EventTable:
    """Leave out the oldest beyond the number asked for, and warnings last."""
    snapshot, _ = snapshot_of(world, command.service, command.verb, to, text)
    now = world.clock.now()
    about = find(command.revision, snapshot).name if command.revision else None
    revisions = [about] if about else [revision.name for revision in snapshot.revisions]
    found = [
        event
        for event in world.knative.events(snapshot.key, revisions)
        if (about is None or event.name == about or event.name.startswith(f"{about}-"))
        and (event.warning or not command.warnings)
        and (command.since is None or now - event.last <= command.since)
    ]
    by_weight = sorted(found, key=lambda event: not event.warning)
    kept = sorted(by_weight[: command.lines], key=lambda event: event.last, reverse=True)
    return EventTable(snapshot.key, tuple(kept), now, len(found) - len(kept), about, command.warnings)


def diff(world: World, command: Diff, to: Addressee, text: str) -> Comparison:
    snapshot, _ = snapshot_of(world, command.service, command.verb, to, text)
    before, after = find(command.before, snapshot), find(command.after, snapshot)
    changes = differences(f'{{"spec":{before.spec}}}', f'{{"spec":{after.spec}}}')
    return Comparison(snapshot.key, before.name, after.name, changes)
