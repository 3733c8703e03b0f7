"""config/knobot.yaml and the environment → Settings.

Files hold what a team may read; the environment holds tokens and what differs from machine to machine.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from bot.core import checks, duration
from bot.core.checks import Measure
from bot.core.errors import BotError, Invalid
from bot.core.language import aliases, elsewhere
from bot.core.language.parse import TOOLS
from bot.core.measures import MEASURES
from bot.core.place import Configuration, Home
from bot.core.policy import Policy
from bot.settings import words
from bot.settings.document import Fields, Mistake, nearest, open_document, settle
from bot.settings.doors import Variables, listening, read_http, read_mode, read_slack
from bot.settings.policy import read_policy
from bot.settings.values import Cluster, Mode, Settings, Slack
from bot.settings.watches import read_watches

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.core.language.verb import Kind
    from bot.core.subscriptions import Watch
    from bot.settings.document import Item

T = TypeVar("T")

CONFIG = "config/knobot.yaml"
DATABASE = "sqlite:///knobot.db"
DATABASES = ("sqlite:///", "postgresql://", "postgresql+psycopg://")
OPTIONAL = (
    "command",
    "policy",
    "database_url",
    "cache",
    "channels",
    "approvals",
    "deploy",
    "updates",
    "timezone",
    "checks",
    "install",
    "aliases",
    "mode",
    "http",
)
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\Z")
ELSEWHERE = "; KNOBOT_CONFIG names another file"
CHANNEL = re.compile(r"[CGD][A-Z0-9]+\Z")
COMMAND = re.compile(r"/[a-z0-9_-]{1,31}\Z")


def load(environment: Mapping[str, str], *, verbs: Mapping[str, Kind]) -> Settings:
    """Return the settings that the environment and the files that it names tell.

    Args:
        environment: SLACK_BOT_TOKEN must be there, and SLACK_APP_TOKEN or, for HTTP, SLACK_SIGNING_SECRET;
            KNOBOT_CONFIG (the path of knobot.yaml), KNOBOT_DATABASE_URL, KNOBOT_LOG_LEVEL, KNOBOT_MODE,
            KNOBOT_HTTP_PORT, KUBECONFIG and SLACK_API_URL may.
        verbs: the verbs that the policy may name, and of which kind each is.

    Raises:
        SettingsError: with every mistake in all of them.
    """
    mistakes: list[Mistake] = []

    variables = Variables(environment, mistakes)
    settings = _read(Path(environment.get("KNOBOT_CONFIG") or CONFIG), mistakes, verbs)
    slack = read_slack(variables, settings.slack.mode, _api_url)
    settings = replace(
        settings,
        slack=slack,
        http=listening(variables, settings.http, slack.mode),
        clusters=tuple(_reachable(cluster, environment.get("KUBECONFIG")) for cluster in settings.clusters),
        database_url=variables.read("KNOBOT_DATABASE_URL", _database, settings.database_url),
        log_level=variables.read("KNOBOT_LOG_LEVEL", _log_level, settings.log_level),
    )
    settle(mistakes)
    return settings


def load_configuration(environment: Mapping[str, str], *, verbs: Mapping[str, Kind]) -> Configuration:
    """Return what knobot.yaml and the policy tell the use cases, for those who try them out and have no tokens.

    Raises:
        SettingsError: with every mistake in both files.
    """
    mistakes: list[Mistake] = []
    settings = _read(Path(environment.get("KNOBOT_CONFIG") or CONFIG), mistakes, verbs)
    settle(mistakes)
    return settings.configuration


def load_database(environment: Mapping[str, str]) -> str:
    """Return the URL of the database alone, for those who are to read it and have no tokens.

    Raises:
        SettingsError: KNOBOT_DATABASE_URL is wrong, or where it is not set, knobot.yaml.
    """
    mistakes: list[Mistake] = []
    if told := environment.get("KNOBOT_DATABASE_URL"):
        try:
            return _database(told)
        except Invalid as error:
            mistakes.append(Mistake("environment", "KNOBOT_DATABASE_URL", str(error)))
    root = open_document(Path(environment.get("KNOBOT_CONFIG") or CONFIG), mistakes, ELSEWHERE)
    found = Fields(root.entries()) if root else Fields()
    url = found.read("database_url", _database, DATABASE)
    settle(mistakes)
    return url


def _read(file: Path, mistakes: list[Mistake], verbs: Mapping[str, Kind]) -> Settings:
    """Return what knobot.yaml and the policy that it names tell; of Slack that is the mode only."""
    root = open_document(file, mistakes, ELSEWHERE)
    found = root.fields(["clusters"], OPTIONAL) if root else Fields()
    clusters = _clusters(found["clusters"], file.parent) if "clusters" in found else ()
    approvals = found["approvals"].fields([], ["within", "remind"]) if "approvals" in found else Fields()
    within = approvals.read("within", duration.parse, timedelta(hours=4))
    usual: timedelta | None = timedelta(minutes=30)
    remind = approvals.read("remind", _remind, usual)
    zone = found.read("timezone", words.zone, "UTC")
    policy = Policy((), {})
    if root:
        names = [cluster.name for cluster in clusters]
        path = file.parent / found.read("policy", str, "policy.yaml")
        policy = read_policy(path, mistakes, verbs=verbs, clusters=names, within=within, zone=zone)
    channels, watches = _channels(found["channels"], clusters, zone) if "channels" in found else ({}, ())
    return Settings(
        Slack("", "", mode=found.read("mode", read_mode, Mode.SOCKET)),
        clusters,
        channels,
        policy,
        command=found.read("command", _command, "/knative"),
        database_url=found.read("database_url", _database, DATABASE),
        deploy_wait=_nested(found, "deploy", "wait", timedelta(minutes=10)),
        timezone=zone,
        watches=watches,
        remind=remind,
        settling=_nested(found, "updates", "settling", timedelta(seconds=3)),
        cache_limit=_nested(found, "cache", "limit", timedelta(minutes=2)),
        measures={**MEASURES, **(_measures(found["checks"]) if "checks" in found else {})},
        install=tuple(file.parent / Path(path).expanduser() for path in found.words("install", str)),
        log_level="INFO",
        aliases=_aliases(found["aliases"]) if "aliases" in found else {},
        http=read_http(found["http"]) if "http" in found else None,
    )


def _aliases(item: Item) -> dict[str, str]:
    reserved = (*TOOLS, *elsewhere.WORDS)
    read = {name: entry.read(partial(aliases.check, name, reserved=reserved), "") for name, entry in item.entries()}
    return {name: expansion for name, expansion in read.items() if expansion}


def _remind(text: str) -> timedelta | None:
    return None if text == "never" else duration.parse(text)


def _nested(found: Fields, key: str, inner: str, fallback: timedelta) -> timedelta:
    fields = found[key].fields([], [inner]) if key in found else Fields()
    return fields.read(inner, duration.parse, fallback)


def _clusters(item: Item, folder: Path) -> tuple[Cluster, ...]:
    clusters: dict[str, Cluster] = {}
    for entry in item.items():
        found = entry.fields(["name"], ["kubeconfig", "context", "ingress", "prometheus", "namespaces", "impersonate"])
        name = found.read("name", _name, "")
        if name and name in clusters:
            entry.wrong(f"there are two clusters “{name}”")
        clusters[name] = Cluster(
            name,
            found.read("kubeconfig", lambda text: folder / Path(text).expanduser(), None),
            found.read("context", str, None),
            found.read("ingress", _address, None),
            found.read("prometheus", _address, None),
            found.words("namespaces", _name),
            found["impersonate"].truth(False) if "impersonate" in found else False,
        )
    if item.is_empty_list:
        item.wrong("Knobot needs a cluster")
    return tuple(clusters.values())


def _measures(item: Item) -> dict[str, Measure]:
    found = {}
    for name, entry in item.entries():
        fields = entry.fields(["query"], ["unit", "want"])
        measure = Measure(fields.read("query", str, ""), fields.read("unit", _unit, ""), fields.read("want", str, ""))
        try:
            checks.resolve(checks.parse(f"{name}{measure.wanted or '<1'}"), {name: measure})
        except BotError as error:
            (fields["want"] if measure.wanted and checks.NAME.match(name) else entry).wrong(str(error))
        found[name] = measure
    return found


def _unit(text: str) -> str:
    if text not in checks.UNITS:
        raise Invalid(f"“{text}” is not a unit: there is {', '.join(checks.UNITS)}")
    return text


def _channels(item: Item, clusters: Sequence[Cluster], zone: str) -> tuple[dict[str, Home], tuple[Watch, ...]]:
    channels: dict[str, Home] = {}
    watches: list[Watch] = []
    names = [cluster.name for cluster in clusters if cluster.name]
    for channel, entry in item.entries():
        if not CHANNEL.match(channel):
            entry.wrong("this is not the id of a channel, as in C0123456789: Slack shows it in the channel's details")
        # Which cluster is meant goes without saying where there is only one.
        found = entry.fields(
            required=["namespace"] if len(names) == 1 else ["namespace", "cluster"], optional=["cluster", "watch"]
        )
        home = Home(found.read("cluster", str, names[0] if names else ""), found.read("namespace", _name, ""))
        if "cluster" in found and names and home.cluster not in names:
            found["cluster"].wrong(f"there is no cluster “{home.cluster}”{nearest(home.cluster, names)}")
        watched = next((cluster.namespaces for cluster in clusters if cluster.name == home.cluster), ())
        if watched and home.namespace and home.namespace not in watched:
            found["namespace"].wrong(f"cluster “{home.cluster}” does not watch “{home.namespace}”")
        channels[channel] = home
        if "watch" in found:
            watches += read_watches(found["watch"], channel, home, zone)
    return channels, tuple(watches)


def _reachable(cluster: Cluster, kubeconfig: str | None) -> Cluster:
    return replace(cluster, kubeconfig=Path(kubeconfig)) if kubeconfig and not cluster.kubeconfig else cluster


def _name(text: str) -> str:
    if not NAME.match(text):
        raise Invalid(f"“{text}” is not a name: up to 63 of a-z, 0-9 and “-”, neither first nor last a “-”")
    return text


def _command(text: str) -> str:
    if not COMMAND.match(text):
        raise Invalid(f"“{text}” is not a slash command, as in /knative: up to 32 of a-z, 0-9, “-” and “_”")
    return text


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise Invalid(f"“{text}” is not an address, as in http://192.0.2.1:8080")
    return text.rstrip("/")


def _api_url(text: str) -> str:
    return _address(text) + "/"


def _database(text: str) -> str:
    if not text.startswith(DATABASES):  # the text is not repeated: it may hold a password
        raise Invalid("this is not a database: write sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME")
    return text


def _log_level(text: str) -> str:
    if text.upper() not in LOG_LEVELS:
        raise Invalid(f"there is no level “{text}”{nearest(text.upper(), LOG_LEVELS)}")
    return text.upper()
