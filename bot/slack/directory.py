"""Slack as the list of people and user groups: the port Directory."""

from __future__ import annotations

import logging
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.core.change import Person
from bot.core.errors import BotError
from bot.core.policy import Actor
from bot.slack.connection import call
from bot.slack.pacing import Pacer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from slack_sdk import WebClient

log = logging.getLogger(__name__)

UNKNOWN = frozenset({"user_not_found", "user_not_visible", "users_not_found"})
"""Errors that mean: Slack does not know this person, or does not show them to Knobot."""
UNSEEN = frozenset({"channel_not_found"})
"""Errors that mean: Knobot is not in this channel, so that Slack does not tell whose it is."""

MOST = 2_000
"""Of how many people, user groups and channels it is remembered what Slack said; a large workspace has many more."""
KINDS, PAGE = "public_channel,private_channel", 200
"""Which channels are asked for, and how many at once."""


class SlackDirectory:
    """The Directory port: people, user groups and channels, remembered for a short time.

    When Slack does not answer, nobody is anybody: reading a person or a channel fails, and who may be in a user group
    that cannot be read has what it allows to nobody, and what it forbids to everybody.
    """

    def __init__(self, client: WebClient, home: str, usergroups: Iterable[str] = (), keep: float = 60.0) -> None:
        """Create a directory.

        Args:
            client: of the bot.
            home: team id of the workspace; people of others are no members.
            usergroups: ids of those user groups whose members count, as the policy names them.
            keep: seconds for which an answer of Slack is believed.
        """
        self._client = client
        self._home = home
        self._usergroups = tuple(sorted(set(usergroups)))
        self._keep = keep
        self._lock = threading.Lock()
        self._pacer = Pacer()
        self._remembered: dict[str, tuple[float, Any]] = {}
        self._forgotten = 0

    def actor(self, person: Person, channel: str) -> Actor:
        """Return what Slack knows of a person in a channel; raises Unavailable when Slack does not say."""
        try:
            user = self._ask(person.user, "users.info", self._client.users_info, "user", user=person.user)
        except BotError as error:
            if error.code not in UNKNOWN:
                raise
            home = person.team == self._home
            return Actor(person, member=False, standing="unknown to Slack", home=home, gone=home)
        home = person.team == self._home and user.get("team_id", self._home) == self._home
        standing = _standing(user, home=home) or self._place(channel)
        belongs = {group: self._belongs(person, group) for group in self._usergroups}
        name = str(user.get("profile", {}).get("display_name") or user.get("real_name") or user.get("name") or "")
        return Actor(
            person,
            name,
            member=standing is None,
            usergroups=frozenset(group for group, does in belongs.items() if does),
            standing=standing or "a member",
            gone=bool(user.get("deleted")),
            home=home,
            unsure=frozenset(group for group, does in belongs.items() if does is None),
        )

    def bystander(self, channel: str) -> Actor:
        """Return an ordinary member there, in no group; raises Unavailable when Slack does not say whose it is."""
        standing = self._place(channel)
        return Actor(Person(self._home, ""), member=standing is None, standing=standing or "a member")

    def channels(self, person: Person) -> frozenset[str]:
        """Return the channels that a person is in; raises Unavailable when Slack does not say."""
        found = self._ask(
            f"channels of {person.user}", "users.conversations", self._channels_of(person), "channels", user=person.user
        )
        return frozenset(found)

    def _channels_of(self, person: Person) -> Callable[..., dict[str, list[str]]]:
        """Return what reads all pages of a person's channels."""

        def read(**arguments: str) -> dict[str, list[str]]:
            del arguments
            found: list[str] = []
            cursor = ""
            while True:
                answer = self._client.users_conversations(
                    user=person.user, types=KINDS, exclude_archived=True, limit=PAGE, cursor=cursor or None
                )
                found += [channel["id"] for channel in answer["channels"]]
                cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
                if not cursor:
                    return {"channels": found}

        return read

    def forget(self, identity: str) -> None:
        """Believe nothing that was remembered of a person, a user group or a channel, or is on its way."""
        with self._lock:
            self._remembered.pop(identity, None)
            self._forgotten += 1

    def _place(self, channel: str) -> str | None:
        """Return what keeps everybody in a channel from being a member, or None; raises Unavailable as `actor` does."""
        try:
            found = self._room(channel)
        except BotError as error:
            if error.code not in UNSEEN:
                raise
            return "in a channel that Knobot cannot see"
        shared = found.get("is_ext_shared") or found.get("is_pending_ext_shared")
        return "in a channel that is shared with another organisation" if shared else None

    def _room(self, channel: str) -> Any:
        return self._ask(channel, "conversations.info", self._client.conversations_info, "channel", channel=channel)

    def _belongs(self, person: Person, group: str) -> bool | None:
        """Return whether a person is in a user group, None where Slack does not say."""
        try:
            users = self._ask(
                group, "usergroups.users.list", self._client.usergroups_users_list, "users", usergroup=group
            )
        except BotError as error:
            log.warning("The user group %s could not be read, and allows nobody anything: %s", group, error)
            return None
        return person.user in users

    def _ask(self, identity: str, name: str, method: Callable[..., Any], part: str, **arguments: str | int) -> Any:
        """Return one part of Slack's answer about somebody or something, from memory while that is young."""
        now = time.monotonic()
        with self._lock:
            found, forgotten = self._remembered.get(identity), self._forgotten
        if found and found[0] > now:
            return found[1]
        value = self._pacer.send(name, "", partial(call, method, **arguments))[part]
        with self._lock:
            if forgotten == self._forgotten:  # else it may have been true before that only
                self._remembered.pop(identity, None)
                self._remembered[identity] = (now + self._keep, value)
                if len(self._remembered) > MOST:
                    del self._remembered[next(iter(self._remembered))]
        return value


def _standing(user: dict[str, Any], *, home: bool) -> str | None:
    """Return what keeps a person from being a member, or None."""
    if user.get("deleted"):
        return "a deactivated person"
    if user.get("is_bot") or user.get("is_workflow_bot"):
        return "a bot"
    if not home or user.get("is_stranger"):
        return "from another workspace"
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return "a guest"
    return None
