"""What people see beside their channels: modals, each a value. How they look is decided in `blocks`.

A modal remembers where it was opened and what it is about in a `Ticket`, which travels through Slack and comes back
with each click. It is sealed for the person who opened it, since a channel that somebody else names is no place to ask
from: the policy has rules for channels.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.core.answers import Answer, Rehearsed
from bot.core.change import Change
from bot.core.errors import BotError
from bot.core.picking import Slot

if TYPE_CHECKING:
    from bot.core.change import Person


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a modal is about.

    `channel` and `thread` are where it was opened. `text` is the command that its button stands for, and `seen` the
    generation of the Service that was planned on, 0 for none.
    """

    channel: str
    thread: str | None = None
    text: str = ""
    seen: int | None = None


LONGEST = 3_000
"""Characters that Slack keeps for a modal."""


class Seal:
    """Closes tickets for a person and opens what it has closed, in any process that has the same key."""

    def __init__(self, secret: str) -> None:
        """Derive the key from a secret that all processes of one bot share, such as its token."""
        self._key = hashlib.sha256(f"knobot tickets {secret}".encode()).digest()

    def close(self, ticket: Ticket, person: Person) -> str:
        """Return `ticket` as text for `person`."""
        body = json.dumps([ticket.channel, ticket.thread, ticket.text, ticket.seen], separators=(",", ":"))
        return f"{self._sign(body, person)}{body}"

    def open(self, text: str, person: Person) -> Ticket | None:
        """Return the ticket that was closed for `person`, None for anything else."""
        signature, body = text[:SIGNATURE], text[SIGNATURE:]
        if not hmac.compare_digest(signature.encode(errors="replace"), self._sign(body, person).encode()):
            return None
        return Ticket(*json.loads(body))

    def _sign(self, body: str, person: Person) -> str:
        message = f"{person.team}/{person.user} {body}".encode(errors="replace")
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()[:SIGNATURE]


SIGNATURE = 32
"""Characters of a signature: 128 bits."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something is being looked up."""


@dataclass(frozen=True, slots=True)
class Told:
    """An answer that is read in a modal."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class PickPanel:
    """The picker: a verb, and what the verb needs.

    `verb` is None before one is chosen; `service` is the Service chosen, or "". `revisions` are the references offered
    for it. `trouble` says why there are none.
    """

    verb: str | None = None
    slots: tuple[Slot, ...] = ()
    service: str = ""
    revisions: tuple[str, ...] = ()
    trouble: BotError | None = None


@dataclass(frozen=True, slots=True)
class DeployPanel:
    """The form of a deploy.

    `service` is spelled as it is typed; "" lets the person choose one. `fields` are what is so now, by the names of
    `form`. `images` are proposed, where there are any; `kept` are variables that the form cannot show. `note` stands
    above the fields.
    """

    service: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    images: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class PlanPanel:
    """A plan before it is asked for, as the cluster has checked it."""

    rehearsed: Rehearsed


@dataclass(frozen=True, slots=True)
class DeclinePanel:
    """Why a change is declined is asked for."""

    change: Change


Panel = Waiting | Told | PickPanel | DeployPanel | PlanPanel | DeclinePanel
