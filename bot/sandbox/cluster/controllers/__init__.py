"""Knative's controllers.

Each looks at what is asked and what is there, takes one step, and is called again when something changes.

None of them remembers what it can read. They write past admission, as the webhooks let Knative's own accounts, and
never wait: whatever takes time is an appointment on the Timeline, so that a test can hold the cluster in any state on
the way.
"""

from __future__ import annotations

from bot.sandbox.cluster.controllers.controllers import Controllers

__all__ = ["Controllers"]
