"""Revisions, newest first, in knctl's columns: traffic and tags by status, conditions as `N OK / M`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.blocks import images, mrkdwn
from bot.blocks.columns import columns, fitting
from bot.blocks.message import LISTING, Message, compose, prose, small
from bot.core import duration, references, retention, template
from bot.core.counting import counted
from bot.core.model import Snapshot, Truth
from bot.core.traffic import shares

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from bot.core.answers import RevisionTable
    from bot.core.model import Revision, Service

HEAD = ("NAME", "TRAFFIC", "OK", "AGE")
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
    rows = fitting((_cells(answer, revision), _below(answer, revision, words)) for revision in answer.revisions)
    total = len(answer.revisions) + answer.older
    headline = f"{where}: {counted(total, 'Revision')}, newest first"
    return compose(headline, columns(HEAD, rows, total - len(rows)), small(*_warning(answer)), room=LISTING)


def _cells(answer: RevisionTable, revision: Revision) -> tuple[str, ...]:
    traffic = _traffic(revision, answer.services.get(revision.service))
    return revision.name, traffic, "/".join(map(str, _health(revision))), duration.words(answer.now - revision.created)


def _below(answer: RevisionTable, revision: Revision, words: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    told = _told(revision, answer.services.get(revision.service))
    return *words.get(revision.name, ()), _keeping(answer, revision), *told


def conditions(revision: Revision) -> str:
    """Count as knctl does."""
    good, all_of_them = _health(revision)
    return f"{good} OK / {all_of_them}"


def _health(revision: Revision) -> tuple[int, int]:
    """Count the conditions that are True, and all; informational ones say nothing: asleep, Active is False."""
    judged = [condition for condition in revision.conditions if not condition.informational]
    return sum(condition.status is Truth.TRUE for condition in judged), len(judged)


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


def _told(revision: Revision, service: Service | None) -> tuple[str, ...]:
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
