"""A rollout before it begins: who goes up, who carries the rest, and where the way back leads."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core import references, routing, traffic
from bot.core.errors import Invalid
from bot.core.rollout.state import Rollout

if TYPE_CHECKING:
    from bot.core.commands import SteppedRollout
    from bot.core.model import Service, Snapshot, TrafficTarget


def begin(command: SteppedRollout, snapshot: Snapshot, service: Service, by: str) -> tuple[Rollout, tuple[str, ...]]:
    """Return the rollout that `command` asks for, at its first step, and what a person should know of it.

    `by` is who asks, as slack:TEAM/USER. The Revision is held by its name while it goes up, even where it shall follow
    latest in the end: a deploy in between must not take the place of what is being watched.

    Raises:
        NotFound, Invalid: the reference leads nowhere, or nobody is there to carry the rest.
    """
    found = references.resolve(command.reference, snapshot)
    name = found.revision.name
    rest = routing.others(snapshot, service, {name: 0})
    carrier = references.carrier(snapshot, {name})
    if not rest and carrier:
        rest = {carrier.name: traffic.WHOLE}
    if not rest and command.steps[0] < traffic.WHOLE:
        raise Invalid(
            "Nobody is there to carry the rest.", " ".join((f"{name} is the only one that is Ready.", *found.notes))
        )
    notes = [*found.notes]
    base = tuple(replace(target, url=None) for target in service.traffic)
    has = _share(snapshot, service, name)
    if has > command.steps[0] and rest:
        base = traffic.assign(base, traffic.spread(traffic.WHOLE, dict(sorted(rest.items()))))
        notes.append(f"{name} has {has}% now, and begins anew at {command.steps[0]}%.")
    notes.append(f"A failed check, or `abort`, gives the traffic back: {_told(base)}.")
    if references.FOLLOW in traffic.percents(service.traffic):
        notes.append(f"Meanwhile new deploys get no traffic.{_in_the_end(command, snapshot, follow=found.follow)}")
    agreed = Rollout(
        revision=name,
        steps=command.steps,
        rest=tuple(sorted(rest.items())),
        base=base,
        by=by,
        follow=found.follow,
        every=command.every,
        weekdays=command.weekdays,
        gates=command.gates,
        checks=command.checks,
        least=command.least,
        failures=command.failures,
    )
    return agreed, tuple(notes)


def _share(snapshot: Snapshot, service: Service, name: str) -> int:
    """Return the percent that leads to a Revision now, by its name or by following."""
    present = traffic.percents(service.traffic)
    follows = present.get(references.FOLLOW, 0) if references.followed(snapshot) == name else 0
    return present.get(name, 0) + follows


def _in_the_end(command: SteppedRollout, snapshot: Snapshot, *, follow: bool) -> str:
    if follow:
        return f" At {command.steps[-1]}% it follows latest, if it is still the newest that is Ready."
    return f" `follow {snapshot.key.name}` lets them have it again."


def _told(base: tuple[TrafficTarget, ...]) -> str:
    return ", ".join(f"{percent}% {where}" for where, percent in traffic.percents(base).items())
