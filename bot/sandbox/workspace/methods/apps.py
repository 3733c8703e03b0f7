"""auth.*, api.*, apps.* and blocks.*: the app itself, and tools for those who make it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.workspace.blockkit import message_problems, view_problems
from bot.sandbox.workspace.contents import structured
from bot.sandbox.workspace.errors import SlackError
from bot.sandbox.workspace.state import TEAM_DOMAIN, TEAM_ID, TEAM_NAME

if TYPE_CHECKING:
    from bot.sandbox.workspace.methods.call import Answer, Call


def auth_test(call: Call) -> Answer:
    app = call.slack.directory.app
    return {
        "url": f"https://{TEAM_DOMAIN}.slack.com/",
        "team": TEAM_NAME,
        "user": call.slack.bot.name,
        "team_id": TEAM_ID,
        "user_id": app.bot_user_id,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


def api_test(call: Call) -> Answer:
    if error := call.optional("error"):
        raise SlackError(error, args=dict(call.args))
    return {"args": dict(call.args)}


def open_connection(call: Call) -> Answer:
    if call.sockets.refusing:
        raise SlackError("internal_error")
    websocket = call.origin.replace("http", "ws", 1)
    return {"url": f"{websocket}/link/?ticket={call.sockets.ticket()}&app_id={call.slack.directory.app.app_id}"}


def validate_blocks(call: Call) -> Answer:
    """Exactly one of `blocks`, `view`, `message`."""
    given = [name for name in ("blocks", "view", "message") if call.args.get(name)]
    if len(given) != 1:
        raise SlackError("invalid_arguments", ["must provide exactly one of `blocks`, `view`, or `message`"])
    value = structured(call.args[given[0]], "invalid_arguments")
    match given[0]:
        case "view":
            problems = view_problems(value, "")
        case "message":
            problems = message_problems(value.get("blocks", []) if isinstance(value, dict) else value)
        case _:
            problems = message_problems(value, "")
    if problems:
        errors = [{"code": "failed_constraint", "message": p.message, "pointer": p.pointer} for p in problems]
        raise SlackError("invalid_blocks", errors=errors)
    return {}
