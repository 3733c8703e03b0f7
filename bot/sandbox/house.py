"""The embedded workspace and the embedded cluster under one roof, and the files that lead a bot to them.

The bot is not part of it: it is started by whoever wants one, with the environment that `environment` returns, and
meets Slack and Kubernetes here as it does elsewhere, over connections.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.sandbox import seeds
from bot.sandbox.cluster import Cluster
from bot.sandbox.panel import Panel
from bot.sandbox.workspace import Workspace

STARTING = 15.0
"""Seconds of the cluster's own time in which a good image becomes Ready."""


@dataclass(frozen=True, slots=True)
class Plot:
    """What to build, and where.

    `folder` takes the files; it must exist. `port` is the workspace's, or the cluster's where there is no workspace; 0
    chooses a free one. `kubeconfig` names a real cluster that takes the place of the embedded one, and `ingress` the
    address of its gateway. `pace` multiplies the time that controllers and pods of the embedded cluster take. `verbs`
    are what the page completes: objects with "verb", "usage" and "summary". `request_url` is where a bot takes payloads
    as signed HTTP requests, instead of over Socket Mode. `shortcuts` are what the menu of a message offers: callback
    id → name.
    """

    folder: Path
    slack: bool = True
    cluster: bool = True
    port: int = 0
    kubeconfig: Path | None = None
    pace: float = 1.0
    ingress: str | None = None
    verbs: tuple[Mapping[str, str], ...] = ()
    request_url: str | None = None
    shortcuts: Mapping[str, str] = field(default_factory=dict)


class House:
    """A running sandbox."""

    def __init__(self, plot: Plot) -> None:
        self._plot = plot
        self.cluster: Cluster | None = None
        self.workspace: Workspace | None = None
        if plot.cluster and plot.kubeconfig is None:
            self.cluster = Cluster(port=0 if plot.slack else plot.port, pace=plot.pace)
        if plot.slack:
            self.workspace = Workspace(
                people=seeds.PEOPLE,
                channels=seeds.ROOMS,
                usergroups=(seeds.APPROVERS,),
                port=plot.port,
                request_url=plot.request_url,
                shortcuts=plot.shortcuts,
            )
        self._panel = Panel(self.cluster) if self.cluster else None

    @property
    def url(self) -> str:
        """Where a person goes: the page of the workspace, or the API server where there is no workspace."""
        if self.workspace:
            return self.workspace.url
        return self.cluster.url if self.cluster else ""

    @property
    def kubeconfig(self) -> Path | None:
        """The file with which kubectl reaches the cluster as its admin."""
        return self._plot.folder / "kubeconfig" if self.cluster else self._plot.kubeconfig

    @property
    def ingress(self) -> str | None:
        """Where the Services of the cluster answer, by their Host header; None for their own URLs."""
        return self.cluster.ingress_url if self.cluster else self._plot.ingress

    async def start(self) -> None:
        """Start what was asked for and fill it; the page answers before the cluster is filled.

        Raises:
            OSError: the port is taken.
        """
        if self.cluster:
            await self.cluster.start()
            (self._plot.folder / "kubeconfig").write_text(self.cluster.kubeconfig("admin"), encoding="utf-8")
            (self._plot.folder / "kubeconfig-knobot").write_text(self.cluster.kubeconfig("knobot"), encoding="utf-8")
        if self.workspace:
            self.workspace.extra_state.update(self._state())
            if self.cluster:
                self.workspace.on_fault = self._fault
            if self._panel:
                self.workspace.routes.update(self._panel.routes())
            await self.workspace.start()
        if self.cluster:
            await self._fill(self.cluster)
        self._write_configuration()

    async def stop(self) -> None:
        """Stop everything that was started."""
        if self._panel:
            await self._panel.close()
        if self.workspace:
            await self.workspace.stop()
        if self.cluster:
            await self.cluster.stop()

    def environment(self) -> Mapping[str, str]:
        """Return the variables with which `knobot run` becomes the bot of this sandbox."""
        variables = {"KNOBOT_CONFIG": str(self._plot.folder / "knobot.yaml")}
        if self.workspace:
            variables |= {
                "SLACK_API_URL": self.workspace.api_url,
                "SLACK_BOT_TOKEN": self.workspace.bot_token,
                "SLACK_APP_TOKEN": self.workspace.app_token,
                "SLACK_SIGNING_SECRET": self.workspace.signing_secret,
            }
        if self.cluster:
            variables |= {"KUBECONFIG": str(self._plot.folder / "kubeconfig-knobot")}
        elif self._plot.kubeconfig:
            variables |= {"KUBECONFIG": str(self._plot.kubeconfig)}
        return variables

    async def _fill(self, cluster: Cluster) -> None:
        for namespace in seeds.namespaces():
            await cluster.apply(namespace)
        for service in seeds.services():
            await cluster.apply(service)
            await cluster.advance(STARTING)

    def _fault(self, kind: str, options: dict[str, Any]) -> None:
        if self.cluster:
            self.cluster.fault(kind, **options)

    def _state(self) -> dict[str, Any]:
        return {
            "kubeconfig": str(self.kubeconfig) if self.kubeconfig else None,
            "ingress": self.ingress,
            "verbs": list(self._plot.verbs),
            "homes": {room.name: seeds.NAMESPACES[room.id] for room in seeds.ROOMS},
        }

    def _metrics(self) -> dict[str, str]:
        """Return where the embedded cluster's Prometheus is: its gateway answers for it."""
        return {"prometheus": self.cluster.ingress_url} if self.cluster else {}

    def _write_configuration(self) -> None:
        """Write knobot.yaml and policy.yaml as a team would, with the sandbox's ids and addresses."""
        document = {
            "command": "/knative",
            "policy": "policy.yaml",
            "database_url": f"sqlite:///{self._plot.folder / 'knobot.db'}",
            "clusters": [{"name": "main"} | ({"ingress": self.ingress} if self.ingress else {}) | self._metrics()],
            "channels": {
                channel: {"namespace": namespace, "watch": ["all"]} for channel, namespace in seeds.NAMESPACES.items()
            },
        }
        for name, content in (("knobot.yaml", document), ("policy.yaml", seeds.policy())):
            text = yaml.safe_dump(json.loads(json.dumps(content)), sort_keys=False, allow_unicode=True)
            (self._plot.folder / name).write_text(text, encoding="utf-8")
