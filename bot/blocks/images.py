"""Images and digests in the few characters that tell them apart: nobody reads 64 hex digits on a phone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.blocks import mrkdwn
from bot.core import template

if TYPE_CHECKING:
    from bot.core.model import Service

DIGITS = 12


def digest(value: str) -> str:
    """Return sha256:0123456789ab of a digest, with or without the repository before it."""
    _, found, digits = value.rpartition("sha256:")
    return mrkdwn.clean(f"{found}{digits[:DIGITS]}" if found else value[: DIGITS * 2])


def image(value: str) -> str:
    """Return the last part of an image's name, with its tag or its digest."""
    name, at, pinned = value.rpartition("/")[2].partition("@")
    return mrkdwn.clean(f"{name}@{digest(pinned)}" if at else name)


def wished(service: Service) -> str:
    """Return the whole name of the image that the Service's template names."""
    spec = json.loads(service.template).get("spec") or {}
    return template.image(spec)
