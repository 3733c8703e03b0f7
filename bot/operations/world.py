"""The ports that all use cases share, and the one check of rights that they all pass."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from bot.core.domains import opening, others
from bot.core.errors import NotFound, Refused
from bot.core.language.grammar import VERBS
from bot.core.language.verb import Kind
from bot.core.nearest import nearest
from bot.core.place import Configuration, Home
from bot.core.policy import Allow, Deny, Intent, NeedsApproval, decide, narrowed
from bot.core.ports import (
    Addressee,
    Calendar,
    Channel,
    Clock,
    Directory,
    Glance,
    Knative,
    Metrics,
    Panels,
    Sight,
    Store,
    Tally,
)
from bot.core.seeing import Sieve

if TYPE_CHECKING:
    from bot.core.change import Person
    from bot.core.model import Service, ServiceKey, Stored
    from bot.core.plan import Plan


@dataclass(frozen=True, slots=True)
class World:
    """Everything outside the core, behind its ports; `glance` is there while somebody only looks."""

    knative: Knative
    metrics: Metrics
    channel: Channel
    panels: Panels
    store: Store
    directory: Directory
    calendar: Calendar
    clock: Clock
    configuration: Configuration
    tally: Tally
    glance: Glance | None = None

    @property
    def sight(self) -> Sight:
        """Where Services and Revisions are read: of the cluster itself, unless somebody only looks."""
        return self.glance or self.knative

    def looking(self, *, old: bool = True) -> World:
        """Return the world as somebody sees it who only looks; `old` as for `Knative.glance`."""
        return replace(self, glance=self.knative.glance(self.configuration.cache_limit, old=old))


def intent(verb: str, channel: str, where: ServiceKey | Home) -> Intent:
    """Return what is wanted where, as the policy sees it."""
    name = "" if isinstance(where, Home) else where.name
    return Intent(verb, VERBS[verb].kind.value, channel, where.cluster, where.namespace, name)


def plan_intent(plan: Plan) -> Intent:
    """Return what a plan wants, as the policy sees it."""
    return replace(intent(plan.verb, plan.request.channel, plan.key), also=plan.also, others=others(plan))


def sieve(world: World, verb: str, person: Person, channel: str) -> Sieve:
    """Return what tells of which Services a list may tell a person, in a channel."""
    actor = world.directory.actor(person, channel)
    policy = narrowed(world.configuration.policy, actor)
    return Sieve(policy, (verb, VERBS[verb].kind.value), channel, [partial(decide, actor=actor, policy=policy)])


def authorize(world: World, to: Addressee, wish: Intent, text: str) -> Allow | NeedsApproval:
    """Return what the policy says to `wish`; what becomes no plan is refused where a rule asks for approvals of it.

    Raises:
        Refused: it says no; that is in the audit log.
    """
    actor = world.directory.actor(to.person, to.channel)
    decision = decide(wish, actor, world.configuration.policy)
    if isinstance(decision, NeedsApproval) and wish.kind != Kind.CHANGE.value:
        rule, verb = decision.rule, wish.verb
        decision = Deny(f"You may not {wish}: the rule “{rule}” asks for approvals, and `{verb}` cannot wait for them.")
    if isinstance(decision, Deny):
        world.store.refused(to.person, to.channel, text, decision.reason, world.clock.now())
        raise Refused(decision.reason, "`whoami` shows what you may do here.")
    return decision


def look_intent(channel: str, where: ServiceKey | Home) -> Intent:
    """Return the wish to look at what a channel is told of."""
    return intent("services" if isinstance(where, Home) else "status", channel, where)


def may_look(world: World, to: Addressee, where: ServiceKey | Home, text: str) -> None:
    """Let those pass who may look at what a channel is to be told of.

    Raises:
        Refused: the policy says no.
    """
    authorize(world, to, look_intent(to.channel, where), text)


def authorize_plan(
    world: World, to: Addressee, plan: Plan, decision: Allow | NeedsApproval, text: str
) -> Allow | NeedsApproval:
    """Return what the policy says to a plan of which it has allowed the verb: some need more than that.

    Raises:
        Refused: it says no; that is in the audit log.
    """
    wish = plan_intent(plan)
    if wish.plain:
        return decision
    try:
        return authorize(world, to, wish, text)
    except Refused as error:
        first = opening(plan)
        if first is None or first.about is None or wish.others:
            raise
        hint = f"Somebody who may has to type `domain claim {first.about.name}` first."
        raise Refused(error.message, hint, code=error.code) from error


def present(world: World, plan: Plan) -> Service | Stored | None:
    """Return the object that a plan is about as it is now."""
    if plan.about is not None:
        return world.knative.stored(plan.key.cluster, plan.about)
    return world.knative.snapshot(plan.key).service


def missing(world: World, key: ServiceKey, person: Person, channel: str) -> NotFound:
    """Return the error for a Service that is not there, with the nearest name that is and that `person` may look at."""
    shown = sieve(world, "status", person, channel).within(key.cluster, key.namespace)
    there = (service.key.name for service in world.sight.services(key.cluster, key.namespace))
    names = [name for name in there if shown(name)]
    hint = "".join(f"Did you mean `{name}`? " for name in nearest(key.name, names))
    return NotFound(f"There is no Service {key}.", f"{hint}`services {key.namespace}` lists those that are there.")
