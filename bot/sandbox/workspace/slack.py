"""The workspace's memory, which the Web API, response URLs and people's gestures share.

Each of those is a door; whatever comes in through one of them is stored here, and announced to whoever can see it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.workspace.changes import Change, Changes
from bot.sandbox.workspace.files import Files
from bot.sandbox.workspace.grants import ResponseGrants, Triggers
from bot.sandbox.workspace.messages import Conversation, Message
from bot.sandbox.workspace.state import SLACKBOT, TEAM_ID
from bot.sandbox.workspace.views import Views

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sandbox.workspace.clock import Clock
    from bot.sandbox.workspace.messages import Content
    from bot.sandbox.workspace.state import Directory, Person


class Slack:
    """What the workspace knows."""

    def __init__(self, directory: Directory, clock: Clock) -> None:
        self.directory = directory
        self.clock = clock
        self.changes = Changes()
        self.triggers = Triggers(clock, TEAM_ID)
        self.response_grants = ResponseGrants(clock)
        self.views = Views(clock)
        self.files = Files()
        self._conversations = {room.id: Conversation(room.id, room=room) for room in directory.rooms}
        self._where: dict[str, Conversation] = {}

    @property
    def bot(self) -> Person:
        return self.directory.bot

    # Conversations

    def conversations(self) -> Iterator[Conversation]:
        return iter(self._conversations.values())

    def conversation(self, conversation_id: str) -> Conversation | None:
        """By id. The id of a person means the direct messages with that person, as in chat.postMessage."""
        person = self.directory.person(conversation_id)
        if person is not None and person.id == conversation_id:
            return None if person in (self.bot, SLACKBOT) or person.deleted else self.direct(person)
        return self._conversations.get(conversation_id)

    def room(self, name: str) -> Conversation | None:
        """By name, with or without the #."""
        wanted = name.removeprefix("#")
        rooms = (conversation for conversation in self._conversations.values() if conversation.room)
        return next((conversation for conversation in rooms if conversation.name == wanted), None)

    def direct(self, person: Person) -> Conversation:
        """The direct messages between this person and the bot; they begin when somebody asks for them."""
        key = f"D{person.id[1:]}"
        if key not in self._conversations:
            self._conversations[key] = Conversation(key, person=person)
        return self._conversations[key]

    def members(self, conversation: Conversation) -> frozenset[str]:
        """Ids of the people who see the conversation."""
        if conversation.room is not None:
            return self.directory.members(conversation.room)
        assert conversation.person is not None  # noqa: S101 -- a conversation has either a room or a person
        return frozenset({conversation.person.id, self.bot.id})

    # Messages

    def post(
        self,
        conversation: Conversation,
        author: Person,
        content: Content,
        *,
        thread_ts: str | None = None,
        only_for: str | None = None,
        client_msg_id: str = "",
    ) -> Message:
        ts = self.clock.ts()
        message = Message(
            ts=ts,
            changed=ts,
            channel=conversation.id,
            author=author.id,
            content=content,
            thread_ts=self.thread_root(conversation, thread_ts),
            only_for=only_for,
            client_msg_id=client_msg_id,
        )
        return self._store(conversation, message)

    def edit(self, message: Message, content: Content) -> Message:
        return self._store(self.home_of(message), message.with_content(content, self.clock.ts()))

    def react(self, message: Message, name: str, user: str) -> Message:
        return self._store(self.home_of(message), message.with_reaction(name, user, self.clock.ts()))

    def delete(self, message: Message) -> None:
        conversation = self.home_of(message)
        conversation.remove(message.ts)
        self._announce(conversation, message)

    def find(self, ts: str) -> Message | None:
        """The message with this ts, wherever it is; a deleted one too."""
        conversation = self._where.get(ts)
        return conversation.ever(ts) if conversation else None

    def home_of(self, message: Message) -> Conversation:
        return self._conversations[message.channel]

    def sees(self, person: Person, message: Message) -> bool:
        if message.only_for is not None:
            return message.only_for == person.id
        return person.id in self.members(self.home_of(message))

    @staticmethod
    def thread_root(conversation: Conversation, thread_ts: str | None) -> str | None:
        """Threads are one level deep: an answer to an answer belongs to the same root."""
        parent = conversation.get(thread_ts) if thread_ts else None
        return (parent.thread_ts or parent.ts) if parent else thread_ts

    def _store(self, conversation: Conversation, message: Message) -> Message:
        conversation.put(message)
        self._where[message.ts] = conversation
        self._announce(conversation, message)
        return message

    def _announce(self, conversation: Conversation, message: Message) -> None:
        audience = self.members(conversation) if message.only_for is None else {message.only_for}
        self.changes.announce(Change("message", self.label(conversation), message.ts), audience)

    def announce_view(self, user: str) -> None:
        self.changes.announce(Change("view"), {user})

    def label(self, conversation: Conversation) -> str:
        """What clients of the control interface call it: "deploys", or "@knobot" for direct messages."""
        return conversation.name if conversation.room else f"@{self.bot.name}"
