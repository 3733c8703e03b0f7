"""The use cases, and the only place where the core's decisions meet the world behind its ports.

A person's words enter by `Operations.submit`, a click by `approve` and its neighbours, the cluster's news by `follow`,
and time by `tick`. Each either answers through the Channel port or raises a `BotError`, which the edge that called
shows to the person; nothing here knows what Slack or Kubernetes look like.
"""

from __future__ import annotations

from bot.operations.service import Operations
from bot.operations.world import World

__all__ = ["Operations", "World"]
