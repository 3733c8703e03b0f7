"""Labels and annotations of the Revisions to come."""

from __future__ import annotations

from bot.core.template.settings import Place, Setting

NO_GC = "serving.knative.dev/no-gc"
"""Annotation of a Revision that Knative never collects as garbage."""


def annotation(name: str, value: str | None) -> Setting:
    return Setting(Place.METADATA, ("annotations", name), value)


def label(name: str, value: str | None) -> Setting:
    return Setting(Place.METADATA, ("labels", name), value)
