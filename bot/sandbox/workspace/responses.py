"""What an answer to a gesture does, whether it comes with the ack or later through a response URL.

Slack's defaults: the answer is a new message that only the person who asked sees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.workspace.contents import read_content
from bot.sandbox.workspace.errors import SlackError
from bot.sandbox.workspace.messages import Content

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.workspace.grants import ResponseGrant
    from bot.sandbox.workspace.slack import Slack


def answer(slack: Slack, grant: ResponseGrant, payload: Mapping[str, Any]) -> None:
    """Carry out one answer; works also in conversations of which the bot is not a member.

    Raises:
        SlackError: as chat.postMessage would.
    """
    original = slack.find(grant.message_ts) if grant.message_ts else None
    if payload.get("delete_original") and original:
        if slack.home_of(original).get(original.ts):
            slack.delete(original)
        return
    content = read_content(payload, total_limit=False)
    if payload.get("replace_original") and original:
        if slack.home_of(original).get(original.ts) is None:
            raise SlackError("message_not_found")
        slack.edit(original, content)
        return
    conversation = slack.conversation(grant.channel)
    if conversation is None:
        raise SlackError("channel_not_found")
    public = payload.get("response_type") == "in_channel"
    if public and grant.command:
        _show_command(slack, grant)
    slack.post(
        conversation,
        slack.bot,
        content,
        thread_ts=str(payload.get("thread_ts") or "") or None,
        only_for=None if public else grant.user,
    )


def _show_command(slack: Slack, grant: ResponseGrant) -> None:
    """Slack shows what was typed to all once its answer is for all, and only once."""
    person = slack.directory.person(grant.user)
    conversation = slack.conversation(grant.channel)
    if person and conversation:
        slack.post(conversation, person, Content(text=grant.command or ""))
    grant.command = None
