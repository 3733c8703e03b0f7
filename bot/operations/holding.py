"""What holds changes of a Service back now, and the one check of it that all changes pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core import holds
from bot.core.change import Person
from bot.core.holds import Holds

if TYPE_CHECKING:
    from bot.core.model import ServiceKey
    from bot.core.plan import Plan
    from bot.operations.world import World


def holding(world: World, key: ServiceKey) -> Holds:
    """Return what holds changes of a Service back now."""
    lock = world.store.lock(key)
    return Holds(lock if lock and lock.holds(world.clock.now()) else None)


def let_pass(world: World, key: ServiceKey, person: Person) -> None:
    """Let a change of a Service pass that `person` asks for.

    Raises:
        Held: something holds it back.
    """
    holds.check(holding(world, key), person, world.clock.now())


def let_plan_pass(world: World, plan: Plan) -> None:
    """Let a plan pass; raises as `let_pass` does."""
    let_pass(world, plan.key, Person(plan.request.team, plan.request.user))
