"""Reads requests to the control interface: names become people, channels, messages and elements, or a clear refusal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Self

from bot.sandbox.workspace import sight
from bot.sandbox.workspace.elements import find, labels
from bot.sandbox.workspace.errors import ControlError, NotThere

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aiohttp import web

    from bot.sandbox.workspace.elements import JSON, Found
    from bot.sandbox.workspace.messages import Conversation, Message
    from bot.sandbox.workspace.slack import Slack
    from bot.sandbox.workspace.state import Person


class Fields:
    """The fields of one request. Every reader raises ControlError, or NotThere for what does not exist."""

    def __init__(self, slack: Slack, fields: Mapping[str, Any]) -> None:
        self._slack = slack
        self._fields = fields

    @classmethod
    async def of(cls, slack: Slack, request: web.Request) -> Self:
        """The fields of a JSON body."""
        return cls(slack, await json_object(request))

    def optional(self, name: str) -> str | None:
        value = self._fields.get(name)
        if value in (None, ""):
            return None
        if not isinstance(value, str):
            raise ControlError(f"{name} must be a string")
        return value

    def text(self, name: str, default: str | None = None) -> str:
        value = self.optional(name)
        if value is None:
            value = default
        if value is None:
            raise ControlError(f"{name} is missing")
        return value

    def flag(self, name: str) -> bool:
        return self._fields.get(name) is True

    def value(self) -> Any:
        return self._fields.get("value")

    def timestamp(self, name: str) -> float | None:
        value = self.optional(name)
        try:
            return float(value) if value is not None else None
        except ValueError:
            raise ControlError(f"{name} must be a ts such as 1763942400.000123, not {value!r}") from None

    def values(self, name: str) -> Mapping[str, Mapping[str, Any]]:
        """What is filled in: {block_id: {action_id: value}}."""
        given = self._fields.get(name) or {}
        if not isinstance(given, dict) or not all(isinstance(entry, dict) for entry in given.values()):
            raise ControlError(f"{name} must be {{block_id: {{action_id: value}}}}")
        return given

    def person(self) -> Person:
        name = self.text("user")
        person = self._slack.directory.person(name)
        if person is None or person.deleted or person not in self._slack.directory.people:
            raise NotThere(f"There is no user {name!r}")
        return person

    def conversation(self, person: Person | None) -> Conversation:
        """The channel of this name or id, or "@knobot": this person's direct messages with the bot."""
        name = self.text("channel")
        if name.removeprefix("@") in (self._slack.bot.name, self._slack.bot.id):
            if person is None:
                raise ControlError(f"{name} needs a user: everybody has their own direct messages")
            return self._slack.direct(person)
        found = self._slack.room(name) or self._slack.conversation(name)
        if found is None:
            raise NotThere(f"There is no channel {name!r}")
        if person is not None and person.id not in self._slack.members(found):
            raise NotThere(f"{person.name} is not in {name}")
        return found

    def message(self, person: Person) -> Message:
        """The message `message_ts` as it is now. With `stale`, also one that has been deleted since."""
        ts = self.text("message_ts")
        message = self._slack.find(ts)
        if message is not None and not self.flag("stale"):
            message = self._slack.home_of(message).get(ts)
        if message is None or not self._slack.sees(person, message):
            raise NotThere(f"{person.name} sees no message {ts}")
        if self.optional("channel") and self.conversation(person) is not self._slack.home_of(message):
            raise NotThere(f"Message {ts} is not in {self.optional('channel')}")
        return message

    def element_of(self, message: Message) -> tuple[list[JSON], Found]:
        """The element meant, and the blocks among which it stands; with `stale`, of any earlier version as well."""
        versions = list(sight.versions(message))
        for blocks in versions if self.flag("stale") else versions[:1]:
            if found := self._find(blocks):
                return blocks, found
        return versions[0], self.element(versions[0])

    def element(self, blocks: Sequence[JSON]) -> Found:
        """The element with `action_id` or `label`, in `block_id` if that is given."""
        found = self._find(blocks)
        if found is None:
            wanted = self.optional("action_id") or self.text("label")
            there = ", ".join(labels(blocks)) or "nothing to click"
            raise NotThere(f"There is no {wanted!r} here; there is: {there}")
        return found

    def _find(self, blocks: Sequence[JSON]) -> Found | None:
        action_id, label = self.optional("action_id") or "", self.optional("label") or ""
        if not (action_id or label):
            raise ControlError("action_id or label is missing")
        return find(blocks, action_id=action_id, label=label, block_id=self.optional("block_id") or "")


async def json_object(request: web.Request) -> dict[str, Any]:
    """The body of a request to the control interface."""
    try:
        body = json.loads(await request.read())
    except ValueError:
        raise ControlError("The body is not JSON") from None
    if not isinstance(body, dict):
        raise ControlError("The body is not a JSON object")
    return body
