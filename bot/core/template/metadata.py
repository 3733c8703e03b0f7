"""Labels and annotations of the Revisions to come."""

from __future__ import annotations

from bot.core.template.settings import Place, Setting


def annotation(name: str, value: str | None) -> Setting:
    return Setting(Place.METADATA, ("annotations", name), value)


def label(name: str, value: str | None) -> Setting:
    return Setting(Place.METADATA, ("labels", name), value)
