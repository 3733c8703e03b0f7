"""What people do with messages: type a command or a message, click, choose from a menu, pick a shortcut.

Every gesture becomes a payload for the bot, waits for the ack as Slack's client does, and shows what comes of it.
"""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

from bot.sandbox.workspace import payloads
from bot.sandbox.workspace.blockkit import options_problems
from bot.sandbox.workspace.elements import options
from bot.sandbox.workspace.errors import ControlError, NotThere, SlackError
from bot.sandbox.workspace.messages import Content
from bot.sandbox.workspace.responses import answer
from bot.sandbox.workspace.state import SLACKBOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.sandbox.workspace.elements import Found
    from bot.sandbox.workspace.messages import Conversation, Message
    from bot.sandbox.workspace.outbox import Outbox
    from bot.sandbox.workspace.slack import Slack
    from bot.sandbox.workspace.state import Person
    from bot.sandbox.workspace.values import Values
    from bot.sandbox.workspace.views import View

JSON = dict[str, Any]


class Gestures:
    """Acts for people.

    Args:
        command: the slash command of the bot, with its slash.
    """

    def __init__(self, slack: Slack, outbox: Outbox, values: Values, command: str) -> None:
        self._slack = slack
        self._outbox = outbox
        self._values = values
        self.command = command

    async def slash(self, person: Person, conversation: Conversation, text: str, thread_ts: str | None = None) -> JSON:
        """Type the command; answers {"acked_ms", "trigger_id", "ack"}. Slack has no commands in threads."""
        slack, text = self._slack, text.strip()
        if thread_ts:
            raise ControlError(f"{self.command} is not supported in threads. Sorry!")
        trigger_id = slack.triggers.issue(person.id)
        grant = slack.response_grants.issue(person.id, conversation.id, command=f"{self.command} {text}".rstrip())
        response_url = self._outbox.response_url("commands", grant)
        payload = payloads.slash_command(slack, person, conversation, self.command, text, response_url, trigger_id)
        receipt = await self._outbox.send("slash_commands", payload)
        failure = receipt.failure
        if receipt.payload:
            try:
                answer(slack, grant, receipt.payload)
            except SlackError as error:
                failure = error.code
        if failure:
            self._tell_failure(person, conversation, failure)
        return {"acked_ms": receipt.acked_ms, "trigger_id": trigger_id, "ack": receipt.payload or None}

    def say(self, person: Person, conversation: Conversation, text: str, thread_ts: str | None = None) -> Message:
        """Post a plain message. The bot hears of it when it is mentioned, or in direct messages."""
        slack = self._slack
        if thread_ts and conversation.get(thread_ts) is None:
            raise NotThere(f"There is no message {thread_ts} in {slack.label(conversation)}")
        content = Content(text=self._with_mentions(text))
        message = slack.post(conversation, person, content, thread_ts=thread_ts, client_msg_id=str(uuid.uuid4()))
        inner = payloads.message(slack, message) | {"channel": conversation.id, "event_ts": message.ts}
        if conversation.person is not None:
            self._outbox.event(inner | {"channel_type": "im"})
        elif f"<@{slack.bot.id}>" in content.text and slack.bot.id in slack.members(conversation):
            self._outbox.event(inner | {"type": "app_mention"})
        return message

    async def click_message(
        self, person: Person, message: Message, blocks: Sequence[JSON], found: Found, value: Any
    ) -> JSON:
        """Use an element of a message; `blocks` are what the person has before their eyes."""
        slack = self._slack
        action = self._values.action(person, found, value)
        given = {found.block["block_id"]: {found.element["action_id"]: action}}
        state = self._values.state(person, blocks, given)
        grant = slack.response_grants.issue(person.id, message.channel, message_ts=message.ts)
        fields = {
            **payloads.in_message(slack, message),
            "state": {"values": state},
            "response_url": self._outbox.response_url("actions", grant),
        }
        return await self._act(person, slack.triggers.issue(person.id), action, fields)

    async def click_view(
        self, person: Person, view: View, found: Found, value: Any, given: Mapping[str, Mapping[str, Any]]
    ) -> JSON:
        """Use an element of a modal or home tab; `given` is what else is filled in."""
        action = self._values.action(person, found, value)
        block_id, action_id = found.block["block_id"], found.element["action_id"]
        given = {**given, block_id: {**given.get(block_id, {}), action_id: action}}
        fields = payloads.in_view(self._slack, view, self._values.state(person, view.blocks, given))
        return await self._act(person, self._slack.triggers.issue(person.id, view.id), action, fields)

    async def _act(self, person: Person, trigger_id: str, action: JSON, fields: JSON) -> JSON:
        action["action_ts"] = self._slack.clock.ts()
        payload = payloads.interaction(self._slack, "block_actions", person, trigger_id, **fields, actions=[action])
        receipt = await self._outbox.send("interactive", payload)
        return {"acked_ms": receipt.acked_ms, "trigger_id": trigger_id}

    async def suggest(self, person: Person, where: JSON, found: Found, typed: str) -> JSON:
        """Type into an external select; answers {"acked_ms", "options"}. Slack shows nothing of a wrong answer."""
        action_id = found.element["action_id"]
        asked = {"action_id": action_id, "block_id": found.block["block_id"], "value": typed}
        payload = payloads.interaction(self._slack, "block_suggestion", person, **asked, **where)
        receipt = await self._outbox.send("interactive", payload)
        offered = [] if options_problems(receipt.payload) else options(receipt.payload)
        self._values.offer(person, action_id, offered)
        return {"acked_ms": receipt.acked_ms, "options": offered}

    async def shortcut(self, person: Person, callback_id: str, message: Message | None) -> JSON:
        """Choose a shortcut of the app, from the composer or from a message's menu."""
        slack = self._slack
        trigger_id = slack.triggers.issue(person.id)
        fields: JSON = {"callback_id": callback_id, "action_ts": slack.clock.ts()}
        if message is not None:
            grant = slack.response_grants.issue(person.id, message.channel, message_ts=message.ts)
            fields |= {
                "message_ts": message.ts,
                "message": payloads.message(slack, message),
                "channel": payloads.channel(slack.home_of(message)),
                "response_url": self._outbox.response_url("app", grant),
            }
        kind = "shortcut" if message is None else "message_action"
        receipt = await self._outbox.send(
            "interactive", payloads.interaction(slack, kind, person, trigger_id, **fields)
        )
        return {"acked_ms": receipt.acked_ms, "trigger_id": trigger_id}

    def _tell_failure(self, person: Person, conversation: Conversation, failure: str) -> None:
        text = f'{self.command} failed with the error "{failure}"'
        if failure == "operation_timeout":
            text += f": {self._slack.directory.app.name} did not respond in time"
        self._slack.post(conversation, SLACKBOT, Content(text=text), only_for=person.id)

    def _with_mentions(self, text: str) -> str:
        """What a client sends for what was typed: escaped, with ids for @names (in any case) and #channels."""
        directory = self._slack.directory

        def mention(match: re.Match[str]) -> str:
            name = match[1].lower()
            if person := directory.person(name):
                return f"<@{person.id}>"
            group = directory.usergroup(name)
            return f"<!subteam^{group.id}>" if group else match[0]

        def channel(match: re.Match[str]) -> str:
            found = self._slack.room(match[1])
            return f"<#{found.id}|{found.name}>" if found else match[0]

        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return re.sub(r"(?<!\w)#([\w.-]+)", channel, re.sub(r"(?<!\w)@([\w.-]*\w)", mention, escaped))
