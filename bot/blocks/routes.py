"""Addresses: where Services answer, and whether traffic is what was wished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import mrkdwn
from bot.blocks.bars import told
from bot.blocks.message import Message, Part, compose, prose
from bot.blocks.services import empty
from bot.core import references, traffic
from bot.core.answers import ROWS
from bot.core.counting import counted

if TYPE_CHECKING:
    from bot.core.answers import Addresses, RouteTable
    from bot.core.model import Service

UNKNOWN = "no address yet"


def routes(answer: RouteTable, command: str) -> Message:
    """Return for each Service its address, the wished traffic (spec) and the actual (status)."""
    if not answer.services:
        return empty(answer.namespace, command)
    count = len(answer.services)
    headline = f"{mrkdwn.bold(answer.namespace)}: {counted(count, 'Route')}"
    shown = answer.services[:ROWS]
    return compose(headline, prose(*(_route(service) for service in shown), missing=count - len(shown)))


def _route(service: Service) -> str:
    actual: dict[str, int] = {}
    for target in service.routed:
        if target.percent:
            actual[target.revision or "?"] = actual.get(target.revision or "?", 0) + target.percent
    return "\n".join(
        [
            f"{mrkdwn.bold(service.key.name)} {address(service)}",
            f"    wished: {told(traffic.percents(service.traffic)) or 'nothing'}",
            f"    actual: {told(actual) or 'nothing yet'}",
        ]
    )


def addresses(answer: Addresses) -> Message:
    """Return the address of a Service, and of each of its tags."""
    service = answer.service
    return compose(f"{mrkdwn.bold(str(service.key))}: {address(service)}", tagged(service))


def address(service: Service) -> str:
    """Return the address of a Service as markup."""
    return mrkdwn.link(service.url) if service.url else UNKNOWN


def tagged(service: Service) -> Part:
    """Return the tags with where they lead and their addresses, as status tells them: they are never built."""
    rows = [
        f"{mrkdwn.code(target.tag)} → {mrkdwn.prose(target.revision or references.FOLLOW, 70)}: "
        f"{mrkdwn.link(target.url) if target.url else UNKNOWN}"
        for target in service.routed
        if target.tag
    ]
    return prose(*rows)
