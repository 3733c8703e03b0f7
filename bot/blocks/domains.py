"""Domains: whose they are, and what keeps one from leading there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import marks, mrkdwn, remedies
from bot.blocks.message import Message, Part, compose, prose
from bot.core.counting import counted
from bot.core.model import Truth
from bot.core.reasons import explain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.core.answers import DomainTable
    from bot.core.model import DomainMapping


def domains(answer: DomainTable, command: str) -> Message:
    """Return the domains of a namespace with their state and remedy, and those of the cluster."""
    count = len(answer.mappings)
    where = mrkdwn.bold(answer.namespace)
    if count:
        headline = f"{where}: {counted(count, 'domain')}"
    elif answer.asked:
        headline = f"{mrkdwn.code(answer.asked)} leads to nothing in {where}."
    else:
        add = mrkdwn.code(f"{command} domain add shop.example.com SERVICE")
        headline = f"No Service in {where} has a domain of its own: {add} gives one."
    return compose(headline, prose(*(_row(mapping) for mapping in answer.mappings)), _suffixes(answer))


def _row(mapping: DomainMapping) -> str:
    ready = mapping.condition("Ready")
    state = ready.status if ready else Truth.UNKNOWN
    name = mrkdwn.link(mapping.url) if mapping.url else mrkdwn.prose(mapping.domain)
    leads = mrkdwn.prose(mapping.service, 70) if mapping.service else "something that is no Service"
    return "\n".join([f"{marks.TRUTHS[state]} {name} → {leads}", *_trouble(mapping, state)])


def _trouble(mapping: DomainMapping, state: Truth) -> Iterator[str]:
    if state is Truth.TRUE:
        return
    condition = mapping.condition("Ready")
    yield f"    {mrkdwn.prose(explain(condition))}"
    remedy = remedies.remedy(condition.reason if condition else "")
    if remedy:
        yield f"    {mrkdwn.prose(remedy)}"


def _suffixes(answer: DomainTable) -> Part:
    """Say under which domains the cluster puts its Services."""
    if answer.suffixes is None:
        return prose("The cluster's own domains are not shown: Knobot may not read them.")
    rows = [
        f"• {mrkdwn.code(name)}{'' if default else ' for Services with a certain label'}"
        for name, default in answer.suffixes.items()
    ]
    return prose(*rows, head="The cluster puts its Services under:")
