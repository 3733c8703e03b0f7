"""conversations.*: channels and direct messages, and what was said in them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import chain, takewhile
from typing import TYPE_CHECKING, Any

from bot.sandbox.workspace import payloads
from bot.sandbox.workspace.errors import SlackError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.sandbox.workspace.messages import Conversation, Message
    from bot.sandbox.workspace.methods.call import Answer, Call
    from bot.sandbox.workspace.slack import Slack


def list_conversations(call: Call) -> Answer:
    types = (call.optional("types") or "public_channel").split(",")
    wanted = [
        conversation
        for conversation in call.slack.conversations()
        if ("public_channel" if conversation.room else "im") in types
    ]
    channels, metadata = call.page(wanted, lambda conversation: shown(call.slack, conversation))
    return {"channels": channels, **metadata}


def info(call: Call) -> Answer:
    return {"channel": shown(call.slack, call.conversation())}


def members(call: Call) -> Answer:
    ids = sorted(call.slack.members(call.conversation()))
    page, metadata = call.page(ids, str)
    return {"members": page, **metadata}


def history(call: Call) -> Answer:
    """Newest first, without replies and ephemeral messages. `latest` and `oldest` are exclusive unless `inclusive`."""
    within = _window(call)
    newest_first = call.conversation(as_member=True).newest_first()
    recent = takewhile(lambda message: float(message.ts) >= within.oldest, newest_first)
    return _page(call, (m for m in recent if m.only_for is None and not m.thread_ts and within.holds(m)))


def replies(call: Call) -> Answer:
    """A thread, its root first."""
    within = _window(call)
    conversation = call.conversation(as_member=True)
    root = conversation.get(call.required("ts"))
    if root is None or root.only_for is not None:
        raise SlackError("thread_not_found")
    answers = (m for m in conversation.replies(root.ts) if m.only_for is None and within.holds(m))
    return _page(call, chain([root], answers))


def open_conversation(call: Call) -> Answer:
    """Direct messages with one person; group messages are not offered here."""
    people = (call.optional("users") or "").split(",")
    person = call.slack.directory.person(people[0])
    if person is None or person.id != people[0]:
        raise SlackError("user_not_found")
    if len(people) > 1:
        raise SlackError("method_not_supported_for_channel_type")
    conversation = call.slack.conversation(person.id)
    if conversation is None:
        raise SlackError("cannot_dm_bot")
    everything = shown(call.slack, conversation)
    return {"channel": everything if call.flag("return_im") else {"id": conversation.id}}


def shown(slack: Slack, conversation: Conversation) -> dict[str, Any]:
    """A conversation object."""
    common = {"id": conversation.id, "created": 1, "is_archived": False, "is_org_shared": False}
    if conversation.person is not None:
        return {**common, "is_im": True, "user": conversation.person.id, "is_user_deleted": False, "priority": 0}
    room = conversation.room
    members = slack.members(conversation)
    shared = room is not None and room.shared
    return {
        **common,
        "name": conversation.name,
        "name_normalized": conversation.name,
        "is_channel": True,
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": False,
        "is_general": False,
        "is_member": slack.bot.id in members,
        "is_shared": shared,
        "is_ext_shared": shared,
        "is_pending_ext_shared": False,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": room.purpose if room else "", "creator": "", "last_set": 0},
        "num_members": len(members),
    }


@dataclass(frozen=True, slots=True)
class _Window:
    """The time of which a caller wants to read, in seconds since 1970."""

    oldest: float
    latest: float
    inclusive: bool

    def holds(self, message: Message) -> bool:
        ts = float(message.ts)
        return self.oldest < ts < self.latest or (self.inclusive and ts in (self.oldest, self.latest))


def _window(call: Call) -> _Window:
    def bound(name: str, default: float) -> float:
        try:
            return float(call.optional(name) or default)
        except ValueError:
            raise SlackError(f"invalid_ts_{name}") from None

    return _Window(bound("oldest", 0.0), bound("latest", math.inf), call.flag("inclusive"))


def _page(call: Call, messages: Iterable[Message]) -> Answer:
    page, metadata = call.page(messages, lambda message: payloads.message(call.slack, message))
    more = bool(metadata["response_metadata"]["next_cursor"])
    return {"messages": page, "has_more": more, **(metadata if more else {})}
