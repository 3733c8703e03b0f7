"""Who somebody is to Knobot, and what they may do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from bot.core import installing
from bot.core.answers import Identity, Rights
from bot.core.explaining import words
from bot.core.language.grammar import COMMANDS
from bot.core.language.verb import Kind
from bot.core.model import ServiceKey
from bot.core.owners import FORCE
from bot.core.policy import Allow, Deny, NeedsApproval, belongs, decide
from bot.operations.holding import holding
from bot.operations.looking.asking import key_of
from bot.operations.world import World, intent

if TYPE_CHECKING:
    from bot.core.commands import Can
    from bot.core.holds import Holds
    from bot.core.policy import Actor, Decision, Policy
    from bot.core.ports import Addressee


EXAMPLES = (
    ("look", "status"),
    ("deploy", "deploy"),
    ("move traffic", "rollout"),
    ("lock", "lock"),
    ("freeze", "freeze"),
)
"""A verb for each thing that people want to know of."""


def can(world: World, command: Can, to: Addressee, text: str) -> Rights:
    key = key_of(world, command.service, command.verb, to, text)
    actor, policy = world.directory.actor(to.person, to.channel), world.configuration.policy
    held = holding(world, key)
    rights = []
    for verb in COMMANDS:
        if verb.kind in (Kind.CHANGE, Kind.GUARD) and verb.name != installing.VERB:  # which is about no Service
            decision = decide(intent(verb.name, to.channel, key), actor, policy)
            now = _now(held, actor, policy) if verb.kind is Kind.CHANGE and not isinstance(decision, Deny) else ""
            rights.append((verb.name, f"{now}{_right(decision)}"))
    forcing = replace(intent("rollout", to.channel, key), verb=FORCE, kind=FORCE)
    return Rights(key, (*rights, (f"--{FORCE}", _right(decide(forcing, actor, policy)))), held)


def _now(held: Holds, actor: Actor, policy: Policy) -> str:
    """Say what keeps somebody from doing now what they may do."""
    if held.locked(actor) or held.closed(actor, policy):
        return "not now, else "
    return "with --override now, else " if held.freezes else ""


def whoami(world: World, to: Addressee) -> Identity:
    configuration = world.configuration
    actor = world.directory.actor(to.person, to.channel)
    groups = tuple(name for name in configuration.policy.groups if belongs(actor, name, configuration.policy))
    home = configuration.homes.get(to.channel)
    if home is None:
        return Identity(actor, groups, "", ())
    example = ServiceKey(home.cluster, home.namespace, "any")
    rights = tuple(
        (words, _right(decide(intent(verb, to.channel, example), actor, configuration.policy)))
        for words, verb in EXAMPLES
    )
    return Identity(actor, groups, home.namespace, rights)


def _right(decision: Decision) -> str:
    match decision:
        case Allow():
            return "yes"
        case Deny():
            return "no"
        case NeedsApproval():
            return f"with {words(decision)}"
        case _:
            assert_never(decision)
