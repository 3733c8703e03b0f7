"""What a cluster keeps of the Revisions that no route names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.errors import Refused
from bot.core.model import Object, ObjectKind
from bot.core.retention import Retention, read

if TYPE_CHECKING:
    from bot.operations.world import World

SETTINGS = Object(ObjectKind.CONFIG_MAP, "config-gc", "knative-serving")


def retention_of(world: World, cluster: str) -> Retention:
    """Return a cluster's settings; Knative's own defaults where Knobot may not read them, or there are none."""
    try:
        found = world.knative.stored(cluster, SETTINGS)
    except Refused:
        return Retention()
    return read(found.document) if found else Retention()
