"""What channels are to be told becomes messages: a story is claimed, shown, and noted as shown.

Where Slack does not take it, it stays and is tried again; where Knobot may not speak, it is left at that. Whoever
claims a story and dies leaves it to the others after a while. No channel waits for another, and nothing is claimed
before Slack would take it at once: what has to wait is told together with what comes meanwhile.
"""

from __future__ import annotations

import logging
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from bot.core.answers import Bulletin, StoryCard, StoryReply
from bot.core.errors import BotError, Refused, Unavailable
from bot.core.ports import BUSY
from bot.core.stories import ANSWERS, EDITS, MINUTE, OWN, SAME, Calm, arrange
from bot.core.tally import TOLD
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
BREATH = timedelta(seconds=0.65)
"""The least time between two looks of a bulletin: with Slack's own time it keeps what is told within a second."""
GLANCE = timedelta(seconds=2)
"""How often it is looked what others have left to tell."""
CHANNELS = 8
"""In how many channels news are told at the same time."""


@dataclass(slots=True)
class Room:
    """What is remembered of a channel; it may be lost at any moment.

    `edited` and `answered` are when messages of single Services were; `told` is when its bulletin was told last,
    `behind` that what was said below it is not in its own text yet; `pending` that something waits for its turn.
    """

    edited: deque[datetime] = field(default_factory=deque)
    answered: deque[datetime] = field(default_factory=deque)
    told: datetime | None = None
    behind: bool = False
    pending: bool = False

    def calm(self, began: int, now: datetime) -> Calm:
        """Return how busy the channel is, in which `began` messages began within the last minute."""
        for times in (self.edited, self.answered):
            while times and now - times[0] > MINUTE:
                times.popleft()
        over = self.told is not None and now - self.told < MINUTE
        return Calm(OWN - began, EDITS - len(self.edited), ANSWERS - len(self.answered), over)


class Teller:
    """Tells the stories. `tell` is called by one thread at a time."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._glanced: datetime | None = None
        self._rooms: dict[str, Room] = {}
        self._pool = ThreadPoolExecutor(CHANNELS, "tell")

    def tell(self, *, fresh: bool) -> None:
        """Tell what is due; `fresh` says that there is something new, else it is looked only now and then."""
        now = self._world.clock.now()
        pending = [channel for channel, room in self._rooms.items() if room.pending or room.behind]
        if not (fresh or pending) and self._glanced is not None and now - self._glanced < GLANCE:
            return
        self._glanced = now
        waiting = sorted(self._world.store.chronicle.waiting(now), key=attrgetter("channel", "id"))
        due = {channel: list(stories) for channel, stories in groupby(waiting, key=attrgetter("channel"))}

        def work(channel: str) -> None:
            guarded(f"the news in {channel}", self._in_channel, channel, due.get(channel, []), now)

        list(self._pool.map(work, {**due, **dict.fromkeys(pending)}))

    def _in_channel(self, channel: str, stories: Sequence[Story], now: datetime) -> None:
        chronicle, room = self._world.store.chronicle, self._rooms.setdefault(channel, Room())
        began = chronicle.began(channel, now - MINUTE) if stories else 0
        own, shared = arrange(stories, room.calm(began, now), now)
        room.pending = False
        if shared:  # whoever would wait for a turn that the bulletin takes is told there
            shared += [story for story in own if self._must_wait(story)]
            own = [story for story in own if story not in shared]
        if shared or room.behind:
            self._share(channel, room, shared, now)
        for story in own:
            if self._must_wait(story):
                room.pending = True
            elif claimed := chronicle.claim([story], now, now + LEASE):
                room.edited += [now] if story.ts else []
                room.answered += [now] if story.loud else []
                guarded(f"the news of {story.key}", self._tell, claimed, self._own, now)

    def _share(self, channel: str, room: Room, stories: Sequence[Story], now: datetime) -> None:
        """Tell in the channel's bulletin or, where an edit would have to wait, below it; else later."""
        ts = self._world.store.chronicle.bulletin(channel, now - SAME)
        port = self._world.channel
        edits = ts is not None and not port.wait(channel, edit=True)
        posts = bool(stories) and not port.wait(channel, edit=False)
        if ts is None and not stories:
            room.behind = False  # it is too old to be continued
            return
        if (room.told is not None and now - room.told < BREATH) or not (edits or posts):
            room.pending = room.pending or bool(stories)
            return
        room.told = now

        def say(claimed: Sequence[Story], now: datetime) -> Sequence[Story]:
            there: bool | None = None
            if ts is not None and edits:
                there = self._edit(channel, ts, claimed)
            if there or not claimed:
                room.behind = room.behind and not there
                return [_joined(story, str(ts), now) for story in claimed]
            answer = Bulletin(tuple(claimed), min(entry.at for story in claimed for entry in story.fresh[:1]))
            below = ts if there is None else None
            posted = port.post(channel, answer, below, at_once=True)
            room.behind = below is not None
            return [_joined(story, below or posted, now) for story in claimed]

        claimed = self._world.store.chronicle.claim(stories, now, now + LEASE) if stories else ()
        if claimed or not stories:
            room.pending = not guarded(f"the news in {channel}", self._tell, claimed, say, now) or room.pending

    def _edit(self, channel: str, ts: str, stories: Sequence[Story]) -> bool | None:
        """Have a bulletin tell more; False if it is gone, None if others were quicker to take the turn."""
        try:
            return self._world.channel.update(channel, ts, self._bulletin(channel, ts, stories), at_once=True)
        except Unavailable as error:
            if error.code != BUSY:
                raise
            return None

    def _must_wait(self, story: Story) -> bool:
        """Whether Slack would not take at once what is to be said of a story."""
        port = self._world.channel
        return bool(
            (story.ts and port.wait(story.channel, edit=True))
            or ((story.loud or not story.ts) and port.wait(story.channel, edit=False))
        )

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
        except BotError as error:
            chronicle.release(stories, now if error.code == BUSY else now + AGAIN)
            raise
        chronicle.shown(said)
        for story in said:
            self._world.tally.count(TOLD, "bulletin" if story.bulletin else "own")

    def _own(self, stories: Sequence[Story], now: datetime) -> list[Story]:
        """Show a story in its message; what it tells of failures is said below it, unless the message is new."""
        (story,) = stories
        channel = self._world.channel
        card = StoryCard(story)
        if story.ts is None or not channel.update(story.channel, story.ts, card):
            return [_read(replace(story, ts=channel.post(story.channel, card), bulletin=None, posted=now))]
        story = replace(story, bulletin=None)
        if story.loud:
            alarm = any(entry.alarms for entry in story.loud)
            channel.post(story.channel, StoryReply(story.key, story.loud), story.ts, broadcast=alarm)
        return [_read(story)]

    def _bulletin(self, channel: str, ts: str, stories: Sequence[Story]) -> Bulletin:
        """Return what a bulletin tells that goes on with `stories`."""
        before = {story.id: story for story in self._world.store.chronicle.gathered(channel, ts)}
        everything = {**before, **{story.id: story for story in stories}}
        since = min(story.posted or story.due for story in everything.values())
        return Bulletin(tuple(everything[each] for each in sorted(everything)), since)


def _joined(story: Story, bulletin: str, now: datetime) -> Story:
    """Return a story that a bulletin tells."""
    return _read(replace(story, bulletin=bulletin, posted=story.posted if story.bulletin == bulletin else now))


def _read(story: Story) -> Story:
    """Return a story of which everything is told."""
    return replace(story, shown=story.version, told=len(story.entries))
