"""Answers to those who look: they read the cluster and change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from bot.core.answers import (
    Addresses,
    Aged,
    DigestPost,
    DigestTable,
    HelpAnswer,
    HistoryTable,
    Looked,
    PodTable,
    ServiceManifest,
    WatchTable,
)
from bot.core.commands import (
    Approvals,
    Can,
    Curl,
    Diff,
    DigestList,
    DigestNow,
    Domains,
    Events,
    Fresh,
    Help,
    History,
    Ingress,
    Logs,
    Manifest,
    OneRevision,
    Pods,
    Revisions,
    Routes,
    Services,
    Status,
    Url,
    WatchList,
    Whoami,
)
from bot.core.language.grammar import VERBS
from bot.core.place import Home
from bot.core.subscriptions import Digest
from bot.operations.audience import held_back
from bot.operations.digests import report
from bot.operations.looking.asking import area_of, key_of, listed, snapshot_of
from bot.operations.looking.inspecting import diff, events, logs, revision, status
from bot.operations.looking.listing import domains, revisions, routes, services
from bot.operations.looking.people import can, whoami
from bot.operations.looking.reaching import curl, ingress
from bot.operations.looking.waiting import approvals
from bot.operations.subscribing import watches
from bot.operations.world import may_look, sieve

if TYPE_CHECKING:
    from bot.core.answers import Answer
    from bot.core.commands import Look
    from bot.core.ports import Addressee
    from bot.core.subscriptions import Silence, Watch
    from bot.operations.world import World

REMEMBERED = 20
"""How many changes a history shows."""


def look(world: World, command: Look | Fresh, to: Addressee, text: str) -> Answer:
    """Return the answer to `command`, by what is known from watching the cluster unless it shall be fresh.

    Raises:
        Refused: the policy says no. NotFound: there is no such Service.
    """
    if isinstance(command, Fresh):
        return _answer(world, command.command, to, text)
    world = world.looking()
    answer = _answer(world, command, to, text)
    age = world.glance.age if world.glance else None
    return Aged(answer, age) if age is not None and isinstance(answer, Looked | DigestPost) else answer


def _answer(world: World, command: Look, to: Addressee, text: str) -> Answer:
    match command:
        case Help():
            return HelpAnswer(VERBS[command.topic] if command.topic else None, world.configuration.aliases)
        case Services():
            return services(world, command, to, text)
        case Status():
            return status(world, command, to, text)
        case Manifest():
            return ServiceManifest(snapshot_of(world, command.service, command.verb, to, text)[1])
        case OneRevision():
            return revision(world, command, to, text)
        case Revisions():
            return revisions(world, command, to, text)
        case Routes():
            return routes(world, command, to, text)
        case Pods():
            snapshot, _ = snapshot_of(world, command.service, command.verb, to, text)
            return PodTable(snapshot.key, tuple(world.knative.pods(snapshot.key)), world.clock.now())
        case Logs():
            return logs(world, command, to, text)
        case Events():
            return events(world, command, to, text)
        case Diff():
            return diff(world, command, to, text)
        case History():
            key = key_of(world, command.service, command.verb, to, text)
            return HistoryTable(key, tuple(world.store.history(key, REMEMBERED)), world.clock.now())
        case Can():
            return can(world, command, to, text)
        case Url():
            return Addresses(snapshot_of(world, command.service, command.verb, to, text)[1])
        case Curl():
            return curl(world, command, to, text)
        case Domains():
            return domains(world, command, to, text)
        case Ingress():
            return ingress(world, command, to, text)
        case Whoami():
            return whoami(world, to)
        case Approvals():
            return approvals(world, command, to, text)
        case DigestList():
            digests = listed(world, command.verb, to, text, world.store.digests(to.channel), _home)
            return DigestTable(digests, held_back(world, digests))
        case DigestNow():
            home = area_of(world, command.area, command.verb, to, text)
            may_look(world, to, home, text)
            shown = sieve(world, "services", to.person, to.channel)
            return DigestPost(report(world, home, to.channel, None, world.configuration.timezone, shown))
        case WatchList():
            there, silences = watches(world, to.channel), world.store.watches.silences(world.clock.now(), to.channel)
            mine = listed(world, command.verb, to, text, there, _home)
            return WatchTable(mine, listed(world, command.verb, to, text, silences, _home), held_back(world, mine))
        case _:
            assert_never(command)


def _home(found: Watch | Silence | Digest) -> Home:
    """Return what a thing is about that a conversation is told."""
    where = found if isinstance(found, Digest) else found.scope
    return Home(where.cluster, where.namespace)
