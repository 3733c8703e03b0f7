"""From a wish to a plan: which object it is about, and what has to be read of it."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core import (
    annotating,
    attributes,
    building,
    collecting,
    deleting,
    domains,
    installing,
    making,
    naming,
    plan,
    references,
    reverting,
)
from bot.core.change import Person
from bot.core.commands import (
    Annotate,
    ChangeCommand,
    ClaimDomain,
    DefaultDomain,
    Delete,
    Deploy,
    Install,
    MapDomain,
    Rollback,
    Rollout,
    SpecCommand,
    SteppedRollout,
    UnmapDomain,
)
from bot.core.errors import NotFound, Refused, Stale, Unavailable
from bot.core.model import ServiceKey
from bot.operations.evidence import complete
from bot.operations.retention import retention_of
from bot.operations.world import missing

if TYPE_CHECKING:
    from bot.core.model import Snapshot
    from bot.core.plan import Plan, Request
    from bot.core.ports import Addressee
    from bot.operations.world import World

log = logging.getLogger(__name__)


def subject(world: World, command: ChangeCommand, to: Addressee) -> ServiceKey:
    """Return the Service that the policy has to allow a change of; without a name for what concerns a namespace.

    Raises:
        NotFound, Invalid: see `Configuration.key`.
    """
    configuration = world.configuration
    match command:
        case UnmapDomain():
            home = configuration.area(command.area, to.channel)
            found = world.knative.stored(home.cluster, domains.mapping(command.domain, home.namespace))
            return ServiceKey(home.cluster, home.namespace, domains.leads_to(found) if found else "")
        case ClaimDomain():
            home = configuration.area(command.area, to.channel)
            return ServiceKey(home.cluster, home.namespace, "")
        case DefaultDomain() | Install():
            home = configuration.home(domains.SYSTEM, command.cluster, to.channel)
            return ServiceKey(home.cluster, home.namespace, "")
        case _:
            return configuration.key(command.service, to.channel)


def planned(world: World, command: ChangeCommand, key: ServiceKey, request: Request) -> Plan:
    """Return the plan of a wish on what is there now.

    Raises:
        NotFound, Invalid, NoChange: what is there does not allow it.
    """
    match command:
        case Delete():
            return _deletion(world, command, _snapshot(world, key, request), request)
        case Annotate(reference=str(reference)):
            about = annotating.subject(reference, _snapshot(world, key, request))
            found = world.knative.stored(key.cluster, about)
            return annotating.revision(key, about, found, attributes.settled(command.attributes), request)
        case Deploy(build=str(build)):
            if world.knative.stored(key.cluster, building.source(build, key.namespace)) is None:
                raise NotFound(
                    f"There is no Build {build} in {key.namespace}.", "`kubectl get builds` lists those that are there."
                )
            return building.plan(build, key, world.clock.token(), request)
        case MapDomain():
            _snapshot(world, key, request)
            about, claim = domains.mapping(command.domain, key.namespace), domains.claim(command.domain)
            found, claimed = (world.knative.stored(key.cluster, each) for each in (about, claim))
            itself = None if claimed else _claims_itself(world, key.cluster)
            return domains.map_to(command, key, found, claimed, request, itself=itself)
        case UnmapDomain():
            mapped = world.knative.stored(key.cluster, domains.mapping(command.domain, key.namespace))
            if mapped is None:
                raise NotFound(
                    f"{command.domain} leads to nothing in {key.namespace}.", "`domains` lists what is there."
                )
            return domains.unmap(command.domain, key, mapped, request)
        case ClaimDomain():
            claimed = world.knative.stored(key.cluster, domains.claim(command.domain))
            return domains.claim_for(command, key, claimed, request)
        case DefaultDomain():
            suffixes = world.knative.stored(key.cluster, domains.SUFFIXES)
            return domains.make_default(command, key, suffixes, request)
        case Install():
            return installing.plan(world.knative.release(), key.cluster, request)
        case _:
            return _changed(world, command, key, request)


def undoing(
    world: World, key: ServiceKey, request: Request, expected: str | None = None, *, force: bool = False
) -> Plan:
    """Return the plan that takes back the last change of a Service; `expected` is the id that it should have.

    Raises:
        NotFound: there is none. Stale: another one came after it, or somebody else has changed the Service since.
        Invalid: it cannot be taken back.
    """
    last = world.store.last_written(key)
    if last is None:
        raise NotFound(f"Knobot has not changed {key} yet.", "`rollback` gives the traffic to an earlier Revision.")
    if expected is not None and last.id != expected:
        raise Stale(f"Another change of {key} came after this one.", f"`undo {key.name}` takes back the last one.")
    if last.plan.about is not None:
        return reverting.other(last.plan, world.knative.stored(key.cluster, last.plan.about), request)
    return reverting.service(last.plan, last.generation or 0, world.knative.snapshot(key), request, force=force)


def _changed(world: World, command: SpecCommand, key: ServiceKey, request: Request) -> Plan:
    snapshot = world.knative.snapshot(key)
    creates = isinstance(command, Deploy) and command.edit.image is not None
    if snapshot.service is None and not creates:
        raise missing(world, key, Person(request.team, request.user), request.channel)
    if isinstance(command, Deploy) and command.name:
        command = replace(command, name=naming.shaken(command.name, world.clock.token()))
    if isinstance(command, SteppedRollout):
        rising = references.find(command.reference, snapshot)
        command = replace(command, checks=complete(world, key, rising.name, command.checks))
    made = making.make(command, snapshot, request)
    return _warned(world, made, snapshot) if isinstance(command, Deploy | Rollback | Rollout) else made


def _warned(world: World, made: Plan, snapshot: Snapshot) -> Plan:
    """Say what may be collected; that it cannot be told now keeps nobody from going back."""
    try:
        settings = retention_of(world, made.key.cluster)
    except Unavailable as error:
        log.info("Nothing can be said about what %s may collect: %s", made.key.cluster, error)
        return made
    risks = collecting.notes(made, snapshot, settings, world.clock.now())
    return plan.sealed(replace(made, notes=(*made.notes, *risks))) if risks else made


def _claims_itself(world: World, cluster: str) -> bool | None:
    """Return whether a cluster claims by itself what is mapped, None where Knobot may not see that."""
    try:
        return domains.claims_itself(world.knative.stored(cluster, domains.NETWORK))
    except Refused:
        return None


def _deletion(world: World, command: Delete, snapshot: Snapshot, request: Request) -> Plan:
    if command.revision is None:
        return deleting.service(snapshot, request)
    about = deleting.subject(command.revision, snapshot)
    return deleting.revision(snapshot.key, about, world.knative.stored(snapshot.key.cluster, about), request)


def _snapshot(world: World, key: ServiceKey, request: Request) -> Snapshot:
    found = world.knative.snapshot(key)
    if found.service is None:
        raise missing(world, key, Person(request.team, request.user), request.channel)
    return found
