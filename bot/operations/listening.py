"""The cluster's news: what happens to a Service, once it has lasted, becomes what channels are to be told.

Nothing of it depends on having seen an event. A notice only says where to look; what is there is compared with what was
told last, which the store knows. All Services are looked at after a start and from time to time, so that what was
missed is late but never lost. Of several processes that learn the same, one takes the step in the store.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING

from bot.core import timezone
from bot.core.errors import BotError
from bot.core.model import Pod
from bot.core.standing import stand, suspects
from bot.core.stories import Post, Telling
from bot.core.subscriptions import Silence, Watch
from bot.core.tally import NEWS
from bot.core.updates import ALARMS, ENDINGS, News, absorb, compare, settle
from bot.operations import audience
from bot.operations.attributing import Cause, cause
from bot.operations.isolating import guarded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.core.model import ServiceKey, Snapshot
    from bot.core.standing import Stand
    from bot.core.updates import Update
    from bot.operations.world import World

log = logging.getLogger(__name__)

SURVEY = timedelta(minutes=5)
"""How often all Services are looked at, whether something was noticed about them or not."""
REMEMBERED = timedelta(days=8)
"""How long it is remembered what happened: a week, for those who look back once a week."""
NEW = timedelta(days=1)
"""A Service that nothing is told of and that is older than this is not said to be made."""
DOUBT = timedelta(seconds=10)
"""How long a Revision may want more pods than it has before they are looked at, and how often they are."""
READS = 5
"""How often the cluster is asked for pods or logs in one round."""
LOG_LINES = 6
PORTION = 500
"""How many Services are looked at with one hold on the database."""


@dataclass(slots=True)
class Mind:
    """What is remembered of one Service while something of it is not settled; it may be lost at any moment."""

    since: dict[tuple[str, ...], datetime] = field(default_factory=dict)
    doubted: datetime | None = None
    asked: datetime | None = None
    pods: tuple[Pod, ...] = ()
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wishes:
    """What all channels want to hear, and do not for a while: read once a round, if there is anything to tell."""

    watches: tuple[Watch, ...]
    silences: tuple[Silence, ...]


class Listener:
    """Turns what is so into what is to be told. `notice` may be called by any thread, `listen` by one at a time."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lock = threading.Lock()
        self._noticed: dict[ServiceKey, datetime] = {}
        self._minds: dict[ServiceKey, Mind] = {}
        self._surveyed: dict[str, datetime] = {}
        self._reads = READS
        self._wishes: Wishes | None = None
        self._audiences: dict[tuple[str, str], Callable[[ServiceKey], bool] | None] = {}

    def notice(self, key: ServiceKey) -> None:
        """Take note that something of a Service has changed."""
        self._note({key: self._world.clock.now()})

    def listen(self) -> bool:
        """Look at the Services that something was noticed about, or that are due to be looked at again.

        Returns:
            Whether there is more to be told than before.
        """
        now = self._world.clock.now()
        for cluster in self._world.configuration.clusters:
            guarded(f"the survey of {cluster}", self._survey, cluster, now)
        with self._lock:
            noticed, self._noticed = self._noticed, {}
        due = sorted({*noticed, *(key for key, mind in self._minds.items() if mind.due and mind.due <= now)})
        told, self._reads = False, READS
        for start in range(0, len(due), PORTION):
            portion = due[start : start + PORTION]
            try:
                told = self._look(portion, noticed, now) or told
            except BotError as error:
                log.warning("News of %s Services wait: %s", len(portion), error)
                self._note({key: noticed.get(key, now) for key in portion})
        return told

    def _note(self, noticed: Mapping[ServiceKey, datetime]) -> None:
        """Have Services looked at; of one that something was noticed about several times the last time counts."""
        with self._lock:
            for key, at in noticed.items():
                self._noticed[key] = max(at, self._noticed.get(key, at))

    def _survey(self, cluster: str, now: datetime) -> None:
        last = self._surveyed.get(cluster)
        if last is not None and now - last < SURVEY:
            return
        there = self._world.knative.observed_keys(cluster)
        if there is None:
            return
        told = self._world.store.chronicle.known(cluster)
        self._world.store.chronicle.forget(now - REMEMBERED)
        self._note(dict.fromkeys((*there, *told), now))
        self._surveyed[cluster] = now

    def _look(self, keys: Sequence[ServiceKey], noticed: Mapping[ServiceKey, datetime], now: datetime) -> bool:
        chronicle = self._world.store.chronicle
        stands = chronicle.stands(keys)
        self._wishes = None
        self._audiences.clear()
        tellings = []
        for key in keys:
            before, version = stands.get(key, (None, 0))
            telling = self._learn(key, before, version, noticed.get(key, now), now)
            if telling:
                tellings.append(telling)
        if not tellings:
            return False
        zone = timezone.zone(self._world.configuration.timezone)
        lost = chronicle.tell(tellings, now.astimezone(zone).date().isoformat(), now)
        self._note(dict.fromkeys(lost, now))
        won = [telling for telling in tellings if telling.key not in set(lost)]
        for update in (update for telling in won for post in telling.posts for update in post.updates):
            self._world.tally.count(NEWS, update.news.value)
        return any(telling.posts for telling in won)

    def _learn(
        self, key: ServiceKey, before: Stand | None, version: int, noticed: datetime, now: datetime
    ) -> Telling | None:
        """Return the next step of what is told of a Service, None if there is none now.

        What is seen now for the first time has been so since something was `noticed`.
        """
        snapshot = self._world.knative.observed(key)
        if snapshot is None or (before is None and snapshot.service is None):
            self._minds.pop(key, None)
            return None
        mind = self._minds.setdefault(key, Mind())
        self._doubt(mind, snapshot, now)
        after = stand(snapshot, mind.pods, now)
        news = compare(before, after)
        if before is None and not self._is_new(snapshot, now):
            self._rest(key, mind)
            return Telling(key, version, absorb(None, after, news, now))
        settling = self._world.configuration.settling
        ripe, mind.since = settle(mind.since, news, noticed, now, settling)
        looks = [at + settling for at in mind.since.values()]
        if mind.doubted:
            looks.append((mind.asked or mind.doubted) + DOUBT)
        mind.due = min(looks, default=None)
        self._rest(key, mind)
        told = absorb(before, after, ripe, now)
        if not ripe:
            return None if told == before else Telling(key, version, told)
        found = cause(self._world, snapshot)
        updates = tuple(self._detailed(each, snapshot, found) for each in ripe)
        return Telling(key, version, told, updates, tuple(self._posts(snapshot, updates, found, now)))

    def _rest(self, key: ServiceKey, mind: Mind) -> None:
        """Forget a Service of which all is settled."""
        if not mind.since and mind.doubted is None:
            self._minds.pop(key, None)

    def _is_new(self, snapshot: Snapshot, now: datetime) -> bool:
        """Whether a Service that nothing is told of is news, and not only new to Knobot."""
        service = snapshot.service
        if service is None:
            return False
        begun = self._world.store.chronicle.begun(snapshot.key.cluster, now)
        return service.created > begun and now - service.created < NEW

    def _doubt(self, mind: Mind, snapshot: Snapshot, now: datetime) -> None:
        """Read the pods of Revisions that have wanted more than they have for a while, not too many at once."""
        names = suspects(snapshot)
        if not names:
            mind.doubted, mind.asked, mind.pods = None, None, ()
            return
        mind.doubted = mind.doubted or now
        if now - (mind.asked or mind.doubted) < DOUBT or not self._reads:
            return
        self._reads -= 1
        mind.asked = now
        try:
            mind.pods = tuple(pod for name in names for pod in self._world.knative.pods(snapshot.key, name))
        except BotError as error:
            log.info("The pods of %s are not known: %s", snapshot.key, error)

    def _detailed(self, update: Update, snapshot: Snapshot, found: Cause) -> Update:
        """Add to news who caused it, to a failure its last log lines, and which domains lead to what is gone."""
        if update.news in (News.FAILED, News.LOST):
            return replace(update, logs=self._logs(snapshot.key, update.subject))
        if update.news is News.GONE and snapshot.domains:
            left = ", ".join(sorted(mapping.domain for mapping in snapshot.domains))
            update = replace(update, reason=f"{left} still {'leads' if len(snapshot.domains) == 1 else 'lead'} to it")
        if update.news in ALARMS | ENDINGS:
            return update
        return found.named(update)

    def _logs(self, key: ServiceKey, revision: str) -> tuple[str, ...]:
        if not self._reads:
            return ()
        self._reads -= 1
        try:
            return tuple(self._world.knative.logs(key, revision, LOG_LINES))
        except BotError as error:
            log.info("No logs of %s: %s", revision, error)
            return ()

    def _posts(self, snapshot: Snapshot, updates: Sequence[Update], found: Cause, now: datetime) -> list[Post]:
        """Return which channels are told what of it, and when."""
        key = snapshot.key
        labels = snapshot.service.labels if snapshot.service else {}
        self._wishes = self._wishes or _wishes(self._world, now)
        mine = [watch for watch in self._wishes.watches if watch.scope.holds(key, labels)]
        silent = _silent(self._wishes.silences, key)
        posts = []
        for channel in dict.fromkeys(watch.channel for watch in mine):
            here = [watch for watch in mine if watch.channel == channel and self._heard(watch, key)]
            wanted = tuple(
                update
                for update in updates
                if any(watch.wants(update.news) for watch in here) and not found.shown(update, channel)
            )
            if wanted:
                told = tuple(audience.shown(self._world, update, channel, key) for update in wanted)
                due = _due(here, wanted, silent.get(channel, now))
                posts.append(Post(channel, told, due, channel in silent))
        return posts

    def _heard(self, watch: Watch, key: ServiceKey) -> bool:
        """Whether those may look at a Service for whom a watch is; asked once a round of each watch."""
        where = (watch.channel, watch.id)
        if where not in self._audiences:
            self._audiences[where] = audience.heard(self._world, watch)
        shown = self._audiences[where]
        return shown is not None and shown(key)


def _wishes(world: World, now: datetime) -> Wishes:
    watches = (*world.configuration.watches, *world.store.watches.all())
    return Wishes(watches, tuple(world.store.watches.silences(now)))


def _silent(silences: Sequence[Silence], key: ServiceKey) -> Mapping[str, datetime]:
    """Return the channels that want to hear nothing of a Service now, and until when."""
    mine = [each for each in silences if not each.matter and each.scope.holds(key, {})]
    return {each.channel: each.until for each in sorted(mine, key=attrgetter("until"))}


def _due(watches: Sequence[Watch], updates: Sequence[Update], now: datetime) -> datetime:
    """Return when the first of the watches that want any of it lets it be said."""
    wanting = [watch for watch in watches if any(watch.wants(update.news) for update in updates)]
    return min((watch.quiet.until(now) if watch.quiet else None) or now for watch in wanting)
