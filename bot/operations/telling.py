"""What channels are to be told becomes messages: a story is claimed, shown, and noted as shown.

Where Slack does not take it, it stays and is tried again; where Knobot may not speak, it is left at that. Whoever
claims a story and dies leaves it to the others after a while.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from bot.core.answers import Bulletin, StoryCard, StoryReply
from bot.core.errors import BotError, Refused
from bot.core.stories import MINUTE, SAME, arrange
from bot.operations.isolating import guarded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.core.stories import Story
    from bot.operations.world import World

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
"""How long a claimed story is left alone by others: longer than telling it can take."""
AGAIN = timedelta(seconds=5)
"""How long after Slack has failed it is tried again."""
BREATH = timedelta(seconds=1)
"""The least time between two looks of a bulletin."""
GLANCE = timedelta(seconds=2)
"""How often it is looked what others have left to tell."""


class Teller:
    """Tells the stories. `tell` is called by one thread at a time."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._glanced: datetime | None = None
        self._edited: dict[str, datetime] = {}
        self._pending = False

    def tell(self, *, fresh: bool) -> None:
        """Tell what is due; `fresh` says that there is something new, else it is looked only now and then."""
        now = self._world.clock.now()
        if not (fresh or self._pending) and self._glanced is not None and now - self._glanced < GLANCE:
            return
        self._glanced, self._pending = now, False
        waiting = sorted(self._world.store.chronicle.waiting(now), key=attrgetter("channel", "id"))
        for channel, stories in groupby(waiting, key=attrgetter("channel")):
            guarded(f"the news in {channel}", self._in_channel, channel, list(stories), now)

    def _in_channel(self, channel: str, stories: Sequence[Story], now: datetime) -> None:
        chronicle = self._world.store.chronicle
        own, shared = arrange(stories, chronicle.began(channel, now - MINUTE), now)
        breath = self._edited.get(channel)
        if shared and breath is not None and now - breath < BREATH:
            self._pending, shared = True, []
        for story in chronicle.claim(own, now, now + LEASE):
            guarded(f"the news of {story.key}", self._tell, [story], self._own, now)
        claimed = chronicle.claim(shared, now, now + LEASE) if shared else ()
        if claimed:
            self._edited[channel] = now
            guarded(f"the news in {channel}", self._tell, claimed, self._bulletin, now)

    def _tell(
        self,
        stories: Sequence[Story],
        say: Callable[[Sequence[Story], datetime], Sequence[Story]],
        now: datetime,
    ) -> None:
        """Say it and note so; what Slack does not take now is let go for a later try."""
        chronicle = self._world.store.chronicle
        try:
            said = say(stories, now)
        except Refused:
            chronicle.shown([_read(story) for story in stories])
            raise
        except BotError:
            chronicle.release(stories, now + AGAIN)
            raise
        chronicle.shown(said)

    def _own(self, stories: Sequence[Story], now: datetime) -> list[Story]:
        """Show a story in its message; what it tells of failures is said below it, unless the message is new."""
        (story,) = stories
        channel = self._world.channel
        card = StoryCard(story)
        if story.ts is None or not channel.update(story.channel, story.ts, card):
            return [_read(replace(story, ts=channel.post(story.channel, card), bulletin=None, posted=now))]
        loud = tuple(entry for entry in story.fresh if entry.answers)
        if loud:
            alarm = any(entry.alarms for entry in loud)
            channel.post(story.channel, StoryReply(story.key, loud), story.ts, broadcast=alarm)
        return [_read(story)]

    def _bulletin(self, stories: Sequence[Story], now: datetime) -> list[Story]:
        """Tell of many Services in one message: the last bulletin, if that was lately."""
        channel = stories[0].channel
        before = {story.id: story for story in self._world.store.chronicle.bulletin(channel, now - SAME)}
        ts = next((story.bulletin for story in before.values()), None)
        everything = sorted({**before, **{story.id: story for story in stories}}.values(), key=attrgetter("id"))
        since = min(story.entries[0].at for story in everything)
        answer = Bulletin(tuple(everything), since)
        if ts is None or not self._world.channel.update(channel, ts, answer):
            ts = self._world.channel.post(channel, Bulletin(tuple(stories), min(s.entries[0].at for s in stories)))
        return [_read(replace(story, bulletin=ts, posted=story.posted or now)) for story in stories]


def _read(story: Story) -> Story:
    """Return a story of which everything is told."""
    return replace(story, shown=story.version, told=len(story.entries))
