"""A team with Knobot: two channels, a cluster with the Service hello, and processes that can be killed and doubled."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.core.answers import Problem
from bot.core.change import Change, Person, State
from bot.core.errors import BotError
from bot.core.place import Configuration, Home
from bot.core.policy import Effect, Group, Policy, Rule
from bot.core.ports import Addressee
from bot.handlers.actions import STEERING
from bot.operations import Operations, World
from bot.store import Store
from tests.core import builders
from tests.operations.fakes import (
    FakeCalendar,
    FakeChannel,
    FakeClock,
    FakeDirectory,
    FakeKnative,
    FakeMetrics,
    FakePanels,
    FakeTally,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.store import Entry

DEV, OPS, LEAD, GUEST = (Person("T1", user) for user in ("U1DEV", "U2OPS", "U3LEAD", "U4GUEST"))
FREE, GUARDED, ELSEWHERE = "C1FREE", "C2GUARDED", "C3ELSEWHERE"
WISH = "rollout hello latest=10"
SECOND = timedelta(seconds=1)


def policy(approvals: int = 1) -> Policy:
    """In FREE everybody may do everything, in GUARDED changes need approvals of the approvers."""
    guarded = Effect(approvals=approvals, group="approvers", within=timedelta(hours=4))
    rules = (
        Rule("careful", guarded, channels=(GUARDED,), verbs=("change",)),
        Rule("open", Effect()),
    )
    return Policy(rules, {"approvers": Group(frozenset({OPS.user, LEAD.user}))})


@dataclass
class Site:
    """Everything that outlives a process of the bot, and what people do there."""

    folder: Path
    approvals: int = 1
    knative: FakeKnative = field(default_factory=FakeKnative)
    metrics: FakeMetrics = field(default_factory=FakeMetrics)
    channel: FakeChannel = field(default_factory=FakeChannel)
    panels: FakePanels = field(default_factory=FakePanels)
    directory: FakeDirectory = field(default_factory=FakeDirectory)
    clock: FakeClock = field(default_factory=FakeClock)
    calendar: FakeCalendar = field(default_factory=FakeCalendar)
    tally: FakeTally = field(default_factory=FakeTally)

    def __post_init__(self) -> None:
        self.store = Store.open(f"sqlite:///{self.folder}/knobot.db", now=self.clock.now)
        wished = (builders.target(builders.name(1), 100),)
        self.knative.snapshots[builders.KEY] = builders.snapshot(*wished)
        self.policy = policy(self.approvals)
        self.operations = self.start()

    def start(self, **ports: Any) -> Operations:
        """A process of the bot; `ports` take the place of the site's own."""
        plain: dict[str, Any] = {
            "knative": self.knative,
            "metrics": self.metrics,
            "channel": self.channel,
            "panels": self.panels,
            "store": self.store,
            "directory": self.directory,
            "calendar": self.calendar,
            "clock": self.clock,
            "configuration": self.configuration(),
            "tally": self.tally,
        }
        return Operations(World(**{**plain, **ports}))

    def configuration(self) -> Configuration:
        homes = {channel: Home("main", "shop") for channel in (FREE, GUARDED, ELSEWHERE)}
        return Configuration(("main",), homes, self.policy)

    def type(self, text: str, channel: str = FREE, person: Person = DEV) -> None:
        self.act(lambda to: self.operations.submit(text, to), Addressee(person, channel))

    def click(self, button: str, identity: str, person: Person = OPS, channel: str = GUARDED) -> None:
        press: Callable[[str, Addressee], None] = getattr(self.operations, button)
        self.act(lambda to: press(identity, to), Addressee(person, channel, trigger="of a click"))

    def decline(self, identity: str, person: Person = OPS, reason: str = "not today", channel: str = GUARDED) -> None:
        """Submit the modal that a click on Decline opens."""
        self.act(lambda to: self.operations.decline_for(identity, reason, to), Addressee(person, channel))

    def steer(self, pressed: str, button: str, person: Person = OPS, channel: str = FREE) -> None:
        """Click a button of a rollout in steps; `pressed` is the button's value."""
        command = STEERING[button](builders.HELLO)
        self.act(lambda to: self.operations.steer(pressed, command, to), Addressee(person, channel))

    def ask(self, text: str = WISH) -> Change:
        """Ask in GUARDED for a change; it is pending then."""
        self.type(text, GUARDED)
        return self.change()

    def wait(self, span: timedelta = SECOND, ticks: int = 1) -> None:
        """Let time pass in equal steps, with a tick after each."""
        for _ in range(ticks):
            self.clock.sleep(span / ticks)
            self.operations.tick()

    def changes(self) -> list[Change]:
        """All changes, newest first."""
        return list(self.store.history(builders.KEY, 100))

    def change(self) -> Change:
        return self.changes()[0]

    def states(self) -> list[State]:
        return [change.state for change in self.changes()]

    def rows(self) -> list[str]:
        """The events of the audit log, whose chain must be whole."""
        assert not self.store.audit.verify().fault
        return [entry.event for entry in self.store.audit.export()]

    def last_row(self) -> Entry:
        return list(self.store.audit.export())[-1]

    def told(self, person: Person = DEV) -> str:
        """The last problem that a person was told, by its code."""
        problems = [said for who, said in self.channel.answers if who == person and isinstance(said, Problem)]
        return problems[-1].error.code if problems else ""

    def hint(self, person: Person = DEV) -> str:
        """What that problem advises."""
        problems = [said for who, said in self.channel.answers if who == person and isinstance(said, Problem)]
        return problems[-1].error.hint or ""

    def card(self) -> Change:
        """What the newest card shows."""
        return self.channel.cards()[-1].change

    def shares(self) -> dict[str, int]:
        """Revision → percent of hello, as it is."""
        return self.knative.service().shares

    def act(self, act: Callable[[Addressee], None], to: Addressee) -> None:
        try:
            act(to)
        except BotError as error:
            self.operations.report(error, to)
