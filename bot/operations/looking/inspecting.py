"""A close look at one Service: itself, one Revision of it, logs, events, what differs between two Revisions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.core.answers import Comparison, EventTable, LogLines, RevisionStatus, ServiceStatus
from bot.core.errors import NotFound
from bot.core.references import current, find, notes
from bot.core.retention import collected
from bot.core.template import Change as Difference
from bot.core.template import canonical, differences
from bot.operations.holding import holding
from bot.operations.looking.asking import snapshot_of
from bot.operations.retention import retention_of

if TYPE_CHECKING:
    from bot.core.commands import Diff, Events, Logs, OneRevision, Status
    from bot.core.model import Revision, Snapshot
    from bot.core.ports import Addressee
    from bot.operations.world import World

SCALING = "autoscaling.knative.dev"
"""The domain of those annotations of Knative that people set."""
LONGEST_LOG = 1000
"""How many lines are searched."""


def status(world: World, command: Status, to: Addressee, text: str) -> ServiceStatus:
    snapshot, _ = snapshot_of(world, command.service, command.verb, to, text)
    return ServiceStatus(
        snapshot,
        tuple(world.knative.pods(snapshot.key)),
        world.clock.now(),
        holding(world, snapshot.key),
        world.store.last_written(snapshot.key),
    )


def revision(world: World, command: OneRevision, to: Addressee, text: str) -> RevisionStatus:
    snapshot, service = snapshot_of(world, command.service, command.verb, to, text)
    found, now = find(command.reference, snapshot), world.clock.now()
    pods = tuple(world.knative.pods(snapshot.key, found.name))
    gone = collected(snapshot.revisions, service.latest_ready, retention_of(world, snapshot.key.cluster), now)
    return RevisionStatus(service, found, differences(None, _template(found)), pods, now, gone.get(found.name))


def logs(world: World, command: Logs, to: Addressee, text: str) -> LogLines:
    """Read more lines than are asked for when only some of them count."""
    snapshot, _ = snapshot_of(world, command.service, command.verb, to, text)
    revision = find(command.revision, snapshot) if command.revision else _speaking(snapshot)
    wanted = command.grep
    count = LONGEST_LOG if wanted else command.lines
    read = world.knative.logs(snapshot.key, revision.name, count, command.since)
    lines = [line for line in read if wanted is None or wanted in line]
    told = notes(command.revision, snapshot) if command.revision else ()
    return LogLines(snapshot.key, revision.name, tuple(lines[-command.lines :]), wanted, command.since, told)


def _speaking(snapshot: Snapshot) -> Revision:
    """Return the Revision whose logs are meant where none is named: the one with most traffic, else the newest."""
    found = current(snapshot) or next(iter(snapshot.revisions), None)
    if found is None:
        raise NotFound(f"{snapshot.key.name} has no Revision yet.", "`status` tells why.")
    return found


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
    changes = differences(_template(before), _template(after))
    told = dict.fromkeys((*notes(command.before, snapshot), *notes(command.after, snapshot)))
    return Comparison(snapshot.key, before.name, after.name, (*changes, *_rebuilt(before, after)), tuple(told))


def _template(revision: Revision) -> str:
    """Return the template that a Revision was made from, as far as people set it: Knative's own marks are left out."""
    metadata = {
        "annotations": {key: value for key, value in revision.annotations.items() if _set(key)},
        "labels": {key: value for key, value in revision.labels.items() if _set(key)},
    }
    return canonical({"metadata": metadata, "spec": json.loads(revision.spec)})


def _set(key: str) -> bool:
    domain = key.partition("/")[0] if "/" in key else ""
    return not domain.endswith((".knative.dev", ".kubernetes.io", ".k8s.io", "knobot.dev")) or domain == SCALING


def _rebuilt(before: Revision, after: Revision) -> tuple[Difference, ...]:
    """Say it when one name of an image has led to two images."""
    if before.image != after.image or before.digest == after.digest:
        return ()
    return (Difference("image digest", before.digest, after.digest),)
