"""`Operations`: the one object that the edges call."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from bot.core import annotating
from bot.core.answers import Answer, Fault, Problem
from bot.core.commands import (
    Annotate,
    ChangeCommand,
    Command,
    DigestAdd,
    DigestNow,
    DigestRemove,
    DigestSnooze,
    DryRun,
    FollowLogs,
    Freeze,
    Fresh,
    Lock,
    Mute,
    Steer,
    Thaw,
    Undo,
    Unlock,
    Unmute,
    WatchAdd,
    WatchRemove,
)
from bot.core.errors import BotError, NoChange, NotFound, ParseError, Refused, Unavailable
from bot.core.language.parse import formed, parse, redact
from bot.core.tally import COMMANDS, TICK
from bot.operations import approving, changes, guarding, locking, padding, rehearsing, steering
from bot.operations.digests import send_due
from bot.operations.following import Follower
from bot.operations.forms import Forms
from bot.operations.home import Homes
from bot.operations.isolating import guarded
from bot.operations.listening import Listener
from bot.operations.looking import look
from bot.operations.saying import reply
from bot.operations.subscribing import subscribe
from bot.operations.tailing import Tailer
from bot.operations.telling import Teller
from bot.operations.turning import Turnstile

log = logging.getLogger(__name__)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.core.model import ServiceKey
    from bot.core.pad import Nudge, Seen
    from bot.core.ports import Addressee
    from bot.operations.world import World


class Operations:
    """What Knobot does. All methods may be called from several threads at once and raise `BotError`s for people."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._follower = Follower(world)
        self._listener = Listener(world)
        self._teller = Teller(world)
        self._fresh = threading.Event()
        self.forms = Forms(world, self.submit)
        self.homes = Homes(world)
        self._tailer = Tailer(world)
        self._turnstile = Turnstile(world)

    def hear(self, text: str, to: Addressee, event: str) -> None:
        """Do what a person said to Knobot in a message, once, however often Slack delivers the event of this id."""
        if self._world.store.first(event, self._world.clock.now()):
            self.submit(text, to)

    def submit(self, text: str, to: Addressee) -> None:
        """Do what a person typed (without the slash command's name) and answer them.

        Words that leave much open get a form, where the person's gesture permits one.
        """
        aliases = self._world.configuration.aliases
        wanted = formed(text, aliases) if to.trigger and not to.panel else None
        if wanted:
            self.forms.begin(wanted, to)
            return
        try:
            command = parse(text, aliases)
        except ParseError:
            self._world.tally.count(COMMANDS, "", "unreadable")
            raise
        with self._counted(command.verb):
            self._obey(command, to, redact(text))

    @contextmanager
    def _counted(self, verb: str) -> Iterator[None]:
        outcome = "fault"
        try:
            yield
            outcome = "ok"
        except BotError as error:
            outcome = "unavailable" if isinstance(error, Unavailable) else "refused"
            raise
        finally:
            self._world.tally.count(COMMANDS, verb, outcome)

    def _obey(self, command: Command, to: Addressee, shown: str) -> None:
        if isinstance(command, Steer):
            steering.steer(self._world, command, to, shown)
            return
        if isinstance(command, ChangeCommand):
            if kept := annotating.keeping(command):
                self._keep(kept, to, shown)
            changes.propose(self._world, command, to, shown)
            return
        match command:
            case Undo():
                key = self._world.configuration.key(command.service, to.channel)
                changes.propose_undo(self._world, key, to, shown, command=command)
            case DryRun():
                rehearsed = rehearsing.rehearse(self._world, command.command, to, shown)
                self._world.channel.answer(to, rehearsed, public=to.aloud)
            case FollowLogs():
                self._tailer.start(command, to, shown)
            case Lock() | Unlock() | Freeze() | Thaw():
                guarding.guard(self._world, command, to, shown)
            case DigestAdd() | DigestRemove() | DigestSnooze() | WatchAdd() | WatchRemove() | Mute() | Unmute():
                subscribe(self._world, command, to, shown)
            case DigestNow(preview=False) | Fresh(DigestNow(preview=False)):
                self._world.channel.answer(to, look(self._world, command, to, shown), public=True)
            case _:  # the others look, and `look` knows each of them
                self._world.channel.answer(to, look(self._world, command, to, shown), public=to.aloud)

    def _keep(self, kept: Annotate, to: Addressee, text: str) -> None:
        """Have the Revision that is gone back to kept; whatever is in the way of it keeps nobody from going back."""
        try:
            changes.propose(self._world, kept, to, text)
        except NoChange:
            pass
        except BotError as error:
            self.report(error, to)

    def approve(self, identity: str, to: Addressee) -> None:
        """Count a click on Approve."""
        with self._audited(f"approve {identity}", to):
            approving.approve(self._world, identity, to)

    def confirm(self, identity: str, to: Addressee) -> None:
        """Carry out what loses something, by a click of the person who asked for it."""
        with self._audited(f"confirm {identity}", to):
            approving.confirm(self._world, identity, to)

    def decline(self, identity: str, to: Addressee) -> None:
        """Ask why, after a click on Decline."""
        with self._audited(f"decline {identity}", to):
            approving.ask_why(self._world, identity, to)

    def decline_for(self, identity: str, reason: str, to: Addressee) -> None:
        """End a pending change, for a reason."""
        with self._audited(f"decline {identity}", to):
            approving.decline(self._world, identity, reason, to)

    def withdraw(self, identity: str, to: Addressee) -> None:
        """End a pending change by a click of the person who asked for it."""
        with self._audited(f"withdraw {identity}", to):
            approving.withdraw(self._world, identity, to)

    def again(self, identity: str, to: Addressee) -> None:
        """Plan a stale change once more."""
        with self._audited(f"again {identity}", to):
            command, text = approving.again(self._world, identity, to)
        changes.propose(self._world, command, to, text)

    def steer(self, pressed: str, command: Steer, to: Addressee) -> None:
        """Move the rollout in steps under whose card a button stands; `pressed` is the value that the button has."""
        with self._audited(f"{command.verb} {pressed}", to):
            steering.click(self._world, pressed, command, to)

    def undo(self, identity: str, to: Addressee) -> None:
        """Take back the change under which the button stands, if it is the last one of its Service."""
        with self._audited(f"undo {identity}", to):
            key = changes.known(self._world, identity, to).plan.key
        changes.propose_undo(self._world, key, to, f"undo {key}", expected=identity)

    def steal(self, identity: str, to: Addressee) -> None:
        """Take over the lock under which the button stands."""
        with self._audited(f"steal {identity}", to):
            locking.steal(self._world, identity, to)

    def unlock(self, identity: str, to: Addressee) -> None:
        """End the lock under which the button stands."""
        with self._audited(f"unlock {identity}", to):
            locking.release(self._world, identity, to)

    def stop_logs(self, identity: str, to: Addressee) -> None:
        """Follow no longer the logs under whose message the button stands."""
        with self._audited(f"stop logs {identity}", to):
            self._tailer.stop(identity, to)

    def press(self, nudge: Nudge, seen: Seen, to: Addressee) -> None:
        """Split traffic by a press on the pad under a message, if the Service is still as that message shows it."""
        padding.press(self._world, nudge, seen, to)

    @contextmanager
    def _audited(self, wish: str, to: Addressee) -> Iterator[None]:
        """Put a click that is refused into the audit log; what is proposed by one is audited as what is typed."""
        try:
            yield
        except (Refused, NotFound) as error:
            self._world.store.refused(to.person, to.channel, wish, error.message, self._world.clock.now())
            raise

    def turn_away(self, reason: str, source: str = "") -> None:
        """Take note that something was turned away before anybody was known by it; the audit log tells it by number.

        `reason` is in words of Knobot's own, `source` the address that a request came from.
        """
        self._turnstile.turn_away(reason, source)

    def forget(self, identity: str) -> None:
        """Take note that what was known of a person, a user group or a channel is so no longer."""
        self._world.directory.forget(identity)

    def follow(self, key: ServiceKey) -> None:
        """Take note that something of a Service has changed."""
        self._follower.follow(key)

    def tick(self) -> None:
        """Take note that time has passed."""
        began = time.monotonic()
        try:
            self._tick()
        finally:
            self._world.tally.took(TICK, time.monotonic() - began)

    def _tick(self) -> None:
        guarded("what was turned away", self._turnstile.record)
        guarding.tick(self._world)
        self._follower.tick()
        self.homes.tick()
        send_due(self._world)

    def notice(self, key: ServiceKey) -> None:
        """Take note that something of a Service has changed, to tell whoever wants to hear of it once it lasts."""
        self._listener.notice(key)

    def listen(self) -> None:
        """Find out what is to be told by now; to be called often, and never twice at once."""
        if self._listener.listen():
            self._fresh.set()

    def speak(self, patience: float = 0.0) -> None:
        """Tell it; wait up to `patience` seconds until there is something. To be called often, never twice at once."""
        fresh = self._fresh.wait(patience)
        self._fresh.clear()
        self._teller.tell(fresh=fresh)

    def relay(self) -> None:
        """Show what is new in the logs that are followed; for one caller at a time, every few seconds."""
        self._tailer.relay()

    def leave(self) -> None:
        """Say good-bye where something would have gone on, and put on record what is not yet: the process ends."""
        self._tailer.leave()
        guarded("what was turned away", partial(self._turnstile.record, at_once=True))

    def report(self, error: Exception, to: Addressee) -> None:
        """Tell a person what went wrong; a fault of Knobot's own gets a reference that the log knows too."""
        if isinstance(error, BotError):
            # What could not be read is not repeated: nobody knows what in it is secret.
            told = "" if isinstance(error, ParseError) else redact(error.message)
            log.info("%s in %s: %s (%s)", to.person.user, to.channel, told, error.code)
            answer: Answer = Problem(error)
        else:
            reference = self._world.clock.token()[:8]
            log.error("Fault %s", reference, exc_info=error)
            answer = Fault(reference)
        reply(self._world, to, answer)
