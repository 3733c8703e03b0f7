"""Variables of the serving container: by value, from a key of a Secret or ConfigMap, or all that one of those has."""

from __future__ import annotations

from enum import Enum
from typing import Any

from bot.core.template.settings import Entry, Place, Setting


class Source(Enum):
    """What values can come from, as people call it; nobody here reads what is in there."""

    SECRET = "secret"  # noqa: S105 # a word, and no secret
    CONFIG_MAP = "config map"

    @property
    def key_reference(self) -> str:
        return "secretKeyRef" if self is Source.SECRET else "configMapKeyRef"

    @property
    def reference(self) -> str:
        return "secretRef" if self is Source.SECRET else "configMapRef"


def variable(name: str, value: str | None) -> Setting:
    """Return the setting of a variable; None takes it away, wherever its value came from."""
    return _variable(name, None if value is None else {"name": name, "value": value})


def variable_from(name: str, source: Source, object_: str, key: str) -> Setting:
    """Return the setting of a variable whose value is under a key of an object."""
    reference = {source.key_reference: {"name": object_, "key": key}}
    return _variable(name, {"name": name, "valueFrom": reference})


def variables_from(source: Source, object_: str, *, wanted: bool = True) -> Setting:
    """Return the setting of one variable for each key of an object."""
    entry = Entry((source.reference, "name"), object_)
    return Setting(Place.CONTAINER, ("envFrom", entry), {source.reference: {"name": object_}} if wanted else None)


def _variable(name: str, entry: dict[str, Any] | None) -> Setting:
    return Setting(Place.CONTAINER, ("env", Entry(("name",), name)), entry)
