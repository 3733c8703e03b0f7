"""What the policy says to a wish, in words: for those who write it and want to know before anybody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from bot.core import duration
from bot.core.counting import counted
from bot.core.freezing import frozen
from bot.core.model import ServiceKey
from bot.core.policy import Allow, Deny, NeedsApproval, decide, holds, misfit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.core.freezing import Frozen
    from bot.core.policy import Actor, Decision, Intent, Policy, Rule

FROZEN = "frozen"


def verdict(intent: Intent, actor: Actor, policy: Policy, at: datetime | None) -> str:
    """Return allow, deny, frozen, or as in “2 approvals from approvers”; freezes count only where `at` says when."""
    decision = decide(intent, actor, policy)
    if not isinstance(decision, Deny) and at and frozen_by(intent, policy, at):
        return FROZEN
    return words(decision)


def words(decision: Decision) -> str:
    """Return a decision in the words in which it is expected."""
    match decision:
        case Allow():
            return "allow"
        case Deny():
            return "deny"
        case NeedsApproval():
            whose = f" from {decision.group}" if decision.group else ""
            return f"{counted(decision.count, 'approval')}{whose}"
        case _:
            assert_never(decision)


def frozen_by(intent: Intent, policy: Policy, at: datetime) -> tuple[Frozen, ...]:
    """Return the freezes by calendar that hold a change back then; nothing else is ever frozen."""
    if intent.kind != "change":
        return ()
    key = ServiceKey(intent.cluster, intent.namespace, intent.service)
    return frozen(key, policy.windows, (), policy.override, at)


def explain(intent: Intent, actor: Actor, policy: Policy, at: datetime) -> Iterator[str]:
    """Yield why the policy says what it says to `intent`: first what, then each rule that was passed by and why."""
    decision = decide(intent, actor, policy)
    match decision:
        case Allow():
            yield f"Yes: “{decision.rule}” allows it at once."
        case NeedsApproval():
            within = duration.words(decision.within)
            yield f"With {words(decision)} within {within}: “{decision.rule}” asks for it."
            yield f"Approving: {_approvers(decision, policy)}. Whoever asks never counts."
        case Deny():
            yield f"No: {f'“{decision.rule}” forbids it' if decision.rule else 'no rule allows it'}."
            if not actor.member:
                yield f"They are {actor.standing}: only a rule that names them by id fits."
        case _:
            assert_never(decision)
    yield from (f"Not now: it is {each}." for each in frozen_by(intent, policy, at) if not isinstance(decision, Deny))
    yield from _passed(intent, actor, policy)


def _passed(intent: Intent, actor: Actor, policy: Policy) -> Iterator[str]:
    for number, rule in enumerate(policy.rules, 1):
        why = misfit(rule, intent) or _strangers(rule, actor, policy)
        if why is None:
            yield f"{number}. “{rule.name}” fits: it names {_those(rule.people)} and {_those(rule.verbs)}."
            return
        yield f"{number}. “{rule.name}” does not fit: {why}."


def _strangers(rule: Rule, actor: Actor, policy: Policy) -> str | None:
    if any(holds(word, actor, policy) for word in rule.people):
        return None
    return f"it names {_those(rule.people)}, and they are not that"


def _approvers(decision: NeedsApproval, policy: Policy) -> str:
    if decision.group is None:
        return "whoever may do it at once"
    group = policy.groups[decision.group]
    return f"{decision.group}, which is {_those((*sorted(group.users), *sorted(group.usergroups)))}"


def _those(names: tuple[str, ...]) -> str:
    return ", ".join(names)
