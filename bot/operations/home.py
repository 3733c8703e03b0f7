"""Home tabs: published when somebody looks at theirs, and again when what it shows of changes has moved.

Slack does not tell when a home tab is closed. Whoever has looked at theirs within the last hour gets it anew, and only
if it tells something else: that is asked of the store, where every process sees what all of them have moved.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.core.errors import BotError, NotFound
from bot.core.home import HomeTab, Place
from bot.core.policy import Deny, decide, may_approve
from bot.operations.world import World, intent, plan_intent, sieve

if TYPE_CHECKING:
    from bot.core.change import Change, Person
    from bot.core.ports import Addressee

log = logging.getLogger(__name__)

KEPT = timedelta(hours=1)
"""For how long after it was looked at a home tab is kept up to date."""
MOST = 100
"""How many home tabs are kept up to date."""
RECENT = 5
"""How many of a person's own changes are shown."""
PLACES = 8
"""How many of their channels."""

Shown = frozenset[tuple[str, int]]
"""The changes that a home tab tells of, by id and version."""


@dataclass(frozen=True, slots=True)
class Look:
    """A home tab that somebody has looked at."""

    at: datetime
    shown: Shown


class Homes:
    """The home tabs that are kept up to date by this process."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lock = threading.Lock()
        self._open: dict[Person, Look] = {}

    def open(self, person: Person) -> None:
        """Publish the home tab of a person who looks at it.

        Raises:
            Unavailable: Slack or the database does not answer.
        """
        now = self._world.clock.now()
        waiting, recent = self._changes(person)
        tab = HomeTab(self._places(person), waiting, recent, now)
        self._world.panels.home(person, tab)
        with self._lock:
            self._open[person] = Look(now, _shown(waiting, recent))
            while len(self._open) > MOST:
                del self._open[min(self._open, key=lambda one: self._open[one].at)]

    def tick(self) -> None:
        """Publish those home tabs anew whose changes have moved."""
        now = self._world.clock.now()
        with self._lock:
            self._open = {person: look for person, look in self._open.items() if now - look.at < KEPT}
            looked = dict(self._open)
        for person, look in looked.items():
            try:
                if _shown(*self._changes(person)) != look.shown:
                    self.open(person)
                    with self._lock:
                        self._open[person] = replace(self._open[person], at=look.at)
            except BotError as error:
                log.info("The home tab of %s is not up to date: %s", person.user, error)

    def placed(self, identity: str, to: Addressee) -> Addressee:
        """Return where a change was asked for whose button stands in a home tab.

        Raises:
            NotFound: there is no such change (code "unknown-change").
        """
        change = self._world.store.change(identity)
        if change is None:
            raise NotFound("Knobot does not know this change.", "Ask for it again.", code="unknown-change")
        return replace(to, channel=change.plan.request.channel, thread=change.plan.request.thread)

    def at(self, channel: str, to: Addressee) -> Addressee:
        """Return a channel of the person whose button stands in their home tab.

        Raises:
            NotFound: it is none of theirs, or stands for no namespace (code "unknown-channel").
        """
        if channel not in self._world.configuration.homes or channel not in self._world.directory.channels(to.person):
            raise NotFound("This is no channel of yours.", "Join it first.", code="unknown-channel")
        return replace(to, channel=channel)

    def _changes(self, person: Person) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
        """Return the changes that a person may decide on, and the last of their own."""
        policy = self._world.configuration.policy
        waiting = []
        for change in self._world.store.pending():
            if change.requester == person or person in change.votes.given or not change.votes.needed:
                continue
            actor = self._world.directory.actor(person, change.plan.request.channel)
            if may_approve(change.votes.group, plan_intent(change.plan), actor, policy):
                waiting.append(change)
        return tuple(waiting), tuple(self._world.store.by(person, RECENT))

    def _places(self, person: Person) -> tuple[Place, ...]:
        """Return the channels of a person in which they may look, with what runs there."""
        mine = self._world.directory.channels(person)
        homes = [(channel, home) for channel, home in self._world.configuration.homes.items() if channel in mine]
        places, sight = [], self._world.looking(old=False).sight
        for channel, home in homes[:PLACES]:
            actor = self._world.directory.actor(person, channel)
            wish = intent("services", channel, home)
            if isinstance(decide(wish, actor, self._world.configuration.policy), Deny):
                continue
            try:
                shown = sieve(self._world, "services", person, channel).within(home.cluster, home.namespace)
                there = sight.services(home.cluster, home.namespace)
                services = tuple(service for service in there if shown(service.key.name))
                places.append(Place(channel, home.namespace, services))
            except BotError as error:
                places.append(Place(channel, home.namespace, trouble=error.message))
        return tuple(places)


def _shown(waiting: tuple[Change, ...], recent: tuple[Change, ...]) -> Shown:
    return frozenset((change.id, change.version) for change in (*waiting, *recent))
