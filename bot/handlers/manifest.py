"""The manifest of the Slack app: what the listeners of this package need Slack to send, and the scopes for it."""

from __future__ import annotations

from typing import Any

SCOPES = ("commands", "chat:write", "users:read", "usergroups:read")
"""What the bot token must be allowed: the slash command, speaking, who is a guest, who is in the policy's groups."""


def manifest(command: str) -> dict[str, Any]:
    """Return the manifest document for a slash command of this name, as Slack takes it."""
    description = "Deploy, split traffic, approve and undo on Knative"
    return {
        "_metadata": {"major_version": 1},
        "display_information": {"name": "Knobot", "description": description, "background_color": "#0865ad"},
        "features": {
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
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": True,
            "org_deploy_enabled": False,
            "token_rotation_enabled": False,
        },
    }
