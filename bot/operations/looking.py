"""Answers to those who look: they read the cluster and change nothing."""

from __future__ import annotations

import statistics
from collections import Counter
from typing import TYPE_CHECKING, assert_never

from bot.core.answers import (
    Addresses,
    Answer,
    ApprovalTable,
    Comparison,
    CurlReport,
    DigestPost,
    DigestTable,
    HelpAnswer,
    HistoryTable,
    Identity,
    LogLines,
    PodTable,
    RevisionTable,
    Rights,
    RouteTable,
    ServiceStatus,
    ServiceTable,
)
from bot.core.commands import (
    Address,
    Approvals,
    Area,
    Can,
    Curl,
    Diff,
    DigestList,
    DigestNow,
    Help,
    History,
    Logs,
    Look,
    Pods,
    Revisions,
    Routes,
    Services,
    Status,
    Url,
    Whoami,
)
from bot.core.digest import digest
from bot.core.grammar import COMMANDS, VERBS, Kind
from bot.core.model import ServiceKey
from bot.core.policy import Allow, Deny, NeedsApproval, belongs, decide
from bot.core.references import current, find
from bot.core.template import differences
from bot.operations.world import World, authorize, intent, missing

if TYPE_CHECKING:
    from bot.core.model import Service, Snapshot
    from bot.core.place import Home
    from bot.core.policy import Decision
    from bot.core.ports import Addressee

LONGEST_LOG = 1000
"""How many lines are searched."""
REMEMBERED = 20
"""How many changes a history shows."""


def look(world: World, command: Look, to: Addressee, text: str) -> Answer:
    """Return the answer to `command`.

    Raises:
        Refused: the policy says no. NotFound: there is no such Service.
    """
    match command:
        case Help():
            return HelpAnswer(VERBS[command.topic] if command.topic else None)
        case Services():
            home = _area(world, command.area, command.verb, to, text)
            services = world.knative.services(home.cluster, home.namespace)
            return ServiceTable(home.namespace, tuple(services), world.clock.now())
        case Status():
            snapshot, _ = _snapshot(world, command.service, command.verb, to, text)
            return ServiceStatus(snapshot, tuple(world.knative.pods(snapshot.key)), world.clock.now())
        case Revisions():
            return _revisions(world, command, to, text)
        case Routes():
            return _routes(world, command, to, text)
        case Pods():
            snapshot, _ = _snapshot(world, command.service, command.verb, to, text)
            return PodTable(snapshot.key, tuple(world.knative.pods(snapshot.key)), world.clock.now())
        case Logs():
            return _logs(world, command, to, text)
        case Diff():
            return _diff(world, command, to, text)
        case History():
            key = _key(world, command.service, command.verb, to, text)
            return HistoryTable(key, tuple(world.store.history(key, REMEMBERED)), world.clock.now())
        case Can():
            return _can(world, command, to, text)
        case Url():
            return Addresses(_snapshot(world, command.service, command.verb, to, text)[1])
        case Curl():
            return _curl(world, command, to, text)
        case Whoami():
            return _whoami(world, to)
        case Approvals():
            _area(world, Area(), command.verb, to, text)
            return ApprovalTable(tuple(world.store.pending([to.channel])), world.clock.now())
        case DigestList():
            _area(world, Area(), command.verb, to, text)
            return DigestTable(tuple(world.store.digests(to.channel)))
        case DigestNow():
            home = _area(world, command.area, command.verb, to, text)
            return DigestPost(digest(home.namespace, world.knative.services(home.cluster, home.namespace)))
        case _:
            assert_never(command)


def _area(world: World, area: Area, verb: str, to: Addressee, text: str) -> Home:
    home = world.configuration.area(area, to.channel)
    authorize(world, to, intent(verb, to.channel, home), text)
    return home


def _key(world: World, address: Address, verb: str, to: Addressee, text: str) -> ServiceKey:
    key = world.configuration.key(address, to.channel)
    authorize(world, to, intent(verb, to.channel, key), text)
    return key


def _snapshot(world: World, address: Address, verb: str, to: Addressee, text: str) -> tuple[Snapshot, Service]:
    key = _key(world, address, verb, to, text)
    snapshot = world.knative.snapshot(key)
    if snapshot.service is None:
        raise missing(world, key)
    return snapshot, snapshot.service


def _revisions(world: World, command: Revisions, to: Addressee, text: str) -> RevisionTable:
    now = world.clock.now()
    if command.service:
        snapshot, service = _snapshot(world, command.service, command.verb, to, text)
        services = {snapshot.key.name: service}
        return RevisionTable(snapshot.key, snapshot.key.namespace, snapshot.revisions, services, now)
    home = _area(world, command.area, command.verb, to, text)
    services = {service.key.name: service for service in world.knative.services(home.cluster, home.namespace)}
    revisions = world.knative.revisions(home.cluster, home.namespace)
    return RevisionTable(None, home.namespace, tuple(revisions), services, now)


def _routes(world: World, command: Routes, to: Addressee, text: str) -> RouteTable:
    if command.service:
        snapshot, service = _snapshot(world, command.service, command.verb, to, text)
        return RouteTable(snapshot.key.namespace, (service,))
    home = _area(world, command.area, command.verb, to, text)
    return RouteTable(home.namespace, tuple(world.knative.services(home.cluster, home.namespace)))


def _logs(world: World, command: Logs, to: Addressee, text: str) -> LogLines:
    """Read more lines than are asked for when only some of them count."""
    snapshot, _ = _snapshot(world, command.service, command.verb, to, text)
    revision = find(command.revision, snapshot) if command.revision else current(snapshot) or snapshot.revisions[0]
    wanted = command.grep
    read = world.knative.logs(snapshot.key, revision.name, LONGEST_LOG if wanted else command.lines)
    lines = [line for line in read if wanted is None or wanted in line]
    return LogLines(snapshot.key, revision.name, tuple(lines[-command.lines :]), wanted)


def _diff(world: World, command: Diff, to: Addressee, text: str) -> Comparison:
    snapshot, _ = _snapshot(world, command.service, command.verb, to, text)
    before, after = find(command.before, snapshot), find(command.after, snapshot)
    changes = differences(f'{{"spec":{before.spec}}}', f'{{"spec":{after.spec}}}')
    return Comparison(snapshot.key, before.name, after.name, changes)


def _can(world: World, command: Can, to: Addressee, text: str) -> Rights:
    key = _key(world, command.service, command.verb, to, text)
    actor, policy = world.directory.actor(to.person), world.configuration.policy
    verbs = [verb.name for verb in COMMANDS if verb.kind is Kind.CHANGE]
    return Rights(key, tuple((verb, _right(decide(intent(verb, to.channel, key), actor, policy))) for verb in verbs))


def _curl(world: World, command: Curl, to: Addressee, text: str) -> CurlReport:
    snapshot, service = _snapshot(world, command.service, command.verb, to, text)
    responses = world.knative.fetch(service, command.path, command.count, command.tag)
    url = next((target.url for target in service.routed if command.tag and target.tag == command.tag), service.url)
    return CurlReport(
        snapshot.key,
        f"{url or ''}{command.path if command.path != '/' else ''}",
        tuple(Counter(response.body.strip() for response in responses).most_common()),
        tuple(Counter(response.status for response in responses).most_common()),
        statistics.median(response.seconds for response in responses),
    )


def _whoami(world: World, to: Addressee) -> Identity:
    configuration = world.configuration
    actor = world.directory.actor(to.person)
    groups = tuple(name for name in configuration.policy.groups if belongs(actor, name, configuration.policy))
    home = configuration.homes.get(to.channel)
    if home is None:
        return Identity(actor, groups, "", ())
    example = ServiceKey(home.cluster, home.namespace, "any")
    rights = tuple(
        (words, _right(decide(intent(verb, to.channel, example), actor, configuration.policy)))
        for words, verb in (("look", "status"), ("deploy", "deploy"), ("move traffic", "rollout"))
    )
    return Identity(actor, groups, home.namespace, rights)


def _right(decision: Decision) -> str:
    match decision:
        case Allow():
            return "yes"
        case Deny():
            return "no"
        case NeedsApproval():
            plural = "s" if decision.count > 1 else ""
            whose = f" from {decision.group}" if decision.group else ""
            return f"with {decision.count} approval{plural}{whose}"
        case _:
            assert_never(decision)
