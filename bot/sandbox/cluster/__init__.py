"""An embedded Knative API server: what a cluster would answer, without a cluster.

Nothing here knows the bot. What it answers was recorded from a real cluster; where the two differ, this package is
wrong.
"""

from __future__ import annotations

from bot.sandbox.cluster.cluster import Cluster

__all__ = ["Cluster"]
