"""Who somebody is to Knobot, so that a refusal can be understood before it happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import mrkdwn
from bot.blocks.message import Message, compose, prose

if TYPE_CHECKING:
    from bot.core.answers import Identity


def identity(answer: Identity) -> Message:
    """Return the person's ids, standing, groups and rights."""
    actor = answer.actor
    groups = ", ".join(mrkdwn.code(group) for group in answer.groups[:20]) or "none"
    name = f" ({mrkdwn.prose(actor.name, 80)})" if actor.name else ""
    facts = [
        f"Known as {mrkdwn.code(actor.id)} of {mrkdwn.code(actor.person.team)}; groups of the policy: {groups}",
        *(f"{mrkdwn.bold(what)}: {mrkdwn.prose(right)}" for what, right in answer.rights),
    ]
    if not actor.member and all(right == "no" for _, right in answer.rights):
        facts.append(f"Rules are for members; whoever keeps the policy can name {mrkdwn.code(actor.id)} in one.")
    if answer.namespace:
        where = f"this channel stands for {mrkdwn.bold(answer.namespace)}"
    else:
        where = "this conversation stands for no namespace"
        facts.append("In a channel that stands for one, `whoami` shows what you may do there.")
    who = f"{mrkdwn.person(actor.person)}{name}, {mrkdwn.prose(actor.standing, 80)}"
    return compose(f"You are {who}; {where}.", prose(*facts))
