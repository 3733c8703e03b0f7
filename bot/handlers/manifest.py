"""The manifest of the Slack app: what the listeners of this package need Slack to send, and the scopes for it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from bot.core.errors import Invalid
from bot.handlers.boundary import NEWS
from bot.handlers.shortcuts import DEPLOY_IMAGE

SCOPES = (
    "commands",  # the slash command
    "chat:write",  # cards, answers and digests
    "app_mentions:read",  # @knobot in channels and threads
    "im:write",  # telling people what their channel does not take
    "im:history",  # what is said to Knobot in direct messages
    "users:read",  # who is a guest, a bot, deactivated
    "usergroups:read",  # groups that the policy names
    "channels:read",  # whether a channel is shared with another organisation; likewise the next three
    "groups:read",
    "im:read",
    "mpim:read",
)
"""What the bot token must be allowed."""
SHORTCUTS = {DEPLOY_IMAGE: "Deploy this image"}
"""What the menu of a message offers, by what it calls back with."""
EVENTS = ("app_mention", "message.im", "app_home_opened", *NEWS)
"""What Slack must tell of by itself."""


PATH = "/slack/events"
"""Where Knobot takes everything that Slack sends by HTTP."""


def request_url(url: str) -> str:
    """Return the address that Slack is given, of an address at which Knobot is reached.

    Raises:
        Invalid: Slack would not take it.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
        raise Invalid(f"“{url}” is no address that Slack takes.", "Write it as https://knobot.example.com.")
    return url if parts.path.strip("/") else f"{url.rstrip('/')}{PATH}"


def manifest(command: str, url: str | None = None) -> dict[str, Any]:
    """Return the manifest document for a slash command of this name, as Slack takes it.

    `url` is where Slack sends its requests; None means Socket Mode.
    """
    document = _manifest(command)
    if url is not None:
        settings = document["settings"]
        settings["socket_mode_enabled"] = False
        settings["event_subscriptions"] = {"request_url": url, **settings["event_subscriptions"]}
        settings["interactivity"] |= {"request_url": url, "message_menu_options_url": url}
        for slash in document["features"]["slash_commands"]:
            slash["url"] = url
    return document


def _manifest(command: str) -> dict[str, Any]:
    description = "Deploy, split traffic, approve and undo on Knative"
    return {
        "_metadata": {"major_version": 1},
        "display_information": {"name": "Knobot", "description": description, "background_color": "#0865ad"},
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "shortcuts": [
                {
                    "name": name,
                    "type": "message",
                    "callback_id": callback,
                    "description": "Fill in a deploy of an image that this message names",
                }
                for callback, name in SHORTCUTS.items()
            ],
            "bot_user": {"display_name": "Knobot", "always_online": True},
            "slash_commands": [
                {
                    "command": command,
                    "description": description,
                    "usage_hint": "help | services | deploy hello IMAGE | rollout hello latest=10",
                    "should_escape": False,
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": True,
            "org_deploy_enabled": False,
            "token_rotation_enabled": False,
        },
    }
