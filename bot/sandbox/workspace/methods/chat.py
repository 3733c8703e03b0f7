"""chat.* and reactions.*: what a bot says, and only its own words may it change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.sandbox.workspace import payloads
from bot.sandbox.workspace.contents import UPDATE_LIMIT, read_content
from bot.sandbox.workspace.errors import SlackError
from bot.sandbox.workspace.state import TEAM_DOMAIN

if TYPE_CHECKING:
    from bot.sandbox.workspace.messages import Conversation, Message
    from bot.sandbox.workspace.methods.call import Answer, Call


def post_message(call: Call) -> Answer:
    conversation = call.conversation(by_name=True, as_member=True)
    content = read_content(call.args)
    message = call.slack.post(conversation, call.slack.bot, content, thread_ts=call.optional("thread_ts"))
    return {"channel": conversation.id, "ts": message.ts, "message": payloads.message(call.slack, message)}


def post_ephemeral(call: Call) -> Answer:
    conversation = call.conversation(by_name=True, as_member=True)
    person = call.slack.directory.person(call.required("user"))
    if person is None or person.id not in call.slack.members(conversation):
        raise SlackError("user_not_in_channel")
    content = read_content(call.args)
    thread_ts = call.optional("thread_ts")
    message = call.slack.post(conversation, call.slack.bot, content, thread_ts=thread_ts, only_for=person.id)
    return {"message_ts": message.ts}


def update(call: Call) -> Answer:
    conversation = call.conversation(as_member=True)
    message = _lasting(conversation, call.required("ts"))
    if message.author != call.slack.bot.id:
        raise SlackError("cant_update_message")
    if len(call.optional("text") or "") > UPDATE_LIMIT:
        raise SlackError("msg_too_long")
    content = read_content(call.args)
    if content.blocks and _rich(message.content.blocks) and not _rich(content.blocks):
        raise SlackError("block_mismatch")
    message = call.slack.edit(message, replace(content, files=message.content.files))
    return {
        "channel": conversation.id,
        "ts": message.ts,
        "text": message.content.text,
        "message": payloads.message(call.slack, message),
    }


def delete(call: Call) -> Answer:
    conversation = call.conversation(as_member=True)
    message = _lasting(conversation, call.required("ts"))
    if message.author != call.slack.bot.id:
        raise SlackError("cant_delete_message")
    call.slack.delete(message)
    return {"channel": conversation.id, "ts": message.ts}


def get_permalink(call: Call) -> Answer:
    conversation = call.conversation()
    message = _lasting(conversation, call.required("message_ts"))
    link = f"https://{TEAM_DOMAIN}.slack.com/archives/{conversation.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={conversation.id}"
    return {"channel": conversation.id, "permalink": link}


def add_reaction(call: Call) -> Answer:
    message = _lasting(call.conversation(as_member=True), call.required("timestamp"))
    name = call.required("name").strip(":")
    if (name, call.slack.bot.id) in message.reactions:
        raise SlackError("already_reacted")
    call.slack.react(message, name, call.slack.bot.id)
    return {}


def _lasting(conversation: Conversation, ts: str) -> Message:
    """A message that everybody sees; ephemeral ones cannot be named by their ts."""
    message = conversation.get(ts)
    if message is None or message.only_for is not None:
        raise SlackError("message_not_found")
    return message


def _rich(blocks: list[dict[str, object]]) -> bool:
    return any(block["type"] == "rich_text" for block in blocks)
