"""The container that serves, and the pod around it: port, entry point, resources, identity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.template.settings import Entry, Place, Setting

if TYPE_CHECKING:
    from collections.abc import Sequence

REQUESTS, LIMITS = "requests", "limits"


def port(number: int, protocol: str | None) -> tuple[Setting, ...]:
    """Return where the container listens; `protocol` is the port's name (`h2c`, `http1`), None to keep what it is."""
    spoken = (_container("ports", Entry(), "name", value=protocol),) if protocol else ()
    return (_container("ports", Entry(), "containerPort", value=number), *spoken)


def command(words: Sequence[str]) -> Setting:
    return _container("command", value=list(words) or None)


def arguments(words: Sequence[str]) -> Setting:
    return _container("args", value=list(words) or None)


def resource(bound: str, name: str, quantity: str | None) -> Setting:
    """Return how much of cpu or memory the container asks for (REQUESTS) or may have (LIMITS)."""
    return _container("resources", bound, name, value=quantity)


def user(number: int | None) -> Setting:
    return _container("securityContext", "runAsUser", value=number)


def pull_policy(policy: str | None) -> Setting:
    return _container("imagePullPolicy", value=policy)


def pull_secret(name: str | None) -> Setting:
    return Setting(Place.SPEC, ("imagePullSecrets",), [{"name": name}] if name else None)


def service_account(name: str | None) -> Setting:
    return Setting(Place.SPEC, ("serviceAccountName",), name)


def timeout(seconds: int | None) -> Setting:
    """Return how long one request may take."""
    return Setting(Place.SPEC, ("timeoutSeconds",), seconds)


def _container(*path: str | Entry, value: object) -> Setting:
    return Setting(Place.CONTAINER, path, value)
