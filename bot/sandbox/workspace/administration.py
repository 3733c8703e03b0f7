"""What an administrator does: who is a guest, who has left, who is in which group, which channel is shared.

The bot hears of each change.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox.workspace.errors import ControlError, NotThere
from bot.sandbox.workspace.methods import people
from bot.sandbox.workspace.request import json_object
from bot.sandbox.workspace.state import TEAM_ID

if TYPE_CHECKING:
    from bot.sandbox.workspace.outbox import Outbox
    from bot.sandbox.workspace.slack import Slack
    from bot.sandbox.workspace.state import Person, Usergroup

PARTNER_TEAM_ID = "T0PARTNER"
STANDINGS = ("guest", "deleted")


class Administration:
    """Three control routes: /sandbox/person, /sandbox/usergroup and /sandbox/channel."""

    def __init__(self, slack: Slack, outbox: Outbox) -> None:
        self._slack = slack
        self._outbox = outbox

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/sandbox/person", self.person),
            web.post("/sandbox/usergroup", self.usergroup),
            web.post("/sandbox/channel", self.channel),
        ]

    async def person(self, request: web.Request) -> web.Response:
        """Make `user` a guest, or no longer one; `deleted`, or back again."""
        given = await json_object(request)
        standing = {name: given[name] for name in STANDINGS if name in given}
        if not standing or not all(isinstance(value, bool) for value in standing.values()):
            raise ControlError(f"say true or false for {' or '.join(STANDINGS)}")
        person = replace(self._known(given.get("user")), **standing)
        self._slack.directory.change(person)
        self._tell("user_change", user=people.shown(self._slack, person), cache_ts=int(self._slack.clock.now()))
        return web.json_response({})

    async def usergroup(self, request: web.Request) -> web.Response:
        """Let exactly `users` be in the user group `handle`."""
        given = await json_object(request)
        directory = self._slack.directory
        group = directory.usergroup(str(given.get("handle")))
        if group is None:
            raise NotThere(f"There is no user group {given.get('handle')!r}")
        if not isinstance(given.get("users"), list):
            raise ControlError("users must be a list of names")
        before = set(directory.group_members(group))
        group = replace(group, members=[self._known(name).id for name in given["users"]])
        directory.regroup(group)
        self._tell_members(group, before, set(directory.group_members(group)))
        return web.json_response({})

    async def channel(self, request: web.Request) -> web.Response:
        """Share `channel` with another organisation ("shared": true), or end that."""
        given = await json_object(request)
        conversation = self._slack.room(str(given.get("channel")))
        if conversation is None or conversation.room is None:
            raise NotThere(f"There is no channel {given.get('channel')!r}")
        if not isinstance(given.get("shared"), bool):
            raise ControlError("shared must be true or false")
        conversation.room = replace(conversation.room, shared=given["shared"])
        if given["shared"]:
            self._tell("channel_shared", channel=conversation.id, connected_team_id=PARTNER_TEAM_ID)
        else:
            self._tell("channel_unshared", channel=conversation.id, previously_connected_team_id=PARTNER_TEAM_ID)
        return web.json_response({})

    def _tell_members(self, group: Usergroup, before: set[str], after: set[str]) -> None:
        now, added, removed = int(self._slack.clock.now()), sorted(after - before), sorted(before - after)
        shown = people.shown_group(self._slack.directory, group, with_users=True)
        self._tell("subteam_updated", subteam=shown)
        self._tell(
            "subteam_members_changed",
            subteam_id=group.id,
            team_id=TEAM_ID,
            date_previous_update=now,
            date_update=now,
            added_users=added,
            added_users_count=str(len(added)),
            removed_users=removed,
            removed_users_count=str(len(removed)),
        )

    def _tell(self, kind: str, **fields: Any) -> None:
        self._outbox.event({"type": kind, **fields, "event_ts": self._slack.clock.ts()})

    def _known(self, name: object) -> Person:
        person = self._slack.directory.person(str(name))
        if person is None or person not in self._slack.directory.people:
            raise NotThere(f"There is no user {name!r}")
        return person
