"""A hundred watch events a second: how long after an event what it tells is in the channel.

Twice: with one news item a second among them, as on a busy day, and with nothing but news, in several channels, as
when everything changes at once. The cluster is a small API server in this process, the workspace is the sandbox in a
process of its own, reached over HTTP, which takes its time to answer as Slack does. What is measured is each single
change, from the moment before it is written to the moment after Slack has taken the first message or edit whose text
tells or counts it; the time that news must last before they are said is taken off.
"""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from bot.blocks import render
from bot.core.answers import Answer, Bulletin, StoryCard, StoryReply
from bot.core.place import Configuration, Home
from bot.core.policy import Policy
from bot.core.subscriptions import Scope, Watch
from bot.knative.client import KnativeClusters
from bot.operations import Operations, World
from bot.scheduler import BEAT, Calendar, Scheduler
from bot.slack import SlackChannel, connect
from bot.store import Store
from bot.web import Figures
from tests.bench.aims import Aim, judged
from tests.bench.commands import environment
from tests.knative.fleet import Team, fleet_of, words
from tests.knative.wire import Wire, kubeconfig
from tests.operations.fakes import FakeDirectory, FakeMetrics, FakePanels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.core.model import ServiceKey
    from bot.core.stories import Entry

RATE = 100
SETTLING = timedelta(seconds=3)
CHANNELS = ("C01DEPLOYS", "C02PROD", "C03HELLOTEST")
SLACK_SECONDS = 0.1
"""How long Slack takes to answer."""


@dataclass(frozen=True, slots=True)
class Load:
    """What happens: `news` of RATE events a second tell something; None: all do."""

    title: str
    services: int
    seconds: int
    news: int | None


LOADS = (
    Load("one of them news", 300, 20, 1),
    Load("all of them news", 500, 40, None),
)
What = tuple[str, str, int]
"""A Service, what is told of it, and how often it was told before."""


class Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def token(self) -> str:
        return f"{time.monotonic_ns():032x}"


@dataclass
class Heard:
    """The channels, with the time at which each change was told first, and whether its Service was named."""

    channel: SlackChannel
    at: dict[What, float] = field(default_factory=dict)
    named: set[What] = field(default_factory=set)
    calls: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, *_: object, **__: object) -> None:
        """Nobody asks anything here."""

    def wait(self, channel: str, *, edit: bool) -> float:
        return self.channel.wait(channel, edit=edit)

    def post(
        self, channel: str, answer: Answer, thread: str | None = None, *, broadcast: bool = False, at_once: bool = False
    ) -> str:
        ts = self.channel.post(channel, answer, thread, broadcast=broadcast, at_once=at_once)
        self._note("answer" if thread else "post", answer)
        return ts

    def update(self, channel: str, ts: str, answer: Answer, *, at_once: bool = False) -> bool:
        there = self.channel.update(channel, ts, answer, at_once=at_once)
        self._note("edit", answer)
        return there

    def _note(self, call: str, answer: Answer) -> None:
        now, text = time.monotonic(), render(answer, command="/knative").text
        with self._lock:
            self.calls[call] += 1
            for name, entries in _told(answer):
                seen: Counter[str] = Counter()
                for said in (words(update) for entry in entries for update in entry.updates):
                    what = (name, said, seen[said])
                    seen[said] += 1
                    if self.at.setdefault(what, now) == now and re.search(rf"\b{name}\b", text):
                        self.named.add(what)


def _told(answer: Answer) -> Iterable[tuple[str, Iterable[Entry]]]:
    """Return by Service what a message tells or counts."""
    match answer:
        case StoryCard(story):
            return [(story.key.name, story.entries)]
        case Bulletin(stories, _):
            return [(story.key.name, story.entries) for story in stories]
        case StoryReply():
            return []  # its story is told above it
        case _:
            return []


def main() -> int:
    """Run the measurements, print their tables, and return 1 if news were lost or late."""
    return max([_measure(load) for load in LOADS])


def _measure(load: Load) -> int:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bot.env"
        command = [sys.executable, "-m", "bot", "sandbox", "--only", "slack", "--port", "0", "--env-file", str(file)]
        sandbox = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        fleet, teams = fleet_of([f"s{number:03}" for number in range(load.services)])
        wire = Wire(fleet)
        try:
            variables = environment(file)
            _slow(variables["SLACK_API_URL"])
            client = connect(variables["SLACK_BOT_TOKEN"], variables["SLACK_API_URL"])
            heard = Heard(SlackChannel(client, "/knative", FakePanels()))
            (Path(folder) / "kubeconfig").write_text(kubeconfig(wire.url))
            written = _run(Path(folder), heard, teams, load)
        finally:
            fleet.end()
            wire.stop()
            sandbox.terminate()
            sandbox.wait(10)
    return _report(load, written, heard)


def _slow(api: str) -> None:
    """Have the sandbox take its time for each call."""
    fault = {"target": "slack", "kind": "latency", "seconds": SLACK_SECONDS, "count": 10**9}
    where = f"{api.rstrip('/').removesuffix('/api')}/sandbox/faults"
    asked = urllib.request.Request(where, json.dumps(fault).encode(), {"Content-Type": "application/json"})  # noqa: S310 # loopback
    urllib.request.urlopen(asked, timeout=10).close()  # noqa: S310 # likewise


def _run(folder: Path, heard: Heard, teams: list[Team], load: Load) -> dict[What, float]:
    """Let the fleet change under a bot; return when each change was written."""
    knative, store = KnativeClusters(), Store.open(f"sqlite:///{folder}/knobot.db")
    knative.connect("main", folder / "kubeconfig")
    watches = tuple(
        Watch("c1", CHANNELS[number % len(CHANNELS)], Scope("main", "shop", f"s??{number}")) for number in range(10)
    )
    homes = {channel: Home("main", "shop") for channel in CHANNELS}
    configuration = Configuration(("main",), homes, Policy((), {}), watches=watches, settling=SETTLING)
    bot = Operations(
        World(
            knative=knative,
            metrics=FakeMetrics(),
            channel=heard,
            panels=FakePanels(),
            store=store,
            directory=FakeDirectory(),
            calendar=Calendar(),
            clock=Clock(),
            configuration=configuration,
            tally=Figures(),
        )
    )
    scheduler = Scheduler(bot.tick, bot.follow, beats=(bot.listen, partial(bot.speak, BEAT.total_seconds())))

    def noticed(key: ServiceKey) -> None:
        bot.notice(key)
        scheduler.wake(key)

    reflector = knative.reflector("main", ["shop"], noticed)
    scheduler.start()
    reflector.start()
    _until(lambda: len(store.chronicle.known("main")) == load.services)
    written = _quiet(teams, load) if load.news else _storm(teams, load)
    _until(lambda: written.keys() <= heard.at.keys())
    reflector.stop()
    scheduler.stop()
    knative.close()
    store.close()
    return written


@dataclass
class _Diary:
    """When which change was written."""

    at: dict[What, float] = field(default_factory=dict)
    _seen: Counter[tuple[str, str]] = field(default_factory=Counter)

    def keep(self, team: Team, act: Callable[[], list[str]]) -> None:
        now = time.monotonic()
        for said in act():
            self.at[team.name, said, self._seen[team.name, said]] = now
            self._seen[team.name, said] += 1


def _quiet(teams: list[Team], load: Load) -> dict[What, float]:
    """Let a few new Revisions be among events that tell nothing."""
    diary, begun, sent = _Diary(), time.monotonic(), 0
    fresh = iter(teams)
    for second in range(load.seconds):
        for _ in range(load.news or 0):
            team = next(fresh)
            diary.keep(team, team.deploy)
            sent += 2
        while sent < (second + 1) * RATE:
            teams[-1 - sent % 60].noise()
            sent += 1
            time.sleep(max(0.0, begun + sent / RATE - time.monotonic()))
    return diary.at


def _storm(teams: list[Team], load: Load) -> dict[What, float]:
    """Let one Service after the other get a Revision, lose readiness, get it back, have its traffic moved."""
    diary, begun, first = _Diary(), time.monotonic(), teams[0].fleet.version
    turns = count()
    while time.monotonic() < begun + load.seconds:
        past, number = divmod(next(turns), len(teams))
        team = teams[number]
        acts = (team.deploy, team.lose, team.recover) if number % 2 else (team.lose, team.recover, team.deploy)
        diary.keep(team, (*acts, team.move)[past % 4])
        time.sleep(max(0.0, begun + (team.fleet.version - first) / RATE - time.monotonic()))
    return diary.at


def _report(load: Load, written: dict[What, float], heard: Heard) -> int:
    told = [what for what in written if what in heard.at]
    late = sorted(heard.at[what] - written[what] - SETTLING.total_seconds() for what in told)
    cuts = statistics.quantiles(late, n=100)
    calls = ", ".join(f"{count} {name}s" for name, count in sorted(heard.calls.items()))
    print(f"news: {RATE} events a second for {load.seconds} s, {load.title}, in {len(CHANNELS)} channels: {calls}")
    print("  seconds from the event to its message, past the settling time; Slack itself takes", SLACK_SECONDS)
    print(f"  {'news':>8} {'told':>8} {'by name':>8} {'p50':>8} {'p95':>8} {'max':>8}")
    named = len(heard.named & written.keys())
    print(f"  {len(written):>8} {len(told):>8} {named:>8} {cuts[49]:>8.2f} {cuts[94]:>8.2f} {late[-1]:>8.2f}")
    return judged(
        Aim("news that were told", len(told), len(written), least=True),
        Aim("95 of a hundred, from the event to the message", cuts[94], 1, "s"),
    )


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
