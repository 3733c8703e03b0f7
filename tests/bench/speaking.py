"""A hundred watch events a second, one of them news: how long after the event its message is in the channel.

The cluster is a small API server in this process, so that the bot's own time is what is measured; the workspace is the
sandbox in a process of its own, reached over HTTP. The time that news must last before they are said is taken off.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.answers import Answer, Bulletin, StoryCard
from bot.core.place import Configuration, Home
from bot.core.policy import Policy
from bot.core.subscriptions import Scope, Watch
from bot.knative.client import KnativeClusters
from bot.operations import Operations, World
from bot.scheduler import Calendar, Scheduler
from bot.slack import SlackChannel, connect
from bot.store import Store
from tests.bench.commands import environment
from tests.knative.fleet import Team, fleet_of
from tests.knative.wire import Wire, kubeconfig
from tests.operations.fakes import FakeDirectory, FakeMetrics, FakePanels

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.core.model import ServiceKey
    from bot.core.stories import Story

RATE = 100
NEWS = 1
SECONDS = 20
SERVICES = 300
SETTLING = timedelta(seconds=3)
CHANNELS = ("C01DEPLOYS", "C02PROD", "C03HELLOTEST")


class Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def token(self) -> str:
        return f"{time.monotonic_ns():032x}"


class Heard:
    """The channel, with the time at which each Service's newest Revision was told in it."""

    def __init__(self, channel: SlackChannel) -> None:
        self._channel = channel
        self.at: dict[str, float] = {}

    def answer(self, *_: object, **__: object) -> None:
        """Nobody asks anything here."""

    def post(self, channel: str, answer: Answer, thread: str | None = None, *, broadcast: bool = False) -> str:
        ts = self._channel.post(channel, answer, thread, broadcast=broadcast)
        self._note(answer)
        return ts

    def update(self, channel: str, ts: str, answer: Answer) -> bool:
        there = self._channel.update(channel, ts, answer)
        self._note(answer)
        return there

    def _note(self, answer: Answer) -> None:
        now = time.monotonic()
        match answer:
            case StoryCard(story):
                stories: tuple[Story, ...] = (story,)
            case Bulletin(told, _):
                stories = told
            case _:
                return
        for story in stories:
            for update in (update for entry in story.entries for update in entry.updates):
                self.at.setdefault(update.subject, now)


def main() -> int:
    """Run the measurement, print its table, and return 1 if news were lost or late."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bot.env"
        command = [sys.executable, "-m", "bot", "sandbox", "--only", "slack", "--port", "0", "--env-file", str(file)]
        sandbox = subprocess.Popen(command)
        fleet, teams = fleet_of([f"s{number:03}" for number in range(SERVICES)])
        wire = Wire(fleet)
        try:
            variables = environment(file)
            slack = SlackChannel(
                connect(variables["SLACK_BOT_TOKEN"], variables["SLACK_API_URL"]), "/knative", FakePanels()
            )
            heard = Heard(slack)
            (Path(folder) / "kubeconfig").write_text(kubeconfig(wire.url))
            written = _run(Path(folder), heard, teams)
        finally:
            fleet.end()
            wire.stop()
            sandbox.terminate()
            sandbox.wait(10)
    return _report(written, heard.at)


def _run(folder: Path, heard: Heard, teams: list[Team]) -> dict[str, float]:
    """Let the fleet change under a bot; return when each new Revision was written."""
    knative, store = KnativeClusters(), Store.open(f"sqlite:///{folder}/knobot.db")
    knative.connect("main", folder / "kubeconfig")
    watches = tuple(
        Watch("c1", channel, Scope("main", "shop", f"s??{number}")) for number in range(10) for channel in _of(number)
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
        )
    )
    scheduler = Scheduler(bot.tick, bot.follow, beats=(bot.listen, bot.speak))

    def noticed(key: ServiceKey) -> None:
        bot.notice(key)
        scheduler.wake(key)

    reflector = knative.reflector("main", ["shop"], noticed)
    scheduler.start()
    reflector.start()
    _until(lambda: len(store.chronicle.known("main")) == SERVICES)
    written = _change(teams)
    _until(lambda: written.keys() <= heard.at.keys())
    reflector.stop()
    scheduler.stop()
    knative.close()
    store.close()
    return written


def _of(number: int) -> tuple[str, ...]:
    """Return the channel that hears of Services whose name ends so: each news is one message somewhere."""
    return (CHANNELS[number % len(CHANNELS)],) if number < 9 else ()


def _change(teams: list[Team]) -> dict[str, float]:
    """Write RATE events a second; NEWS of them tell of a new Revision, for one channel after the other."""
    written: dict[str, float] = {}
    begun, sent, fresh = time.monotonic(), 0, iter([team for team in teams if team.name[-1] in "012"])
    for second in range(SECONDS):
        for _ in range(NEWS):
            team = next(fresh)
            team.deploy()
            written[team.revision(team.number)] = time.monotonic()
            sent += 2
        while sent < (second + 1) * RATE:
            teams[-1 - sent % 60].noise()
            sent += 1
            time.sleep(max(0.0, begun + sent / RATE - time.monotonic()))
    return written


def _report(written: dict[str, float], told: dict[str, float]) -> int:
    late = sorted(told[name] - at - SETTLING.total_seconds() for name, at in written.items() if name in told)
    cuts = statistics.quantiles(late, n=100)
    print(f"news: {RATE} events a second for {SECONDS} s, {NEWS} of them news, in {len(CHANNELS)} channels")
    print("  seconds from the event to its message, past the settling time")
    print(f"  {'news':>8} {'told':>8} {'p50':>8} {'p95':>8} {'max':>8}")
    print(f"  {len(written):>8} {len(late):>8} {cuts[49]:>8.2f} {cuts[94]:>8.2f} {late[-1]:>8.2f}")
    return 0 if len(late) == len(written) and cuts[94] < 1.0 else 1


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
