"""The Web API's methods: one table that says what there is and which kind of token may call it.

A method is a plain function from a Call to the fields of its answer; it refuses by raising SlackError.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from bot.sandbox.workspace.methods import apps, chat, conversations, files, people, views
from bot.sandbox.workspace.methods.call import Answer, Call

__all__ = ["METHODS", "Call", "Method", "Token"]


class Token(Enum):
    """Who may call: the bot (xoxb-), the app itself (xapp-), either, or anybody."""

    BOT = auto()
    APP = auto()
    EITHER = auto()
    NONE = auto()


@dataclass(frozen=True, slots=True)
class Method:
    """What answers, and for whom."""

    answer: Callable[[Call], Answer]
    token: Token = Token.BOT


METHODS = {
    "api.test": Method(apps.api_test, Token.NONE),
    "apps.connections.open": Method(apps.open_connection, Token.APP),
    "auth.test": Method(apps.auth_test, Token.EITHER),
    "blocks.validate": Method(apps.validate_blocks, Token.NONE),
    "bots.info": Method(people.bot_info),
    "chat.delete": Method(chat.delete),
    "chat.getPermalink": Method(chat.get_permalink),
    "chat.postEphemeral": Method(chat.post_ephemeral),
    "chat.postMessage": Method(chat.post_message),
    "chat.update": Method(chat.update),
    "conversations.history": Method(conversations.history),
    "conversations.info": Method(conversations.info),
    "conversations.list": Method(conversations.list_conversations),
    "conversations.members": Method(conversations.members),
    "conversations.open": Method(conversations.open_conversation),
    "conversations.replies": Method(conversations.replies),
    "files.completeUploadExternal": Method(files.complete_upload),
    "files.getUploadURLExternal": Method(files.get_upload_url),
    "files.info": Method(files.info),
    "reactions.add": Method(chat.add_reaction),
    "usergroups.list": Method(people.list_usergroups),
    "usergroups.users.list": Method(people.usergroup_members),
    "users.conversations": Method(people.conversations),
    "users.info": Method(people.info),
    "users.list": Method(people.list_users),
    "users.lookupByEmail": Method(people.lookup_by_email),
    "views.open": Method(views.open_view),
    "views.publish": Method(views.publish),
    "views.push": Method(views.push),
    "views.update": Method(views.update),
}
