"""Revisions, newest first, in knctl's columns: traffic and tags by status, conditions as `N OK / M`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.blocks import images, mrkdwn
from bot.blocks.columns import columns
from bot.blocks.message import LISTING, ROWS, Message, compose, prose, small
from bot.core import duration, references, retention, template
from bot.core.counting import counted
from bot.core.model import Snapshot, Truth
from bot.core.traffic import shares

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.core.answers import RevisionTable
    from bot.core.model import Revision, Service

HEAD = ("NAME", "TRAFFIC", "CONDITIONS", "AGE")
SOON = timedelta(days=2)
"""What may be collected within this time is said."""
SYSTEM = (".knative.dev", ".kubernetes.io", ".k8s.io", "knobot.dev")
"""Ends of the domains of annotations that say nothing to people."""


def revisions(answer: RevisionTable, command: str) -> Message:
    """Return the table of Revisions."""
    where = mrkdwn.bold(str(answer.key) if answer.key else answer.namespace)
    if not answer.revisions:
        hint = mrkdwn.code(f"{command} services {answer.namespace}")
        return compose(f"There are no Revisions in {where}.", prose(f"{hint} lists the Services."))
    words = _words(answer)
    rows = []
    for revision in answer.revisions[:ROWS]:
        service = answer.services.get(revision.service)
        cells = (revision.name, _traffic(revision, service), conditions(revision))
        below = (*words.get(revision.name, ()), _keeping(answer, revision), *_below(revision, service))
        rows.append(((*cells, duration.words(answer.now - revision.created)), below))
    count = len(answer.revisions)
    headline = f"{where}: {counted(count, 'Revision')}, newest first"
    return compose(headline, columns(HEAD, rows, count - len(rows)), small(*_warning(answer)), room=LISTING)


def conditions(revision: Revision) -> str:
    """Count as knctl does; informational ones say nothing about health: one scaled to zero has Active False."""
    judged = [condition for condition in revision.conditions if not condition.informational]
    return f"{sum(condition.status is Truth.TRUE for condition in judged)} OK / {len(judged)}"


def marks(revision: Revision) -> Iterator[str]:
    """Yield what people have noted on a Revision, such as version=1.3.3; secrets are hidden."""
    for name, value in revision.annotations.items():
        if not name.partition("/")[0].endswith(SYSTEM):
            yield f"{name}={template.HIDDEN if template.secret(name, value) else value}"


def _words(answer: RevisionTable) -> dict[str, list[str]]:
    """Return Revision → the words by which it may be called, of one Service: they are clearer than numbers."""
    found: dict[str, list[str]] = {}
    service = answer.services.get(answer.key.name) if answer.key else None
    if answer.key and service:
        snapshot = Snapshot(answer.key, service, answer.revisions)
        for word, find in (
            ("latest", references.latest),
            ("previous", references.previous),
            ("stable", references.stable),
        ):
            if revision := find(snapshot):
                found.setdefault(revision.name, []).append(word)
    return found


def _traffic(revision: Revision, service: Service | None) -> str:
    percent = shares(service.routed, service.latest_ready or "").get(revision.name, 0) if service else 0
    return f"{percent}%" if percent else "–"


def _below(revision: Revision, service: Service | None) -> tuple[str, ...]:
    tags = (
        [target.tag for target in service.routed if target.tag and target.revision == revision.name] if service else []
    )
    ready = revision.condition("Ready")
    reason = ready.reason if ready and ready.status is not Truth.TRUE else ""
    pinned = images.digest(revision.digest) if revision.digest and "@" not in revision.image else ""
    return f"tags {', '.join(tags)}" if tags else "", reason, *marks(revision), images.image(revision.image), pinned


def _keeping(answer: RevisionTable, revision: Revision) -> str:
    """Say whether a Revision is kept for ever, or may be gone soon."""
    if retention.kept(revision):
        return "kept"
    when = answer.collected.get(revision.name)
    return collection(when, answer.now) if when and when - answer.now < SOON else ""


def collection(when: datetime, now: datetime) -> str:
    """Say from when on Knative may delete a Revision that no route names."""
    return "may be deleted at any time" if when <= now else f"may be deleted in {duration.words(when - now)}"


def _warning(answer: RevisionTable) -> Iterator[str]:
    if any(when - answer.now < SOON for when in answer.collected.values()):
        yield (
            "Knative deletes old Revisions that no traffic or tag names: "
            f"a tag keeps one, and so does its annotation {mrkdwn.code(f'{retention.NO_GC}=true')}."
        )
