"""Who and what the workspace consists of: tests and demos name their own cast when it starts.

People and user groups can be changed while it runs, by `administration`; what changes all the time (messages, views,
connections) lives in modules of its own.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TEAM_ID = "T0SANDBOX"
TEAM_NAME = "Knobot sandbox"
TEAM_DOMAIN = "knobot-sandbox"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account. `guest` is a single-channel guest; `stranger` comes through a shared channel."""

    id: str
    name: str
    real_name: str
    guest: bool = False
    bot: bool = False
    deleted: bool = False
    stranger: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """A public channel.

    Args:
        id: Slack's, such as "C0DEPLOYS".
        name: without the #.
        members: ids or names of people; None means everybody.
        shared: with another organisation, through Slack Connect.
        purpose: one line under the channel's name.
        hints: commands that the page offers while the channel is empty.
    """

    id: str
    name: str
    members: Sequence[str] | None = None
    bot_is_member: bool = True
    shared: bool = False
    purpose: str = ""
    hints: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Usergroup:
    """A user group such as @approvers; `members` are ids or names of people."""

    id: str
    handle: str
    name: str
    members: Sequence[str]


@dataclass(frozen=True, slots=True)
class Installation:
    """The app as this workspace knows it: its secrets are new for every workspace, so that no two are confused."""

    app_id: str = "A0KNOBOT"
    bot_user_id: str = "U0KNOBOT"
    bot_id: str = "B0KNOBOT"
    name: str = "Knobot"
    bot_token: str = field(default_factory=lambda: f"xoxb-sandbox-{secrets.token_hex(12)}", repr=False)
    app_token: str = field(default_factory=lambda: f"xapp-1-A0KNOBOT-{secrets.token_hex(12)}", repr=False)
    signing_secret: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)


SLACKBOT = Person("USLACKBOT", "slackbot", "Slackbot")


class Directory:
    """Looks people, rooms and user groups up, by id or by name."""

    def __init__(
        self, people: Sequence[Person], rooms: Sequence[Room], usergroups: Sequence[Usergroup], app: Installation
    ) -> None:
        self.people = tuple(people)
        self.rooms = tuple(rooms)
        self.usergroups = tuple(usergroups)
        self.app = app
        self.bot = Person(app.bot_user_id, app.name.lower(), app.name, bot=True)
        everybody = (*people, self.bot, SLACKBOT)
        self._people = {key: person for person in everybody for key in (person.id, person.name)}  # a name never changes
        self._members = {room.id: self._membership(room) for room in rooms}

    def _membership(self, room: Room) -> frozenset[str]:
        named: Iterable[str] = (person.id for person in self.people) if room.members is None else room.members
        ids = {self._people[name].id for name in named}
        return frozenset(ids | {self.bot.id} if room.bot_is_member else ids)

    def __iter__(self) -> Iterator[Person]:
        """Every account, as users.list knows them."""
        return iter((*self.people, self.bot, SLACKBOT))

    def person(self, reference: str) -> Person | None:
        """The account with this id, name or @name."""
        return self._people.get(reference.removeprefix("@"))

    def usergroup(self, reference: str) -> Usergroup | None:
        wanted = reference.removeprefix("@")
        return next((group for group in self.usergroups if wanted in (group.id, group.handle)), None)

    def members(self, room: Room) -> frozenset[str]:
        """Ids of the people in the room, the bot's among them if it is in."""
        return self._members[room.id]

    def change(self, person: Person) -> None:
        """Put this in the place of the person with its id."""
        self.people = tuple(person if one.id == person.id else one for one in self.people)
        self._people |= {person.id: person, person.name: person}

    def regroup(self, group: Usergroup) -> None:
        """Put this in the place of the user group with its id."""
        self.usergroups = tuple(group if one.id == group.id else one for one in self.usergroups)

    def group_members(self, group: Usergroup) -> list[str]:
        return [self._people[name].id for name in group.members]
