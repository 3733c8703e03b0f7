"""JSON as Slack sends it: objects in answers of the Web API, and payloads of commands, interactions and events.

Only shapes are decided here; `slack` decides what is true, `gestures` when something is sent.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from bot.sandbox.workspace.state import TEAM_DOMAIN, TEAM_ID

if TYPE_CHECKING:
    from bot.sandbox.workspace.messages import Conversation, Message
    from bot.sandbox.workspace.slack import Slack
    from bot.sandbox.workspace.state import Person
    from bot.sandbox.workspace.views import View

VERIFICATION_TOKEN = "sandbox-verification"  # noqa: S105 -- deprecated by Slack, still sent, proves nothing
TEAM = {"id": TEAM_ID, "domain": TEAM_DOMAIN}


def message(slack: Slack, item: Message) -> dict[str, Any]:
    """A message as chat.postMessage, conversations.history and interaction payloads show it."""
    content = item.content
    shown: dict[str, Any] = {
        "type": "message",
        "user": item.author,
        "ts": item.ts,
        "text": content.text,
        "team": TEAM_ID,
    }
    if item.author == slack.bot.id:
        app = slack.directory.app
        shown |= {"bot_id": app.bot_id, "app_id": app.app_id}
        shown["bot_profile"] = {"id": app.bot_id, "app_id": app.app_id, "name": app.name, "team_id": TEAM_ID}
    if item.client_msg_id:
        shown["client_msg_id"] = item.client_msg_id
    if item.edited:
        shown["edited"] = {"user": item.author, "ts": item.changed}
    for name in ("blocks", "attachments", "files", "metadata"):
        if value := getattr(content, name):
            shown[name] = value
    if item.reactions:
        shown["reactions"] = _reactions(item)
    return shown | _thread(slack, item)


def _thread(slack: Slack, item: Message) -> dict[str, Any]:
    if item.thread_ts:
        return {"thread_ts": item.thread_ts}
    replies = [reply for reply in slack.home_of(item).replies(item.ts) if reply.only_for is None]
    if not replies:
        return {}
    return {"thread_ts": item.ts, "reply_count": len(replies), "latest_reply": replies[-1].ts}


def _reactions(item: Message) -> list[dict[str, Any]]:
    by_name: dict[str, list[str]] = {}
    for name, user in item.reactions:
        by_name.setdefault(name, []).append(user)
    return [{"name": name, "users": users, "count": len(users)} for name, users in by_name.items()]


def view(slack: Slack, item: View, values: dict[str, Any] | None = None) -> dict[str, Any]:
    """A view as views.open answers and as payloads carry it; `values` is what is filled in."""
    app = slack.directory.app
    modal = item.definition["type"] == "modal"
    defaults: dict[str, Any] = {"callback_id": "", "external_id": "", "private_metadata": ""}
    if modal:
        defaults |= {"close": None, "submit": None, "clear_on_close": False, "notify_on_close": False}
    return {
        **defaults,
        **item.definition,
        "id": item.id,
        "team_id": TEAM_ID,
        "state": {"values": values or {}},
        "hash": item.hash,
        "previous_view_id": item.previous_id,
        "root_view_id": item.root_id,
        "app_id": app.app_id,
        "app_installed_team_id": TEAM_ID,
        "bot_id": app.bot_id,
    }


def user(person: Person) -> dict[str, Any]:
    """A person as interaction payloads name them."""
    return {"id": person.id, "username": person.name, "name": person.name, "team_id": TEAM_ID}


def channel(conversation: Conversation) -> dict[str, Any]:
    return {"id": conversation.id, "name": conversation.name}


def slash_command(
    slack: Slack,
    person: Person,
    conversation: Conversation,
    command: str,
    text: str,
    response_url: str,
    trigger_id: str,
) -> dict[str, str]:
    """Flat strings only, as in the form that Slack posts to a request URL."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM_ID,
        "team_domain": TEAM_DOMAIN,
        "channel_id": conversation.id,
        "channel_name": conversation.name,
        "user_id": person.id,
        "user_name": person.name,
        "command": command,
        "text": text,
        "api_app_id": slack.directory.app.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def interaction(slack: Slack, kind: str, person: Person, trigger_id: str = "", **fields: Any) -> dict[str, Any]:
    """What all interaction payloads have in common."""
    payload = {
        "type": kind,
        "user": user(person),
        "api_app_id": slack.directory.app.app_id,
        "token": VERIFICATION_TOKEN,
        "team": TEAM,
        "enterprise": None,
        "is_enterprise_install": False,
        **fields,
    }
    return payload | {"trigger_id": trigger_id} if trigger_id else payload


def in_message(slack: Slack, item: Message) -> dict[str, Any]:
    """Where a click on a message happened. Slack does not send the content of ephemeral messages along."""
    conversation = slack.home_of(item)
    ephemeral = item.only_for is not None
    container = {
        "type": "message",
        "message_ts": item.ts,
        "channel_id": conversation.id,
        "is_ephemeral": ephemeral,
    }
    if item.thread_ts:
        container["thread_ts"] = item.thread_ts
    fields: dict[str, Any] = {"container": container, "channel": channel(conversation)}
    return fields if ephemeral else fields | {"message": message(slack, item)}


def in_view(slack: Slack, item: View, values: dict[str, Any]) -> dict[str, Any]:
    """Where a click in a modal or home tab happened."""
    return {"container": {"type": "view", "view_id": item.id}, "view": view(slack, item, values)}


def event(slack: Slack, inner: dict[str, Any]) -> dict[str, Any]:
    """The envelope of the Events API around one event."""
    app = slack.directory.app
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM_ID,
        "api_app_id": app.app_id,
        "event": inner,
        "type": "event_callback",
        "event_id": f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(slack.clock.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM_ID,
                "user_id": app.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": secrets.token_urlsafe(24),
    }
