"""What the core's use cases need from the world, as Protocols; adapters stand behind them, fakes in tests.

All of them may raise `errors.Unavailable`; each method names what else it raises.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.core.change import Person

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from bot.core.answers import Answer
    from bot.core.change import Change
    from bot.core.model import Pod, Revision, Service, ServiceKey, Snapshot
    from bot.core.plan import Plan
    from bot.core.policy import Actor
    from bot.core.schedule import Schedule
    from bot.core.subscriptions import Digest


@dataclass(frozen=True, slots=True)
class Response:
    """What the ingress answered to one request: HTTP status, body as text, seconds it took."""

    status: int
    body: str
    seconds: float


class Knative(Protocol):
    """Knative on one or several clusters, by the names that the configuration gives them."""

    def snapshot(self, key: ServiceKey) -> Snapshot:
        """Read one Service with its Revisions, newest first; a Service that is not there is None in it."""
        ...

    def services(self, cluster: str, namespace: str) -> Sequence[Service]:
        """List the Services of a namespace by name."""
        ...

    def revisions(self, cluster: str, namespace: str) -> Sequence[Revision]:
        """List the Revisions of all Services of a namespace, newest first."""
        ...

    def pods(self, key: ServiceKey, revision: str | None = None) -> Sequence[Pod]:
        """List the pods of a Service, or of one Revision of it, newest first."""
        ...

    def logs(self, key: ServiceKey, revision: str, lines: int) -> Sequence[str]:
        """Return the last lines that the serving containers of a Revision wrote, oldest first; may be empty."""
        ...

    def apply(self, plan: Plan) -> Service:
        """Write `plan` as one conditional request and return the Service as written.

        Recognises a write of this very plan that already happened and returns the Service then.

        Raises:
            Stale: the object is no longer the plan's base. Invalid: Knative's webhook refused it. Refused: RBAC did.
        """
        ...

    def applied(self, plan: Plan) -> Service | None:
        """Return the Service if it carries the write of `plan` as its last one by Knobot, else None."""
        ...

    def fetch(self, service: Service, path: str, count: int, tag: str | None = None) -> Sequence[Response]:
        """Send `count` GET requests for `path` through the ingress to the Service, or to one tag's address."""
        ...


@dataclass(frozen=True, slots=True)
class Addressee:
    """Where one person waits for an answer. `reply` is an opaque handle of the edge (a response_url); never stored."""

    person: Person
    channel: str
    reply: str | None = None


class Channel(Protocol):
    """Where Knobot speaks. Answers are values; how they look is decided behind this port."""

    def answer(self, to: Addressee, answer: Answer, *, public: bool = False) -> None:
        """Answer one person, so that only they see it, or everybody in the channel if `public`."""
        ...

    def post(self, channel: str, answer: Answer) -> str:
        """Post a message and return its ts.

        Raises:
            Refused: Knobot is not in the channel or may not write there (code "not-in-channel").
        """
        ...

    def update(self, channel: str, ts: str, answer: Answer) -> None:
        """Replace the message that `post` returned; a message deleted meanwhile is left at that."""
        ...


class Directory(Protocol):
    """Who people are."""

    def actor(self, person: Person) -> Actor:
        """Return what Slack knows of a person now; an unknown or deactivated person is no member."""
        ...


class Store(Protocol):
    """What must survive a restart: changes, the audit log, digests. Every move is a compare-and-set."""

    def add(self, change: Change) -> None:
        """Store a new change together with its audit row."""
        ...

    def change(self, identity: str) -> Change | None:
        """Return a change by its id."""
        ...

    def move(self, before: Change, after: Change, event: str) -> bool:
        """Replace `before` by `after` and write the audit row, both or neither.

        Returns:
            False, with nothing written, if the stored version is no longer `before.version`.
        """
        ...

    def seen(self, identity: str, ts: str, version: int) -> bool:
        """Note the message that shows a change, and the version that it tells of; no move of it.

        Returns:
            False, if the change has moved on meanwhile: the message may have replaced one that told of it.
        """
        ...

    def unseen(self, since: datetime) -> Sequence[Change]:
        """Return the changes asked for after `since` whose message is missing or tells of an older version."""
        ...

    def unfinished(self, key: ServiceKey | None = None) -> Sequence[Change]:
        """Return the changes that have not ended, oldest first; of one Service, or of all."""
        ...

    def pending(self, channels: Iterable[str] | None = None) -> Sequence[Change]:
        """Return the changes that wait for approval, oldest first."""
        ...

    def last_written(self, key: ServiceKey) -> Change | None:
        """Return the change of this Service that was written last, however it went afterwards."""
        ...

    def history(self, key: ServiceKey, count: int) -> Sequence[Change]:
        """Return the last `count` changes of a Service, newest first, however they went."""
        ...

    def refused(self, person: Person, channel: str, text: str, reason: str, at: datetime) -> None:
        """Write an audit row for a wish that the rules refused."""
        ...

    def add_digest(self, digest: Digest) -> None:
        """Store a digest; its id is free to choose."""
        ...

    def remove_digest(self, channel: str, identity: str) -> bool:
        """Remove a digest of a channel; False if there is none."""
        ...

    def digests(self, channel: str | None = None) -> Sequence[Digest]:
        """Return the digests of a channel, or all, in the order in which they were added."""
        ...

    def claim_digest(self, digest: Digest, next_at: datetime) -> bool:
        """Move a digest's next time on; False if another process did it first."""
        ...


class Calendar(Protocol):
    """When schedules are due: daylight saving and month lengths are a library's business."""

    def next_time(self, schedule: Schedule, timezone: str, after: datetime) -> datetime:
        """Return the first time of `schedule` after `after`, with its offset.

        Raises:
            Invalid: there is no such time zone.
        """
        ...


class Clock(Protocol):
    """The time, and an identity nobody can guess."""

    def now(self) -> datetime:
        """Return the present time, in UTC."""
        ...

    def token(self) -> str:
        """Return a new random opaque id."""
        ...
