"""Who looks at ten thousand Services: from the words that somebody types to the message that they get.

Each shape of a cluster has a server and a process of its own. What is counted is the bot's part: reading the words,
what the policy says, the copy, the answer and its blocks; a fast API server answers what the copy does not hold.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bot.blocks import render
from bot.blocks.home import home
from bot.core.errors import BotError
from bot.core.place import Configuration, Home
from bot.core.policy import Effect, Policy, Rule
from bot.core.ports import Addressee
from bot.knative.client import KnativeClusters
from bot.operations import Operations, World
from bot.operations.forms import Forms
from bot.scheduler import Calendar
from bot.store import Store
from bot.web import Figures
from tests.bench.serving import EACH, SERVICES, SHAPES, name
from tests.knative.wire import kubeconfig
from tests.operations.fakes import FakeChannel, FakeClock, FakeDirectory, FakeMetrics, FakePanels
from tests.operations.site import DEV, FREE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.core.answers import Answer
    from bot.core.change import Person
    from bot.core.home import HomeTab

ROUNDS = 5
LIMITS = {"digest preview": 200.0}
USUAL = 50.0
"""Milliseconds of the processor that an answer may take."""
LINES = (
    "services",
    "services --grep 0042",
    "services --all-namespaces",
    "services --sort age",
    "services --sort ready",
    "status {service}",
    "status {service} -o yaml",
    "revision {service} 2",
    "revisions {service}",
    "revisions",
    "routes {service}",
    "routes",
    "url {service}",
    "pods {service}",
    "diff {service} 1 2",
    "history {service}",
    "can {service}",
    "domains",
    "ingress",
    "approvals",
    "watch",
    "whoami",
    "digest preview",
    "status {wrong}",
    "revisions {service} --help",
)
RULES = (
    *(Rule(f"team {each}", Effect(), people=(f"S{each}",), services=(f"team-{each:02}-*",)) for each in range(20)),
    Rule("payments are theirs", Effect(allow=False), services=("*payments*",), namespaces=("bank-*",)),
    Rule("open", Effect()),
)
"""A policy of some length, in which each Service has to be looked at by itself."""


def main() -> int:
    """Run the measurements and print their table; return 1 if an aim is missed."""
    found = {shape: _measured(shape) for shape in SHAPES}
    print(f"answers about {SERVICES} Services with {SERVICES * EACH} Revisions, from the words to the message")
    print(f"  milliseconds of the processor, best of {ROUNDS} rounds")
    for number, shape in enumerate(found, 1):
        print(f"  [{number}] {shape}")
    columns = "".join(f"[{number}]".rjust(9) for number in range(1, len(found) + 1))
    print(f"  {'':<34}{columns}{'aim':>9}")
    well = True
    for words in next(iter(found.values())):
        limit, taken = LIMITS.get(words, USUAL), [each[words] for each in found.values()]
        well = well and max(taken) < limit
        row = "".join(f"{each:>9.1f}" for each in taken)
        print(f"  {words:<34}{row}{f'< {limit:.0f}':>9} {'ok' if max(taken) < limit else 'missed'}")
    return 0 if well else 1


def _measured(shape: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        address = Path(folder) / "address"
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.serving", str(address), shape], stdin=subprocess.PIPE
        )
        try:
            while not address.exists():
                time.sleep(0.05)
            file = Path(folder) / "kubeconfig"
            file.write_text(kubeconfig(address.read_text()))
            command = [sys.executable, "-m", "tests.bench.answers", shape, str(file)]
            said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        finally:
            server.communicate()
    found: dict[str, float] = json.loads(said)
    return found


def answers(shape: str, file: Path) -> dict[str, float]:
    """Return for each look how many milliseconds it took."""
    knative = KnativeClusters()
    knative.connect("main", file)
    reflector = knative.reflector("main", None, lambda _: None)
    reflector.start()
    reflector.synced.wait(300)
    store = Store.open(f"sqlite:///{file.parent}/knobot.db")
    world = World(
        knative=knative,
        metrics=FakeMetrics(),
        channel=Rendered(),
        panels=Panels(),
        store=store,
        directory=FakeDirectory(joined={DEV.user: frozenset({FREE})}),
        calendar=Calendar(),
        clock=FakeClock(),
        configuration=Configuration(("main",), {FREE: Home("main", "shop")}, Policy(RULES, {})),
        tally=Figures(),
    )
    gc.collect()
    gc.freeze()
    found = {words: _least(act) for words, act in _looks(shape, world)}
    reflector.stop()
    store.close()
    knative.close()
    return found


def _looks(shape: str, world: World) -> Iterator[tuple[str, Callable[[], None]]]:
    operations = Operations(world)
    service = name(0, SHAPES[shape])
    to = Addressee(DEV, FREE)
    for line in LINES:
        text = line.format(service=service, wrong=service.replace("app", "pap"))
        words = line.replace("{service}", "SERVICE").replace("{wrong}", "a name that is wrong")

        def say(text: str = text) -> None:
            try:
                operations.submit(text, to)
            except BotError as error:
                operations.report(error, to)

        yield words, say
    for typed in ("", "app-00", "0042"):

        def offer(typed: str = typed) -> None:
            Forms(world, operations.submit).offered(typed, to)  # one that remembers nothing

        yield f"names offered for “{typed}”", offer
    yield "home tab", lambda: operations.homes.open(DEV)


def _least(act: Callable[[], None]) -> float:
    taken = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        act()
        taken.append(time.process_time() - begun)
    return min(taken) * 1000


class Rendered(FakeChannel):
    """Makes of each answer what Slack would be sent, and checks that it is one."""

    def answer(self, to: Addressee, answer: Answer, *, public: bool = False) -> None:
        assert render(answer).blocks
        super().answer(to, answer, public=public)


class Panels(FakePanels):
    """The same for home tabs."""

    def home(self, person: Person, tab: HomeTab) -> None:
        assert home(tab, command="/knative")["blocks"]
        super().home(person, tab)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(main())
    print(json.dumps(answers(sys.argv[1], Path(sys.argv[2]))))
