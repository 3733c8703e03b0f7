"""Probes: how the cluster asks whether a container lives, is ready, or has started."""

from __future__ import annotations

from enum import Enum
from typing import Any

from bot.core.template.settings import Place, Setting

HANDLERS = ("httpGet", "tcpSocket", "exec", "grpc")


class Probe(Enum):
    """The probes of a container; the value is the word in flags."""

    LIVENESS = "liveness"
    READINESS = "readiness"
    STARTUP = "startup"

    @property
    def field(self) -> str:
        return f"{self.value}Probe"


def asking(probe: Probe, handler: str, how: dict[str, Any]) -> tuple[Setting, ...]:
    """Return what makes a probe ask by `handler` and by no other; its options stay."""
    others = tuple(_at(probe, other, value=None) for other in HANDLERS if other != handler)
    return (*others, _at(probe, handler, value=how))


def option(probe: Probe, name: str, value: int) -> Setting:
    """Return an option of a probe, such as periodSeconds."""
    return _at(probe, name, value=value)


def none(probe: Probe) -> Setting:
    return _at(probe, value=None)


def _at(probe: Probe, *path: str, value: object) -> Setting:
    return Setting(Place.CONTAINER, (probe.field, *path), value)
