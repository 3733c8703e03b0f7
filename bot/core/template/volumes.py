"""Volumes, and where in the container they are mounted. What is in a Secret or ConfigMap is nowhere read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Any

from bot.core.template.settings import Entry, Place, Setting

LONGEST = 63


class Kind(Enum):
    """What a volume can be made from, as people call it."""

    CONFIG_MAP = "config map"
    SECRET = "secret"  # noqa: S105 # a word, and no secret
    EMPTY = "empty directory"
    CLAIM = "volume claim"


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume from `name` of `kind`; an empty directory has no source, but perhaps a size and a medium."""

    kind: Kind
    name: str
    size: str | None = None
    medium: str | None = None

    @property
    def source(self) -> dict[str, Any]:
        """Return the volume's source as Kubernetes writes it."""
        match self.kind:
            case Kind.CONFIG_MAP:
                return {"configMap": {"name": self.name}}
            case Kind.SECRET:
                return {"secret": {"secretName": self.name}}
            case Kind.CLAIM:
                return {"persistentVolumeClaim": {"claimName": self.name}}
            case Kind.EMPTY:
                known = {"medium": self.medium, "sizeLimit": self.size}
                return {"emptyDir": {key: value for key, value in known.items() if value}}

    @property
    def read_only(self) -> bool:
        """Whether it can only be read: Knative refuses to mount a Secret or ConfigMap otherwise."""
        return self.kind in (Kind.CONFIG_MAP, Kind.SECRET)


def volume(name: str, made_of: Volume | None) -> Setting:
    """Return the setting of a volume by its name in the template."""
    entry = None if made_of is None else {"name": name, **made_of.source}
    return Setting(Place.SPEC, ("volumes", Entry(("name",), name)), entry)


def mount(directory: str, name: str | None, *, inside: str = "", read_only: bool = False) -> Setting:
    """Return the mount of volume `name` at `directory`, or of the path `inside` of it; None unmounts."""
    entry: dict[str, Any] | None = None
    if name is not None:
        entry = {"mountPath": directory, "name": name}
        entry |= {"subPath": inside} if inside else {}
        entry |= {"readOnly": True} if read_only else {}
    return Setting(Place.CONTAINER, ("volumeMounts", Entry(("mountPath",), directory)), entry)


def name_for(directory: str) -> str:
    """Return the name of the volume that a mount makes for itself: a DNS label made of where it is mounted."""
    label = re.sub(r"[^a-z0-9]+", "-", directory.lower()).strip("-")[-LONGEST:].strip("-")
    return label or "root"
