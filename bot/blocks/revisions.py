"""Revisions, newest first, in knctl's columns: traffic and tags by status, conditions as `N OK / M`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import images, mrkdwn
from bot.blocks.bars import shares
from bot.blocks.columns import columns
from bot.blocks.message import Message, compose, prose
from bot.core import duration
from bot.core.model import Truth

if TYPE_CHECKING:
    from bot.core.answers import RevisionTable
    from bot.core.model import Revision, Service

HEAD = ("NAME", "TRAFFIC", "CONDITIONS", "AGE")


def revisions(answer: RevisionTable, command: str) -> Message:
    """Return the table of Revisions."""
    where = mrkdwn.bold(str(answer.key) if answer.key else answer.namespace)
    if not answer.revisions:
        hint = mrkdwn.code(f"{command} services {answer.namespace}")
        return compose(f"There are no Revisions in {where}.", prose(f"{hint} lists the Services."))
    rows = []
    for revision in answer.revisions:
        service = answer.services.get(revision.service)
        cells = (revision.name, _traffic(revision, service), _conditions(revision))
        rows.append(((*cells, duration.words(answer.now - revision.created)), _below(revision, service)))
    count = len(answer.revisions)
    return compose(f"{where}: {count} Revision{'s' if count > 1 else ''}, newest first", columns(HEAD, rows))


def _traffic(revision: Revision, service: Service | None) -> str:
    percent = shares(service.routed, service.latest_ready or "").get(revision.name, 0) if service else 0
    return f"{percent}%" if percent else "–"


def _conditions(revision: Revision) -> str:
    """Count as knctl does; informational ones say nothing about health: one scaled to zero has Active False."""
    judged = [condition for condition in revision.conditions if not condition.informational]
    return f"{sum(condition.status is Truth.TRUE for condition in judged)} OK / {len(judged)}"


def _below(revision: Revision, service: Service | None) -> tuple[str, ...]:
    tags = (
        [target.tag for target in service.routed if target.tag and target.revision == revision.name] if service else []
    )
    ready = revision.condition("Ready")
    reason = ready.reason if ready and ready.status is not Truth.TRUE else ""
    pinned = images.digest(revision.digest) if revision.digest and "@" not in revision.image else ""
    return f"tags {', '.join(tags)}" if tags else "", reason, images.image(revision.image), pinned
