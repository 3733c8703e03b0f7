"""A document as it may be shown: every value that looks secret is hidden, wherever it stands."""

from __future__ import annotations

from typing import Any

from bot.core.template.secrets import HIDDEN, masked, secret


def concealed(value: Any, name: str = "") -> Any:
    """Return a JSON document with secrets hidden; `name` is what the value is called where it stands.

    An entry of `env` says its name beside its value.
    """
    match value:
        case dict():
            owner = value.get("name") if isinstance(value.get("name"), str) and "value" in value else None
            return {key: concealed(inner, owner if owner and key == "value" else key) for key, inner in value.items()}
        case list():
            return [concealed(inner, name) for inner in value]
        case str():
            return HIDDEN if secret(name, value) and name not in REFERENCES else masked(value) or value
        case _:
            return value


REFERENCES = frozenset({"secretName", "imagePullSecrets"})
"""Fields that name a Secret of the cluster, which is no secret itself."""
