"""One process of the bot: the wiring from settings to adapters, Operations, Bolt app and scheduler, and its life."""

from __future__ import annotations

import logging
import secrets
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from bot.app import build_app
from bot.core.panels import Seal
from bot.knative.client import KnativeClusters
from bot.operations import Operations, World
from bot.prometheus import Prometheus
from bot.scheduler import BEAT, Calendar, Scheduler
from bot.slack import Bot, Pacer, SlackChannel, SlackDirectory, SlackPanels, connect
from bot.store import Store
from bot.web import Doors, Figures

if TYPE_CHECKING:
    import threading

    from bot.core.model import ServiceKey
    from bot.knative.reflector import Reflector
    from bot.settings import Cluster, Settings

log = logging.getLogger(__name__)


class SystemClock:
    """The Clock port on this machine's clock and entropy."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def token(self) -> str:
        return secrets.token_hex(16)


class Process:
    """What a process of the bot is made of; nothing of it runs before `serve`."""

    def __init__(self, settings: Settings) -> None:
        """Put it together.

        Raises:
            Unavailable: Slack or the database does not answer.
        """
        self._settings = settings
        self._figures = Figures()
        self._client = connect(settings.slack.bot_token, settings.slack.api_url)
        self._bot = Bot.of(self._client)
        self._seal = Seal(settings.slack.bot_token)
        self._store = Store.open(settings.database_url)
        self._knative = KnativeClusters(settings.install)
        self._metrics = Prometheus({each.name: each.prometheus for each in settings.clusters if each.prometheus})
        self._operations = operations = Operations(self._world())
        beats = (operations.listen, partial(operations.speak, BEAT.total_seconds()), operations.relay)
        self._scheduler = Scheduler(operations.tick, operations.follow, beats=beats)
        self._watches = {cluster.name: self._watch(cluster) for cluster in settings.clusters}
        app = build_app(operations, self._client, self._bot, settings.command, self._seal)
        self._doors = Doors(
            settings, app, self._client, self._store, self._watches, operations.turn_away, self._figures
        )

    def serve(self, stopped: threading.Event) -> None:
        """Be the bot of a workspace until `stopped`; what was begun is ended, in the opposite order.

        Raises:
            Unavailable: Slack cannot be connected to, or the address cannot be listened at.
        """
        with ExitStack() as ending:
            for close in (self._store.close, self._metrics.close, self._knative.close, self._operations.leave):
                ending.callback(close)
            self._scheduler.start()
            ending.callback(self._scheduler.stop)
            for watch in self._watches.values():
                watch.start()
                ending.callback(watch.stop)
            self._doors.open()
            ending.callback(self._doors.close)
            log.info("Knobot serves team %s as %s.", self._bot.team, self._bot.user)
            stopped.wait()

    def _world(self) -> World:
        configuration, command = self._settings.configuration, self._settings.command
        panels = SlackPanels(self._client, command, self._seal)
        named = {group for known in configuration.policy.groups.values() for group in known.usergroups}
        return World(
            knative=self._knative,
            metrics=self._metrics,
            channel=SlackChannel(self._client, command, panels, Pacer(tally=self._figures)),
            panels=panels,
            store=self._store,
            directory=SlackDirectory(self._client, self._bot.team, named),
            calendar=Calendar(),
            clock=SystemClock(),
            configuration=configuration,
            tally=self._figures,
        )

    def _watch(self, cluster: Cluster) -> Reflector:
        self._knative.connect(cluster.name, cluster.kubeconfig, cluster.context, cluster.ingress)
        return self._knative.reflector(cluster.name, cluster.namespaces or None, self._noticed)

    def _noticed(self, key: ServiceKey) -> None:
        self._operations.notice(key)
        self._scheduler.wake(key)
