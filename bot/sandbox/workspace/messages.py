"""Messages and the conversations they are in. A message is a value: an edit is a new one that remembers the former.

That is how a click from a client that has not refreshed yet can be told apart from a click on what is there now.
Each conversation keeps its messages in two orders, posted and changed, so that no request has to look at all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sandbox.workspace.state import Person, Room


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What an author may change about a message."""

    text: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message as it is now.

    Args:
        channel: id of its conversation.
        author: id of the account that wrote it.
        thread_ts: ts of the message that it answers, or None.
        only_for: id of the one person who sees it, if it is ephemeral.
        client_msg_id: set by the client of a person; "" for bots.
        revision: 1, and one more with every change.
        changed: ts of the last change, or of posting.
        edited: whether a client says "(edited)".
        earlier: the contents it had before, oldest first.
    """

    ts: str
    channel: str
    author: str
    content: Content
    thread_ts: str | None = None
    only_for: str | None = None
    client_msg_id: str = ""
    revision: int = 1
    changed: str = ""
    edited: bool = False
    reactions: tuple[tuple[str, str], ...] = ()
    earlier: tuple[Content, ...] = ()

    def with_content(self, content: Content, changed: str) -> Message:
        return replace(
            self,
            content=content,
            changed=changed,
            edited=True,
            revision=self.revision + 1,
            earlier=(*self.earlier, self.content),
        )

    def with_reaction(self, name: str, user: str, changed: str) -> Message:
        reactions = (*self.reactions, (name, user))
        return replace(self, reactions=reactions, changed=changed, revision=self.revision + 1)


class Conversation:
    """A channel, or the direct messages between one person and the bot (then `person` is set and `room` is not)."""

    def __init__(self, conversation_id: str, *, room: Room | None = None, person: Person | None = None) -> None:
        self.id = conversation_id
        self.room = room
        self.person = person
        self._messages: dict[str, Message] = {}
        self._deleted: dict[str, Message] = {}
        self._by_change: dict[str, None] = {}
        self._threads: dict[str, list[str]] = {}

    @property
    def name(self) -> str:
        return self.room.name if self.room else "directmessage"

    def put(self, message: Message) -> None:
        """Add a message, or replace the one with its ts."""
        if message.ts not in self._messages and message.thread_ts:
            self._threads.setdefault(message.thread_ts, []).append(message.ts)
        self._messages[message.ts] = message
        self._by_change.pop(message.ts, None)
        self._by_change[message.ts] = None

    def remove(self, ts: str) -> None:
        message = self._messages.pop(ts)
        del self._by_change[ts]
        self._deleted[ts] = message
        if message.thread_ts:
            self._threads[message.thread_ts].remove(ts)

    def get(self, ts: str) -> Message | None:
        return self._messages.get(ts)

    def ever(self, ts: str) -> Message | None:
        """The message, even if it has been deleted."""
        return self._messages.get(ts) or self._deleted.get(ts)

    def __iter__(self) -> Iterator[Message]:
        """Oldest first."""
        return iter(self._messages.values())

    def newest_first(self) -> Iterator[Message]:
        return reversed(self._messages.values())

    def replies(self, ts: str) -> list[Message]:
        """The answers in the thread under `ts`, oldest first; ephemeral ones too."""
        return [self._messages[reply] for reply in self._threads.get(ts, ())]

    def changed_after(self, ts: float) -> list[Message]:
        """Messages posted or changed later than `ts`, in the order they were posted."""
        found = []
        for key in reversed(self._by_change):
            message = self._messages[key]
            if float(message.changed) <= ts:
                break
            found.append(message)
        return sorted(found, key=lambda message: message.ts)
