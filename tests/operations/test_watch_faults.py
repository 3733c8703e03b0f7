"""A watch that breaks in every way, in fast motion, while Services change: what is said is what happened, once each."""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.core.answers import Bulletin, StoryCard
from bot.core.place import Configuration, Home
from bot.core.subscriptions import Scope, Watch
from bot.knative.client import KnativeClusters
from bot.operations import Operations, World
from bot.store import Store
from tests.knative.fleet import Fault, Fleet, Team, fleet_of, words
from tests.knative.wire import Wire, kubeconfig
from tests.operations.fakes import FakeCalendar, FakeChannel, FakeDirectory, FakeMetrics, FakePanels, FakeTally
from tests.operations.site import policy

if TYPE_CHECKING:
    from pathlib import Path

    from bot.core.model import ServiceKey
    from bot.core.stories import Entry, Story

QUIET = 0.6
"""Seconds after which silence counts as a broken connection: a real server's ninety, in fast motion."""
SETTLING = timedelta(seconds=0.2)
PATIENCE = 30.0
ROUNDS = 12
SERVICES = [f"s{number}" for number in range(6)]


class Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def token(self) -> str:
        return f"{time.monotonic_ns():032x}"


def heard(channel: FakeChannel) -> dict[str, list[str]]:
    """Service → what its stories tell, sorted: Services and Revisions come by watches of their own.

    A story has one message of its own at most: two are told twice. In a storm a bulletin goes on with it.
    """
    cards: dict[int, list[tuple[Entry, ...]]] = defaultdict(list)
    longest: dict[int, Story] = {}
    for shown in list(channel.messages.values()):
        match shown[-1]:
            case StoryCard(story):
                stories: tuple[Story, ...] = (story,)
                cards[story.id].append(story.entries)
            case Bulletin(told, _):
                stories = told
            case _:
                stories = ()
        for story in stories:
            longest[story.id] = max(story, longest.get(story.id, story), key=lambda each: len(each.entries))
    found: dict[str, list[str]] = defaultdict(list)
    for story in longest.values():
        entries = (*story.entries, *(entry for more in cards[story.id][1:] for entry in more))
        found[story.key.name] += [words(update) for entry in entries for update in entry.updates]
    return {name: sorted(said) for name, said in found.items()}


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_said_is_what_happened_once_each(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 # a test's dice
    fleet, teams = fleet_of(SERVICES)
    wire = Wire(fleet)
    (tmp_path / "kubeconfig").write_text(kubeconfig(wire.url))
    knative, store, channel = KnativeClusters(), Store.open(f"sqlite:///{tmp_path}/knobot.db"), FakeChannel()
    knative.connect("main", tmp_path / "kubeconfig")
    watch = Watch("c1", "C1", Scope("main", "shop"))
    configuration = Configuration(
        ("main",), {"C1": Home("main", "shop")}, policy(), watches=(watch,), settling=SETTLING
    )
    world = World(
        knative=knative,
        metrics=FakeMetrics(),
        channel=channel,
        panels=FakePanels(),
        store=store,
        directory=FakeDirectory(),
        calendar=FakeCalendar(),
        clock=Clock(),
        configuration=configuration,
        tally=FakeTally(),
    )
    bots = [Operations(world), Operations(world)]

    def noticed(key: ServiceKey) -> None:
        for bot in bots:
            bot.notice(key)

    reflector = knative.reflector("main", ["shop"], noticed, quiet=QUIET)
    reflector.start()
    assert reflector.synced.wait(10)
    done = threading.Event()
    threads = [threading.Thread(target=_live, args=(bot, done)) for bot in bots]
    for thread in threads:
        thread.start()
    try:
        until = time.monotonic() + PATIENCE
        while len(store.chronicle.known("main")) < len(SERVICES):
            assert time.monotonic() < until
            time.sleep(0.05)
        happened = _disturb(fleet, teams, channel, chance)
    finally:
        done.set()
        for thread in threads:
            thread.join(10)
        fleet.end()
        reflector.stop()
        knative.close()
        wire.stop()
        store.close()

    assert heard(channel) == happened
    assert reflector.health().relists > 0


def _live(bot: Operations, done: threading.Event) -> None:
    while not done.wait(0.05):
        bot.listen()
        bot.speak()


def _disturb(fleet: Fleet, teams: list[Team], channel: FakeChannel, chance: random.Random) -> dict[str, list[str]]:
    """Let things go wrong while one Service after the other changes, and wait each time until it was heard."""
    happened: dict[str, list[str]] = defaultdict(list)
    for number in range(ROUNDS):
        fault = (*Fault, None)[number % (len(Fault) + 1)]
        fleet.misbehave(fault)
        time.sleep(chance.uniform(0, 0.3))
        for team in chance.sample(teams, 2):
            happened[team.name] = sorted([*happened[team.name], *team.act()])
            team.noise()
        time.sleep(chance.uniform(0.1, 0.9))
        fleet.misbehave(None)
        until = time.monotonic() + PATIENCE
        while heard(channel) != happened and time.monotonic() < until:
            time.sleep(0.05)
        assert heard(channel) == happened, fault
    return happened
