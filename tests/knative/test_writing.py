"""Writes whose answers get lost: a lossy wire stands between the adapter and the embedded cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import urllib3

from bot.core.commands import Address, Deploy, Rollback
from bot.core.errors import Stale, Unavailable
from bot.core.model import ServiceKey, Snapshot
from bot.core.plan import PLAN, Request, make
from bot.core.template import TemplateEdit
from bot.knative import writing
from bot.knative.client import KnativeClusters
from bot.sandbox.cluster import Cluster
from tests.contracts.site import Embedded
from tests.knative.wire import Asked, Said, Wire, kubeconfig

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.core.commands import Deploy as DeployCommand
    from bot.core.model import Service
    from bot.core.plan import ChangeCommand, Plan

KEY = ServiceKey("lossy", "default", "hello")
HERE = Address("hello")
BLUE = Deploy(HERE, TemplateEdit(image="ghcr.io/knative/helloworld-go:latest", env=(("TARGET", "blue"),)))
GREEN = Deploy(HERE, TemplateEdit(env=(("TARGET", "green"),)))
WRITES = ("POST", "PATCH")


class Lossy:
    """Forwards to the embedded cluster; `before` and `after` decide about writes: True lets the request, the answer go."""

    def __init__(self) -> None:
        self.embedded = Embedded()
        self.before: Callable[[], bool] = lambda: True
        self.after: Callable[[], bool] = lambda: True
        self.reads = True
        self._pool = urllib3.PoolManager(ssl_context=self.embedded.cluster.trust)
        self._token = self.embedded.cluster.users.token("admin")
        self.wire = Wire(self._answer)

    def _answer(self, asked: Asked) -> Said | None:
        writes = asked.method in WRITES
        if (not writes and not self.reads) or (writes and not self.before()):
            return None
        answer = self._pool.request(
            asked.method,
            self.embedded.cluster.url + asked.path,
            fields=asked.query if not writes else None,
            body=asked.body if writes else None,
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": asked.headers.get("Content-Type", "")},
        )
        return Said(answer.status, answer.data) if not writes or self.after() else None

    def written(self) -> int:
        return sum(asked.method in WRITES for asked in self.wire.asked)

    def stop(self) -> None:
        self.wire.stop()
        self._pool.clear()
        self.embedded.stop()
