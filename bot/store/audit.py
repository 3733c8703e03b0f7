"""The audit log: a chain of rows that is only ever continued.

Each row carries the hash of the one before it and of itself, so that a row that was changed, left out or put in shows.
The database refuses to change or delete rows by triggers; the chain also tells of somebody who went around them. Rows
cut off at the end leave a shorter chain that is right in itself: against that, keep the head that `verify` returns
somewhere else.

No value of an environment variable, no token and no address to answer to is ever in it: it is meant to be handed on.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from bot.core import traffic
from bot.core.freezing import Freeze
from bot.store.database import Database
from bot.store.schema import audit, storable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from typing import Self

    from sqlalchemy import Connection

    from bot.core.change import Change, Person
    from bot.core.model import ServiceKey
    from bot.core.plan import Plan

PAGE = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One row.

    `at` is RFC 3339 in UTC, text because it is what was hashed. `event` is "asked", "refused", "turned-away", what
    moved the change, or what held changes back or let them go; `change`, `version` and `state` tell how far that got
    the change, `plan` is the plan's id. No actor means Knobot itself. `text` is the command as typed, secrets hidden;
    `summary` is what the plan changes, `reason` why it went so.
    """

    event: str
    at: str
    channel: str
    actor_team: str | None = None
    actor_user: str | None = None
    change: str | None = None
    version: int | None = None
    state: str | None = None
    plan: str | None = None
    cluster: str | None = None
    namespace: str | None = None
    service: str | None = None
    text: str = ""
    summary: str = ""
    reason: str = ""
    number: int = 0
    former: str = ""
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found: `rows` are right from the beginning, `head` is the hash of the last of them.

    `fault` says what is wrong with the row after them, "" when nothing is.
    """

    rows: int
    head: str
    fault: str = ""


class Audit:
    """Reading the log."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the log of the database at `url` for reading; nothing is made or migrated.

        Raises:
            Invalid: the URL is none of a database. NotFound: there is no log. Unavailable: it does not answer.
        """
        return cls(Database(url, existing=True))

    def close(self) -> None:
        self._database.close()

    def export(self) -> Iterator[Entry]:
        """Yield every row, oldest first, without holding a transaction in between.

        Raises:
            Unavailable: the database did not answer.
        """
        last = 0
        while True:
            page = select(audit).where(audit.c.number > last).order_by(audit.c.number).limit(PAGE)
            with self._database.read() as connection:
                rows = connection.execute(page).mappings().all()
            if not rows:
                return
            yield from (Entry(**row) for row in rows)
            last = rows[-1]["number"]

    def verify(self, known: str | None = None) -> Verdict:
        """Walk the whole chain and return how far it is right.

        Args:
            known: a head that was returned before; the row with it must still be there.

        Raises:
            Unavailable: the database did not answer.
        """
        rows, head, met = 0, "", known is None
        for entry in self.export():
            if entry.number != rows + 1:
                return Verdict(rows, head, f"Row {rows + 1} is missing.")
            if entry.former != head:
                return Verdict(rows, head, f"Row {entry.number} does not follow the row before it.")
            if entry.hash != _hash(entry):
                return Verdict(rows, head, f"Row {entry.number} was changed after it was written.")
            rows, head = entry.number, entry.hash
            met = met or head == known
        return Verdict(rows, head, "" if met else f"No row has the head {known}: rows were cut off or replaced.")


def moved(change: Change, event: str, actor: Person | None, at: datetime) -> Entry:
    """Return the row for what `event` made of a change."""
    plan = change.plan
    return Entry(
        event,
        _text(at),
        plan.request.channel,
        actor.team if actor else None,
        actor.user if actor else None,
        change=change.id,
        version=change.version,
        state=change.state.value,
        plan=plan.id,
        cluster=plan.key.cluster,
        namespace=plan.key.namespace,
        service=plan.key.name,
        text=plan.request.text,
        summary=summary(plan),
        reason=change.reason,
    )


def refused(person: Person, channel: str, wish: str, reason: str, at: datetime) -> Entry:
    """Return the row for a wish that the rules refused; `wish` is the command as typed, secrets hidden."""
    return Entry("refused", _text(at), channel, person.team, person.user, text=wish, reason=reason)


def turned_away(
    reasons: Mapping[str, int], sources: Sequence[str], since: datetime, until: datetime, at: datetime
) -> Entry:
    """Return the row for all that was turned away for a while, before anybody was known by it."""
    counted = sorted(reasons.items(), key=lambda each: (-each[1], each[0]))
    came = f"from {', '.join(sources)}; " if sources else ""
    return Entry(
        "turned-away",
        _text(at),
        "",
        summary="; ".join(f"{reason}: {count}" for reason, count in counted),
        reason=f"{came}the first at {_text(since)}, the last at {_text(until)}",
    )


def held(
    event: str, where: ServiceKey | Freeze, actor: Person | None, channel: str, reason: str, at: datetime
) -> Entry:
    """Return the row for what holds changes back, or does so no longer: "lock", "steal", "unlock", "freeze", "thaw"."""
    return Entry(
        event,
        _text(at),
        channel,
        actor.team if actor else None,
        actor.user if actor else None,
        cluster=where.cluster,
        namespace=where.namespace,
        service=None if isinstance(where, Freeze) else where.name,
        reason=reason,
    )


def append(connection: Connection, entry: Entry) -> None:
    """Continue the chain within a write."""
    last = connection.execute(select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)).first()
    number, former = (last.number + 1, last.hash) if last else (1, "")
    # What is hashed is what the database will give back.
    row: dict[str, Any] = {
        name: storable(value) if isinstance(value, str) else value for name, value in asdict(entry).items()
    }
    linked = Entry(**{**row, "number": number, "former": former})
    connection.execute(insert(audit).values(**asdict(replace(linked, hash=_hash(linked)))))


def summary(plan: Plan) -> str:
    """Say what a plan changes: traffic and images with their values, everything else by its name only."""
    found = []
    if plan.moves_traffic:
        before = _shares(traffic.percents(plan.before.traffic)) if plan.before else "nothing"
        found.append(f"traffic {before} → {_shares(traffic.percents(plan.after.traffic))}")
    for change in plan.changes:
        told = change.what == "image"
        found.append(f"image {change.before or 'none'} → {change.after or 'none'}" if told else change.what)
    if plan.override:
        found.append(f"overrides a freeze: {plan.override}")
    return "; ".join(found) or plan.verb


def _shares(percents: dict[str, int]) -> str:
    return ", ".join(f"{where} {percent}%" for where, percent in percents.items()) or "nothing"


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _hash(entry: Entry) -> str:
    """Return the SHA-256 of the row as JSON with sorted keys and no blanks, the hash itself left out."""
    document = {name: value for name, value in asdict(entry).items() if name != "hash"}
    # A row that was tampered with may hold what is no JSON.
    told = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=repr)
    return hashlib.sha256(told.encode()).hexdigest()
