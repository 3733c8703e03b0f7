"""Services: one look tells which of them need another."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from bot.blocks import images, mrkdwn
from bot.blocks.columns import columns, fitting
from bot.blocks.message import LISTING, Message, compose, prose, small, table
from bot.core import duration
from bot.core.model import Truth
from bot.core.rollout import annotation
from bot.core.traffic import shares

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.blocks.message import Part
    from bot.core.answers import ServiceTable
    from bot.core.model import Service

HEAD = ("NAME", "READY", "TRAFFIC", "AGE")
MANY = 25
"""From so many Services on, those that are Ready have one line each: what is not fine must not drown."""


def services(answer: ServiceTable, command: str) -> Message:
    """Return the table of Services, or how to make the first one."""
    if not answer.services:
        return _none(answer, command)
    ready = sum(service.ready is Truth.TRUE for service in answer.services)
    where = mrkdwn.bold(answer.namespace) if answer.namespace else "All namespaces that you may look at"
    holding = f" with {mrkdwn.code(answer.grep)} in their names" if answer.grep else ""
    return compose(
        f"{where}{holding}: {readiness(ready, len(answer.services))}",
        _table(answer),
        small(*_narrowing(answer, command)),
        room=LISTING,
    )


def _none(answer: ServiceTable, command: str) -> Message:
    if answer.grep:
        where = f"in {mrkdwn.prose(answer.namespace, 80)}" if answer.namespace else "that you may look at"
        return compose(f"There is no Service {where} whose name holds {mrkdwn.code(answer.grep)}.")
    if answer.namespace is None:
        return compose("There are no Services in this cluster yet.")
    return empty(answer.namespace, command)


def empty(namespace: str, command: str) -> Message:
    """Return what is said about a namespace without Services."""
    example = mrkdwn.code(f"{command} deploy hello ghcr.io/acme/hello:v1 -n {namespace}", 160)
    return compose(
        f"There are no Services in {mrkdwn.prose(namespace, 80)} yet.", prose(f"To deploy the first one: {example}")
    )


def readiness(ready: int, total: int) -> str:
    """Return how many of the Services are Ready, in words."""
    if ready == total:
        return "the one Service is Ready" if total == 1 else f"all {total} Services are Ready"
    return f"{ready} of {total} Services {'is' if ready == 1 else 'are'} Ready"


def _table(answer: ServiceTable) -> Part:
    """Return one table, or one below the other for several namespaces."""
    brief = len(answer.services) >= MANY
    pairs = fitting(
        (_cells(service, answer.now), _below(service, answer.now, brief=brief)) for service in answer.services
    )
    missing = len(answer.services) - len(pairs)
    if answer.namespace is not None:
        return columns(HEAD, pairs, missing)
    rows: list[str] = []
    placed = zip(answer.services, pairs, strict=False)
    for namespace, there in groupby(placed, key=lambda each: each[0].key.namespace):
        part = columns(HEAD, [pair for _, pair in there])
        rows += [f"{mrkdwn.clean(namespace)}/\n{part.head}\n{part.rows[0]}", *part.rows[1:]]
    return table(*rows, missing=missing)


def _narrowing(answer: ServiceTable, command: str) -> Iterator[str]:
    if len(answer.services) >= MANY and answer.grep is None:
        yield f"Fewer: {mrkdwn.code(f'{command} services --grep WORD')}, those that are not Ready first: `--sort ready`"


def _cells(service: Service, now: datetime) -> tuple[str, ...]:
    held = shares(service.routed, service.latest_ready or "@latest")
    split = " ".join(f"{percent}%" for percent in list(held.values())[:4]) + (" …" if len(held) > 4 else "")
    return service.key.name, service.ready.value, split or "–", duration.words(now - service.created)


def _below(service: Service, now: datetime, *, brief: bool) -> tuple[str, ...]:
    if brief and service.ready is Truth.TRUE and annotation.ROLLOUT not in service.annotations:
        return ()
    condition = service.condition("Ready")
    reason = condition.reason if condition and service.ready is not Truth.TRUE else ""
    rollout = annotation.running(service)
    return reason, rollout.told(now) if rollout else "", images.image(images.wished(service))
