"""`knobot check`: whether everything that Knobot needs is there, line by line, with the remedy for what is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.counting import counted
from bot.core.errors import BotError, Unavailable
from bot.handlers.manifest import SCOPES
from bot.knative.client import KnativeClusters
from bot.prometheus import Prometheus
from bot.settings import Mode
from bot.slack import connect, granted, opens_socket
from bot.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.settings import Cluster, Settings

Rights = tuple[tuple[str, str], ...]
WATCHED: Rights = tuple(
    (verb, what) for what in ("services", "revisions", "domainmappings") for verb in ("list", "watch")
)
READS: Rights = (("get", "services"), ("list", "revisions"), ("list", "pods"), ("get", "pods/log"), ("list", "events"))
WRITES: Rights = (("create", "services"), ("patch", "services"))
MAY_READ, MAY_CHANGE = "may read them; changes are made as whoever asks", "may read and change them"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: whether it is as it should be, and what to do if it is not."""

    good: bool
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{'✓' if self.good else '✗'} {self.what}" + (f"\n    {self.remedy}" if self.remedy else "")


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield what is found, in the order in which Knobot needs it."""
    yield Finding(True, f"configuration: {len(settings.policy.rules)} rules, {len(settings.channels)} channels")
    yield from _slack(settings)
    yield from _database(settings)
    clusters = KnativeClusters()
    for cluster in settings.clusters:
        yield from _cluster(settings, clusters, cluster)
        yield from _metrics(cluster)
    clusters.close()


def _slack(settings: Settings) -> Iterator[Finding]:
    client = connect(settings.slack.bot_token, settings.slack.api_url)
    try:
        team, scopes = granted(client)
    except BotError as error:
        yield Finding(
            False,
            f"Slack, bot token: {error.message}",
            _or_network(error, "Install the app and take its Bot User OAuth Token."),
        )
    else:
        yield Finding(True, f"Slack, bot token: workspace {team}")
        lacking = [scope for scope in SCOPES if scopes is not None and scope not in scopes]
        if lacking:
            remedy = "Update the app from `knobot manifest` and install it again."
            yield Finding(False, f"Slack, scopes: {', '.join(lacking)} not granted", remedy)
    if settings.slack.mode is Mode.HTTP:
        yield Finding(True, "Slack, signing secret: there; whether it is the right one shows with the first request")
        return
    try:
        opens_socket(client, settings.slack.app_token)
    except BotError as error:
        yield Finding(
            False,
            f"Slack, app token: {error.message}",
            _or_network(error, "Make an app-level token with connections:write."),
        )
    else:
        yield Finding(True, "Slack, app token: opens a socket")


def _or_network(error: BotError, remedy: str) -> str:
    """Return the remedy for what Slack refuses; where it says nothing at all, no other token helps."""
    return "Slack is reached by HTTPS: look at proxies and firewalls." if isinstance(error, Unavailable) else remedy


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        store = Store.open(settings.database_url)
        pending = len(store.pending())
        store.close()
    except BotError as error:
        yield Finding(False, f"database: {error.message}", error.hint)
    else:
        waiting = f"{counted(pending, 'change')} {'waits' if pending == 1 else 'wait'} for approval"
        yield Finding(True, f"database: answers; {waiting}")


def _cluster(settings: Settings, clusters: KnativeClusters, cluster: Cluster) -> Iterator[Finding]:
    homes = sorted({home.namespace for home in settings.channels.values() if home.cluster == cluster.name})
    try:
        clusters.connect(cluster.name, cluster.kubeconfig, cluster.context, cluster.ingress)
        for watched in cluster.namespaces or ("",):
            lacking = _lacking(clusters, cluster, watched, WATCHED)
            yield _rights(cluster, watched, lacking, "watches Services, Revisions and domains")
        for home in homes:
            lacking = _lacking(clusters, cluster, home, READS if cluster.impersonate else READS + WRITES)
            count = "" if lacking else f"{counted(len(clusters.services(cluster.name, home)), 'Service')}, "
            may = (
                "may read them; changes are made as whoever asks" if cluster.impersonate else "may read and change them"
            )
            yield _rights(cluster, home, lacking, f"{count}{may}")
    except BotError as error:
        yield Finding(False, f"cluster {cluster.name}: {error.message}", error.hint)


def _lacking(clusters: KnativeClusters, cluster: Cluster, namespace: str, wanted: Rights) -> list[str]:
    allowed = clusters.allowed
    return [f"{verb} {what}" for verb, what in wanted if not allowed(cluster.name, namespace, verb, what)]


def _rights(cluster: Cluster, namespace: str, lacking: list[str], well: str) -> Finding:
    what = f"cluster {cluster.name}, {f'namespace {namespace}' if namespace else 'all namespaces'}: "
    if not lacking:
        return Finding(True, what + well)
    remedy = "Bind the roles of config/kubernetes/rbac.yaml to Knobot's credentials"
    remedy += "." if namespace else f", or name the `namespaces` of cluster {cluster.name} in knobot.yaml."
    return Finding(False, f"{what}may not {', '.join(lacking)}", remedy)


def _metrics(cluster: Cluster) -> Iterator[Finding]:
    """Ask the Prometheus of a cluster for nothing in particular; a cluster without one has no finding."""
    if cluster.prometheus is None:
        return
    prometheus = Prometheus({cluster.name: cluster.prometheus})
    try:
        prometheus.query(cluster.name, "vector(1)")
    except BotError as error:
        yield Finding(False, f"cluster {cluster.name}: {error.message}", "Checks between steps of a rollout need it.")
    else:
        yield Finding(True, f"cluster {cluster.name}: Prometheus answers")
    prometheus.close()
