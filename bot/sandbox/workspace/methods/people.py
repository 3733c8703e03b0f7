"""users.*, usergroups.* and bots.*: who is who."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.workspace.errors import SlackError
from bot.sandbox.workspace.state import SLACKBOT, TEAM_ID

if TYPE_CHECKING:
    from bot.sandbox.workspace.methods.call import Answer, Call
    from bot.sandbox.workspace.slack import Slack
    from bot.sandbox.workspace.state import Directory, Person, Usergroup

MAIL_DOMAIN = "example.com"


def info(call: Call) -> Answer:
    wanted = call.required("user")
    person = call.slack.directory.person(wanted)
    if person is None or person.id != wanted:
        raise SlackError("user_not_found")
    return {"user": shown(call.slack, person)}


def conversations(call: Call) -> Answer:
    """The channels of a person that the app can see: public ones, which are all that there are."""
    person = call.slack.directory.person(call.optional("user") or call.slack.bot.id)
    if person is None:
        raise SlackError("user_not_found")
    wanted = (call.optional("types") or "public_channel").split(",")
    found = [
        each
        for each in call.slack.conversations()
        if each.room and "public_channel" in wanted and person.id in call.slack.members(each)
    ]
    channels, metadata = call.page(found, lambda conversation: {"id": conversation.id, "name": conversation.name})
    return {"channels": channels, **metadata}


def list_users(call: Call) -> Answer:
    members, metadata = call.page(list(call.slack.directory), lambda person: shown(call.slack, person))
    return {"members": members, "cache_ts": int(call.slack.clock.now()), **metadata}


def lookup_by_email(call: Call) -> Answer:
    wanted = call.required("email").lower()
    for person in call.slack.directory.people:
        if not (person.deleted or person.bot) and _email(person) == wanted:
            return {"user": shown(call.slack, person)}
    raise SlackError("users_not_found")


def list_usergroups(call: Call) -> Answer:
    with_users = call.flag("include_users")
    directory = call.slack.directory
    return {"usergroups": [shown_group(directory, group, with_users=with_users) for group in directory.usergroups]}


def usergroup_members(call: Call) -> Answer:
    group = call.slack.directory.usergroup(call.required("usergroup"))
    if group is None or group.id != call.required("usergroup"):
        raise SlackError("no_such_subteam")
    return {"users": call.slack.directory.group_members(group)}


def bot_info(call: Call) -> Answer:
    app = call.slack.directory.app
    if call.optional("bot") not in (None, app.bot_id):
        raise SlackError("bot_not_found")
    return {
        "bot": {
            "id": app.bot_id,
            "deleted": False,
            "name": app.name,
            "app_id": app.app_id,
            "user_id": app.bot_user_id,
            "icons": {},
        }
    }


def shown(slack: Slack, person: Person) -> dict[str, Any]:
    """A user object. A guest in the sandbox is a single-channel guest."""
    is_bot = person.bot
    user: dict[str, Any] = {
        "id": person.id,
        "team_id": TEAM_ID,
        "name": person.name,
        "deleted": person.deleted,
        "real_name": person.real_name,
        "tz": "Etc/UTC",
        "tz_label": "Coordinated Universal Time",
        "tz_offset": 0,
        "is_bot": is_bot,
        "is_app_user": False,
        "updated": 1,
        "profile": {
            "real_name": person.real_name,
            "display_name": person.name,
            "team": TEAM_ID,
            **({} if is_bot or person is SLACKBOT else {"email": _email(person)}),
        },
    }
    if is_bot and person.id == slack.bot.id:
        user["profile"] |= {"bot_id": slack.directory.app.bot_id, "api_app_id": slack.directory.app.app_id}
    if person.stranger:
        user["is_stranger"] = True
    if person.deleted:
        return user
    return user | {
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": person.guest,
        "is_ultra_restricted": person.guest,
    }


def _email(person: Person) -> str:
    return f"{person.name}@{MAIL_DOMAIN}".lower()


def shown_group(directory: Directory, group: Usergroup, *, with_users: bool) -> dict[str, Any]:
    """A user group object."""
    users = directory.group_members(group)
    common = {
        "id": group.id,
        "team_id": TEAM_ID,
        "is_usergroup": True,
        "name": group.name,
        "handle": group.handle,
        "description": "",
        "is_external": False,
        "date_delete": 0,
        "user_count": len(users),
    }
    return common | {"users": users} if with_users else common
