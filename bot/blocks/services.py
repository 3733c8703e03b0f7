"""The Services of a namespace: one look tells which of them need another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import images, mrkdwn
from bot.blocks.bars import shares
from bot.blocks.columns import columns
from bot.blocks.message import Message, compose, prose
from bot.core import duration
from bot.core.model import Truth

if TYPE_CHECKING:
    from datetime import datetime

    from bot.core.answers import ServiceTable
    from bot.core.model import Service

HEAD = ("NAME", "READY", "TRAFFIC", "AGE")


def services(answer: ServiceTable, command: str) -> Message:
    """Return the table of Services, or how to make the first one."""
    if not answer.services:
        return empty(answer.namespace, command)
    ready = sum(service.ready is Truth.TRUE for service in answer.services)
    where = mrkdwn.bold(answer.namespace)
    rows = [(_cells(service, answer.now), _below(service)) for service in answer.services]
    return compose(f"{where}: {counted(ready, len(answer.services))}", columns(HEAD, rows))


def empty(namespace: str, command: str) -> Message:
    """Return what is said about a namespace without Services."""
    example = mrkdwn.code(f"{command} deploy hello ghcr.io/acme/hello:v1 -n {namespace}", 160)
    return compose(
        f"There are no Services in {mrkdwn.prose(namespace, 80)} yet.", prose(f"To deploy the first one: {example}")
    )


def counted(ready: int, total: int) -> str:
    """Return how many of the Services are Ready, in words."""
    if ready == total:
        return "the one Service is Ready" if total == 1 else f"all {total} Services are Ready"
    return f"{ready} of {total} Services {'is' if ready == 1 else 'are'} Ready"


def _cells(service: Service, now: datetime) -> tuple[str, ...]:
    held = shares(service.routed, service.latest_ready or "@latest")
    split = " ".join(f"{percent}%" for percent in list(held.values())[:4]) + (" …" if len(held) > 4 else "")
    return service.key.name, service.ready.value, split or "–", duration.words(now - service.created)


def _below(service: Service) -> tuple[str, ...]:
    condition = service.condition("Ready")
    reason = condition.reason if condition and service.ready is not Truth.TRUE else ""
    return reason, images.image(images.wished(service))
