"""What holds changes of a Service back now, and the one check of it that all changes pass."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core import holds
from bot.core.change import Person
from bot.core.domains import others
from bot.core.freezing import frozen
from bot.core.holds import Holds

if TYPE_CHECKING:
    from bot.core.model import ServiceKey
    from bot.core.plan import Plan
    from bot.operations.world import World


def holding(world: World, key: ServiceKey) -> Holds:
    """Return what holds changes of a Service back now."""
    now, policy = world.clock.now(), world.configuration.policy
    lock = world.store.lock(key)
    freezes = frozen(key, policy.windows, world.store.freezes(), policy.override, now)
    return Holds(lock if lock and lock.holds(now) else None, freezes)


def let_pass(world: World, key: ServiceKey, person: Person, channel: str, override: str) -> tuple[str, ...]:
    """Let a change pass that `person` asks for in `channel`, and return what its plan should say about it.

    Raises:
        Held: something holds it back.
    """
    held = holding(world, key)
    actor = world.directory.actor(person, channel)
    return holds.check(held, str(key), actor, override, world.configuration.policy, world.clock.now())


def let_plan_pass(world: World, plan: Plan) -> None:
    """Let a plan pass whose requester may override what they have overridden; raises as `let_pass` does."""
    asked = plan.request
    for name in (plan.key.name, *others(plan)):
        key = replace(plan.key, name=name)
        let_pass(world, key, Person(asked.team, asked.user), asked.channel, plan.override)
