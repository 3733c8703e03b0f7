"""How news are told in a channel: one message a Service and day, edited as the day goes on, with answers below it.

What is routine only edits the message. A failure, and the recovery from it, are said below it as well, for an edit
disturbs nobody. Where more Services have news at once than people can read, or than Slack takes messages, one bulletin
tells of them all until it is calm again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.core.model import ServiceKey
from bot.core.standing import Stand
from bot.core.updates import ALARMS, ENDINGS, News, Update

if TYPE_CHECKING:
    from collections.abc import Sequence

OWN = 5
"""How many Services begin a message of their own in a channel within a minute; more share a bulletin."""
ANSWERS, AT_ONCE = 10, 4
"""How often something is said below the message of a Service within a minute, and in one breath: Slack takes one a
second."""
EDITS = 12
"""How often messages of single Services are edited in a channel within a minute: Slack takes 50 edits for them all."""
MINUTE = timedelta(minutes=1)
SAME = timedelta(minutes=10)
"""How long a bulletin is continued rather than a new one begun."""
LONGEST = timedelta(days=7)
"""A trouble that lasts longer is told of anew."""
ENTRIES = 60
"""How many entries a story keeps, the newest."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What was learned of one Service at one time."""

    at: datetime
    updates: tuple[Update, ...]

    @property
    def alarms(self) -> bool:
        return any(update.news in ALARMS for update in self.updates)

    @property
    def answers(self) -> bool:
        """Whether it is said below the message too."""
        return self.alarms or any(update.news in ENDINGS for update in self.updates)


@dataclass(frozen=True, slots=True)
class Post:
    """What one channel is told, and not before when; `muted` if only because somebody wanted silence until then."""

    channel: str
    updates: tuple[Update, ...]
    due: datetime
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Telling:
    """One step of what is told of a Service: its Stand from the version that was read to the next one.

    `stand` None means that there is no such Service any more. `updates` is everything that happened, `posts` who is
    told of it.
    """

    key: ServiceKey
    version: int
    stand: Stand | None
    updates: tuple[Update, ...] = ()
    posts: tuple[Post, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of news of one Service, as it is remembered."""

    at: datetime
    key: ServiceKey
    update: Update


@dataclass(frozen=True, slots=True)
class Story:
    """The news of one Service in one channel on one day (YYYY-MM-DD, in the configuration's time zone).

    `version` grows with each entry; `shown` is the version that the message tells of, `told` how many entries it and
    what is below it tell. `ts` is the message of its own, `bulletin` that of a bulletin which tells of it instead;
    `posted` is when. It is not said before `due`.
    """

    id: int
    channel: str
    key: ServiceKey
    day: str
    entries: tuple[Entry, ...]
    due: datetime
    version: int = 1
    shown: int = 0
    told: int = 0
    ts: str | None = None
    bulletin: str | None = None
    posted: datetime | None = None

    @property
    def troubled(self) -> bool:
        return self.trouble is not None

    @property
    def trouble(self) -> Update | None:
        """The last thing said about failures that nothing has been said about since to be over."""
        over: set[str] = set()
        for update in (update for entry in reversed(self.entries) for update in reversed(entry.updates)):
            if update.news is News.GONE:
                return None
            if update.news in ENDINGS:
                over.add(update.subject)
            elif update.news in ALARMS and (update.subject if update.news is News.DOMAIN else "") not in over:
                return update
        return None

    @property
    def loud(self) -> tuple[Entry, ...]:
        """What is said below its message, as nobody sees an edit."""
        return tuple(entry for entry in self.fresh if entry.answers) if self.ts else ()

    @property
    def fresh(self) -> tuple[Entry, ...]:
        """The entries that nobody has read yet."""
        return self.entries[self.told :]


def carries(story: Story, day: str, now: datetime) -> bool:
    """Whether news of now go on with `story`: it is of the day, or its trouble is not over."""
    return story.day == day or (story.troubled and now - story.entries[0].at < LONGEST)


def extended(story: Story, entry: Entry, due: datetime) -> Story:
    """Return `story` with one more entry, said at once if anything in it is to be."""
    waits = story.shown < story.version
    entries = (*story.entries, entry)
    dropped = max(0, len(entries) - ENTRIES)
    return replace(
        story,
        entries=entries[dropped:],
        told=max(0, story.told - dropped),
        version=story.version + 1,
        due=min(story.due, due) if waits else due,
    )


def hushed(story: Story, entry: Entry, due: datetime) -> Story:
    """Return `story` with one more entry from a mute, without what has come and gone in it: that is told to nobody."""
    longer = extended(story, entry, due)
    untold = {update.news for each in longer.fresh for update in each.updates}
    before = replace(longer, entries=longer.entries[: longer.told], version=longer.shown)
    return before if untold <= ALARMS | ENDINGS and not longer.troubled and not before.troubled else longer


@dataclass(frozen=True, slots=True)
class Calm:
    """How busy a channel is: how many messages may begin, be edited and be answered for single Services now.

    `over` says that a bulletin was told within the last minute: what is routine then goes on there.
    """

    posts: int = OWN
    edits: int = EDITS
    answers: int = ANSWERS
    over: bool = False


def arrange(stories: Sequence[Story], calm: Calm, now: datetime) -> tuple[list[Story], list[Story]]:
    """Return which stories of one channel are told in messages of their own, and which in a bulletin; alarms first.

    A story that was in a bulletin long before `now` gets or goes on with a message of its own.
    """
    own: list[Story] = []
    shared: list[Story] = []
    edits, posts, answers = calm.edits, calm.posts, min(calm.answers, AT_ONCE)
    for story in sorted(stories, key=lambda story: (not story.troubled, story.id)):
        lately = story.bulletin is not None and story.posted is not None and now - story.posted < SAME
        post, answer = story.ts is None, bool(story.loud)
        full = posts <= 0 if post else edits <= 0 or (answer and answers <= 0)
        if lately or full or (calm.over and not story.troubled):
            shared.append(story)
        else:
            edits, posts, answers = edits - (not post), posts - post, answers - answer
            own.append(story)
    return own, shared
