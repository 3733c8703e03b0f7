"""Logs that are followed in threads: from the wish until it ends, with at most one call to Slack for each at a time.

They live in this process alone: what is followed ends with it, and nobody misses it for long. One caller of `relay`
serves all of them, so that no listener ever waits for a line, nor for Slack.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.core.answers import LogChunk, LogThread
from bot.core.change import Person
from bot.core.errors import BotError, Invalid, NotFound, Refused
from bot.core.model import LogLine, ServiceKey
from bot.core.policy import Allow, decide
from bot.core.ports import LogStream
from bot.core.references import find
from bot.core.tailing import BETWEEN, LONGEST, Chunk, Ending, grown
from bot.operations.looking.asking import snapshot_of
from bot.operations.world import World, authorize, intent

if TYPE_CHECKING:
    from datetime import datetime

    from bot.core.commands import FollowLogs
    from bot.core.ports import Addressee

log = logging.getLogger(__name__)

MOST = 8
"""How many are followed at once: each reads a few streams of its cluster, and all share Slack's patience."""
MOST_OF_CHANNEL, MOST_OF_PERSON = 3, 2
"""How many of them in one channel and by one person, so that there is room for others."""
TROUBLES = 15
"""After so many steps without an answer of the cluster in a row it ends."""
WAITING = 500
"""Lines that wait while Slack does not take them; older ones are lost."""


NOTHING = Chunk()


@dataclass(frozen=True, slots=True)
class _Claim:
    """The room that one takes up, from before its first message until it has ended."""

    key: ServiceKey
    channel: str
    asker: Person


@dataclass(slots=True)
class _Thread:
    """One that runs. `shown` is the root message; `chunk` is what the last message of the thread shows, `ts` is it."""

    shown: LogThread
    channel: str
    below: str
    root: str
    stream: LogStream
    chunk: Chunk = NOTHING
    ts: str | None = None
    waiting: list[LogLine] = field(default_factory=list)
    lost: int = 0
    troubles: int = 0


class Tailer:
    """All logs that this process follows; all methods may be called from several threads at once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lock = threading.Lock()
        self._claims: dict[str, _Claim] = {}
        self._threads: dict[str, _Thread] = {}
        self._due: datetime | None = None

    def start(self, command: FollowLogs, to: Addressee, text: str) -> None:
        """Begin to follow, with a message in the channel.

        Raises:
            Invalid: the Service is followed in this channel already, or too many are followed: by this person, in this
                channel, or at all.
        """
        snapshot, _ = snapshot_of(self._world, command.service, command.verb, to, text)
        revision = find(command.revision, snapshot).name if command.revision else None
        now = self._world.clock.now()
        shown = LogThread(self._world.clock.token(), snapshot.key, to.person, now + LONGEST, revision, command.grep)
        self._claim(shown, to.channel)
        try:
            self._begin(shown, command, to)
        except BaseException:
            with self._lock:
                self._claims.pop(shown.id, None)
            raise
        log.info("The logs of %s are followed in %s.", snapshot.key, to.channel)

    def _begin(self, shown: LogThread, command: FollowLogs, to: Addressee) -> None:
        stream = self._world.knative.tail(shown.key, shown.revision, command.lines, command.since)
        try:
            root = self._world.channel.post(to.channel, shown, to.thread)
        except BotError:
            stream.close()
            raise
        with self._lock:
            self._threads[shown.id] = _Thread(shown, to.channel, to.thread or root, root, stream)

    def stop(self, identity: str, to: Addressee) -> None:
        """End one by a click of who started it, or of somebody else who may look at these logs.

        Raises:
            NotFound: this process does not follow it. Refused: the rules do not let this person.
        """
        with self._lock:
            found = self._threads.get(identity)
        if found is None:
            raise NotFound(
                "These logs are not followed any more, or by another Knobot.",
                "Following ends by itself after ten minutes.",
                code="not-followed",
            )
        if to.person != found.shown.asker:
            authorize(self._world, to, intent("logs", found.channel, found.shown.key), f"stop {found.shown.key}")
        self._end(found, Ending.STOPPED, to.person)

    def relay(self) -> None:
        """Show what was written since the last time, and end what is over. Not to be called twice at once."""
        now = self._world.clock.now()
        with self._lock:
            if not self._threads or (self._due and now < self._due):
                return
            running = list(self._threads.values())
            self._due = now + BETWEEN
        for thread in running:
            try:
                self._step(thread, now)
            except BotError as error:
                log.warning("The logs of %s cannot be shown now: %s", thread.shown.key, error)

    def leave(self) -> None:
        """End all: the process ends."""
        with self._lock:
            running = list(self._threads.values())
        for thread in running:
            self._end(thread, Ending.LEAVING)

    def _claim(self, wanted: LogThread, channel: str) -> None:
        with self._lock:
            claims = list(self._claims.values())
            if any(each.channel == channel and each.key == wanted.key for each in claims):
                raise Invalid(
                    f"The logs of {wanted.key} are followed in this channel already.",
                    "Stop that first, by the button of its message.",
                    code="followed",
                )
            for who, count, most in (
                ("You follow", sum(each.asker == wanted.asker for each in claims), MOST_OF_PERSON),
                ("This channel follows", sum(each.channel == channel for each in claims), MOST_OF_CHANNEL),
                ("Knobot follows", len(claims), MOST),
            ):
                if count >= most:
                    hint = "Stop one by the button of its message, or wait until one ends: none takes over ten minutes."
                    raise Invalid(f"{who} {most} logs already.", hint, code="busy")
            self._claims[wanted.id] = _Claim(wanted.key, channel, wanted.asker)

    def _step(self, thread: _Thread, now: datetime) -> None:
        if now >= thread.shown.until:
            self._end(thread, Ending.TIME)
            return
        if not self._still_may(thread):
            self._end(thread, Ending.FORBIDDEN)
            return
        try:
            written = thread.stream.take()
        except Refused as error:
            log.info("The logs of %s may not be read: %s", thread.shown.key, error)
            self._end(thread, Ending.REFUSED)
            return
        except BotError:
            thread.troubles += 1
            if thread.troubles > TROUBLES:
                self._end(thread, Ending.UNREACHABLE)
            return
        thread.troubles = 0
        if not written.pods and self._world.knative.snapshot(thread.shown.key).service is None:
            self._end(thread, Ending.GONE)
            return
        wanted = thread.shown.grep
        fresh = [*thread.waiting, *(line for line in written.lines if wanted is None or wanted in line.text)]
        thread.lost += written.lost + max(0, len(fresh) - WAITING)
        thread.waiting = fresh[-WAITING:]
        if thread.waiting:
            self._show(thread)

    def _still_may(self, thread: _Thread) -> bool:
        """Whether the rules let them look on who asked for it."""
        actor = self._world.directory.actor(thread.shown.asker, thread.channel)
        wish = intent("logs", thread.channel, thread.shown.key)
        return isinstance(decide(wish, actor, self._world.configuration.policy), Allow)

    def _show(self, thread: _Thread) -> None:
        """Show the lines that wait in one message; they wait on where Slack does not take it."""
        chunk, another = grown(thread.chunk, thread.waiting, thread.lost)
        answer, channel = LogChunk(thread.shown.key, chunk), self._world.channel
        try:
            if another or thread.ts is None or not channel.update(thread.channel, thread.ts, answer):
                thread.ts = channel.post(thread.channel, answer, thread.below)
        except Refused:
            self._end(thread, Ending.STOPPED)  # Knobot was sent away
            return
        thread.shown = replace(thread.shown, count=thread.shown.count + len(thread.waiting) + thread.lost)
        thread.chunk, thread.waiting, thread.lost = chunk, [], 0

    def _end(self, thread: _Thread, why: Ending, by: Person | None = None) -> None:
        """End one, once, and say why on its first message."""
        with self._lock:
            if self._threads.pop(thread.shown.id, None) is None:
                return
            del self._claims[thread.shown.id]
        thread.stream.close()
        thread.shown = replace(thread.shown, ending=why, by=by)
        log.info("The logs of %s are not followed any more: %s.", thread.shown.key, why.value)
        try:
            self._world.channel.update(thread.channel, thread.root, thread.shown)
        except BotError as error:
            log.warning("The end of following %s could not be shown: %s", thread.shown.key, error)
