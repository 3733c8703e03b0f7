"""Wishes without typing: modals that end in the very line that could have been typed.

What is chosen becomes a line, and the line goes the way of every line; a modal only helps to write it. A change is
shown as a plan before it is asked for, and what is asked for is that plan or nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

from bot.core import form, images, picking
from bot.core.answers import Problem, Sent
from bot.core.commands import Address, ChangeCommand, Deploy, DryRun, Fill, Fresh, Look, Pick, Undo
from bot.core.errors import BotError, Invalid
from bot.core.holds import NOTHING
from bot.core.language.grammar import VERBS
from bot.core.language.parse import formed, parse, redact
from bot.core.language.reader import NAME
from bot.core.panels import DeployPanel, PickPanel, PlanPanel, Ticket, Told, Waiting
from bot.core.policy import Deny, decide
from bot.core.references import WORDS
from bot.operations import changes
from bot.operations.looking.asking import snapshot_of
from bot.operations.rehearsing import rehearse
from bot.operations.world import World, authorize, intent, sieve

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.core.commands import Form
    from bot.core.model import ServiceKey
    from bot.core.place import Home
    from bot.core.ports import Addressee

OFFERED = 100
"""How many choices a select takes."""
FRESH = timedelta(seconds=5)
"""For how long the names of a namespace are offered without asking the cluster again."""
PLACES = 10
"""How many namespaces are looked through where the conversation stands for none."""


class Forms:
    """What people do in modals. `submit` does what a line says that was typed."""

    def __init__(self, world: World, submit: Callable[[str, Addressee], None]) -> None:
        self._world = world
        self._submit = submit
        self._names = Names(world)

    def begin(self, wanted: Form, to: Addressee) -> None:
        """Open the form that stands for words which leave much open."""
        panels = self._world.panels
        match wanted:
            case Pick():
                panels.open(to, PickPanel(), _ticket(to))
            case Fill():
                if wanted.service is None:
                    panels.open(to, DeployPanel(), _ticket(to))
                    return
                self._looked_up(wanted.service, replace(to, panel=panels.open(to, Waiting(), _ticket(to))))
            case _:
                assert_never(wanted)

    def _looked_up(self, address: Address, to: Addressee) -> None:
        """Fill a form that waits; who opened it is told there what is wrong."""
        try:
            self._fill(address, to)
        except BotError as error:
            self._world.channel.answer(to, Problem(error))

    def deploy_image(self, said: str, to: Addressee) -> None:
        """Open the form of a deploy for the images that a message names.

        Raises:
            Invalid: it names none.
        """
        found = images.named(said)
        if not found:
            raise Invalid("There is no image in this message.", "One looks like `ghcr.io/acme/hello:v2`.")
        self._world.panels.open(to, DeployPanel(images=found), _ticket(to))

    def pick(self, verb: str, service: str, to: Addressee) -> None:
        """Show what `verb` needs, with what there is to choose from for `service` ("" for none yet)."""
        wanted = picking.slots(VERBS[verb])
        panel = PickPanel(verb, wanted, service if any(slot.name == picking.SERVICE for slot in wanted) else "")
        if panel.service and any(slot.kind is picking.Kind.REVISION for slot in wanted):
            try:
                panel = replace(panel, revisions=self._references(verb, panel.service, to))
            except BotError as error:
                panel = replace(panel, trouble=error)
        self._world.panels.show(to, panel, _ticket(to))

    def fill(self, service: str, proposed: tuple[str, ...], to: Addressee) -> None:
        """Fill the open form of a deploy for a Service that was chosen; `proposed` are images that it began with."""
        self._fill(_address(service), to, proposed)

    def run(self, text: str, to: Addressee) -> None:
        """Do in a modal what a line says that was made in one: looks are answered there, changes are plans first."""
        wanted = formed(text)
        if isinstance(wanted, Fill) and wanted.service:
            self._fill(wanted.service, to)
            return
        command = parse(text)
        if isinstance(command, ChangeCommand | Undo):
            self._preview(command, text, to)
        elif isinstance(command, Look | Fresh | DryRun):
            self._submit(text, to)
        else:
            self._submit(text, replace(to, panel=None))
            self._world.panels.show(to, Told(Sent(redact(text))), _ticket(to))

    def ask(self, ticket: Ticket, to: Addressee) -> None:
        """Ask for the change whose plan a modal has shown, if it is still the same plan.

        Raises:
            Stale: what it was planned on is no longer so.
        """
        command = parse(ticket.text)
        if isinstance(command, ChangeCommand):
            changes.propose(self._world, command, to, redact(ticket.text), ticket.seen)
        else:  # an undo takes back one change and no other, whatever was seen
            self._submit(ticket.text, to)

    def offered(self, typed: str, to: Addressee, *, new: bool = False) -> tuple[tuple[str, str], ...]:
        """Return the Services that a person may choose from; see `Names.offered`."""
        return self._names.offered(typed, to, new=new)

    def _preview(self, command: ChangeCommand | Undo, text: str, to: Addressee) -> None:
        """Show the plan of a wish, with the button that asks for it unless a lock or a freeze holds it back."""
        rehearsed = rehearse(self._world, command, to, redact(text))
        base = rehearsed.plan.base
        ticket = replace(_ticket(to), text=text, seen=base.generation if base else 0)
        panel = PlanPanel(rehearsed) if rehearsed.holds == NOTHING else Told(rehearsed)
        self._world.panels.show(to, panel, ticket)

    def _fill(self, address: Address, to: Addressee, proposed: tuple[str, ...] = ()) -> None:
        configuration = self._world.configuration
        key = configuration.key(address, to.channel)
        authorize(self._world, to, intent(Deploy.verb, to.channel, key), f"deploy {key}")
        service = self._world.knative.snapshot(key).service
        spelled = configuration.spelled(key, to.channel)
        if service is None:
            panel = DeployPanel(spelled, images=proposed, note=f"{key} is not there yet: this creates it.")
        else:
            panel = DeployPanel(spelled, form.filled(service), proposed, form.kept(service))
        self._world.panels.show(to, panel, _ticket(to))

    def _references(self, verb: str, service: str, to: Addressee) -> tuple[str, ...]:
        """Return what Revisions of a Service may be called: the words for some of them and tags first."""
        snapshot, found = snapshot_of(self._world.looking(), _address(service), verb, to, f"{verb} {service}")
        tags = sorted({target.tag for target in found.traffic if target.tag})
        return tuple(dict.fromkeys((*WORDS, *tags, *(revision.name for revision in snapshot.revisions))))[:OFFERED]


def _address(service: str) -> Address:
    """Return the Service that a choice stands for, spelled as it would be typed."""
    wanted = formed(f"deploy {service}")
    if isinstance(wanted, Fill) and wanted.service:
        return wanted.service
    raise Invalid(f"“{service}” is not a name for a Service.", "Small letters, digits and “-”.")


def _ticket(to: Addressee) -> Ticket:
    return Ticket(to.channel, to.thread)


class Names:
    """The Services that a person may be offered, remembered for a moment: every letter that is typed asks for them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[Home, tuple[datetime, tuple[ServiceKey, ...]]] = {}

    def offered(self, typed: str, to: Addressee, *, new: bool = False) -> tuple[tuple[str, str], ...]:
        """Return (words, label) of the Services that `typed` may mean; with `new`, also the one that it would name.

        Raises:
            Unavailable: the cluster or Slack does not answer.
        """
        wanted = typed.strip().lower()
        names = [name for home in self._places(to) for name in self._names(home, to)]
        fitting = sorted(name for name in names if wanted in name)
        fitting.sort(key=lambda name: not name.startswith(wanted))
        found = [(name, name) for name in fitting[:OFFERED]]
        if new and wanted not in names and NAME.match(re.sub(r"^([a-z0-9-]+/)+", "", wanted)):
            found = [*found[: OFFERED - 1], (wanted, f"{wanted} (new)")]
        return tuple(found)

    def _places(self, to: Addressee) -> list[Home]:
        """Return the namespaces that are meant here and that the person may look at."""
        configuration = self._world.configuration
        here = configuration.homes.get(to.channel)
        homes = [here] if here else list(dict.fromkeys(configuration.homes.values()))[:PLACES]
        actor = self._world.directory.actor(to.person, to.channel)
        return [
            home
            for home in homes
            if not isinstance(decide(intent("services", to.channel, home), actor, configuration.policy), Deny)
        ]

    def _names(self, home: Home, to: Addressee) -> tuple[str, ...]:
        now = self._world.clock.now()
        known = self._known.get(home)
        if known is None or now - known[0] > FRESH:
            services = self._world.looking().sight.services(home.cluster, home.namespace)
            known = self._known[home] = (now, tuple(service.key for service in services))
        shown = sieve(self._world, "services", to.person, to.channel).within(home.cluster, home.namespace)
        return tuple(self._world.configuration.spelled(key, to.channel) for key in known[1] if shown(key.name))
