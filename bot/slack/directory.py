"""Slack as the list of people and user groups: the port Directory."""

from __future__ import annotations

import logging
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.core.errors import BotError
from bot.core.policy import Actor
from bot.slack.connection import call
from bot.slack.pacing import Pacer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from slack_sdk import WebClient

    from bot.core.change import Person

log = logging.getLogger(__name__)

UNKNOWN = frozenset({"user_not_found", "user_not_visible", "users_not_found"})
"""Errors that mean: Slack does not know this person, or does not show them to Knobot."""


class SlackDirectory:
    """The Directory port: people and user groups, remembered for a short time.

    When Slack does not answer, nobody is anybody: reading a person fails, and a user group has no members.
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

    def actor(self, person: Person) -> Actor:
        """Return what Slack knows of a person; raises Unavailable when Slack does not say."""
        try:
            user = self._ask(
                f"user {person.user}",
                lambda: self._call("users.info", self._client.users_info, user=person.user)["user"],
            )
        except BotError as error:
            if error.code not in UNKNOWN:
                raise
            home = person.team == self._home
            return Actor(person, member=False, standing="unknown to Slack", home=home)
        home = person.team == self._home and user.get("team_id", self._home) == self._home
        standing = _standing(user, home=home)
        groups = frozenset(group for group in self._usergroups if person.user in self._members(group))
        name = str(user.get("profile", {}).get("display_name") or user.get("real_name") or user.get("name") or "")
        return Actor(
            person, name, member=standing is None, usergroups=groups, standing=standing or "a member", home=home
        )

    def forget(self) -> None:
        """Believe nothing that was remembered: people or groups have changed."""
        with self._lock:
            self._remembered.clear()

    def _members(self, group: str) -> frozenset[str]:
        try:
            members: frozenset[str] = self._ask(
                f"group {group}",
                lambda: frozenset(
                    self._call("usergroups.users.list", self._client.usergroups_users_list, usergroup=group)["users"]
                ),
            )
        except BotError as error:
            log.warning("The user group %s could not be read and counts as empty: %s", group, error)
            return frozenset()
        return members

    def _call(self, name: str, method: Callable[..., Any], **arguments: Any) -> Any:
        return self._pacer.send(name, "", partial(call, method, **arguments))

    def _ask(self, key: str, ask: Callable[[], Any]) -> Any:
        now = time.monotonic()
        with self._lock:
            found = self._remembered.get(key)
        if found and found[0] > now:
            return found[1]
        value = ask()
        with self._lock:
            self._remembered[key] = (now + self._keep, value)
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
