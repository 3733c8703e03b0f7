"""What is looked at before a rollout goes on: pods, figures, and what holds the next step back."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.core import checks
from bot.core.checks import REQUESTS
from bot.core.errors import BotError, NotFound, Unavailable
from bot.core.holds import Held
from bot.core.policy import Deny, NeedsApproval, decide
from bot.core.rollout import judging
from bot.core.rollout.judging import Evidence
from bot.operations.holding import let_pass, let_plan_pass
from bot.operations.world import plan_intent

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from bot.core.change import Change, Person, Votes
    from bot.core.checks import Check
    from bot.core.model import ServiceKey
    from bot.core.rollout.state import Rollout
    from bot.operations.world import World

log = logging.getLogger(__name__)


def gather(
    world: World, change: Change, rollout: Rollout, now: datetime, person: Person | None = None, override: str = ""
) -> Evidence:
    """Return what there is to see of a rollout that is running, before the clock or `person` takes the next step.

    Raises:
        Unavailable: the cluster does not answer.
    """
    key, span = change.plan.key, judging.window(rollout, now)
    pods = tuple(world.knative.pods(key, rollout.revision))
    try:
        barrier = objection(world, change, person, override)
    except Unavailable as error:
        barrier = f"It cannot be looked up who asked for it: {error.message}"
    if not rollout.checks:
        return Evidence(pods, window=span, barrier=barrier)
    try:
        requests = _figure(world, key, REQUESTS, rollout.revision, span)
        figures = tuple((check, _figure(world, key, check.name, rollout.revision, span)) for check in rollout.checks)
    except BotError as error:
        log.info("No figures of %s: %s", key, error)
        return Evidence(pods, window=span, trouble=error.message.rstrip("."), barrier=barrier)
    return Evidence(pods, requests, figures, span, barrier=barrier)


def objection(world: World, change: Change, person: Person | None = None, override: str = "") -> str:
    """Return why the rules do not let a change be written now, "" where they do: asked before each write of it.

    Whoever asked for it must still have the right to, with the approvals that it has; and nothing may hold back what
    that person changes, or `person`, who has a step of it written, perhaps in spite of a freeze.

    Raises:
        Unavailable: it cannot be looked up who that is.
    """
    actor = world.directory.actor(change.requester, change.plan.request.channel)
    decision = decide(plan_intent(change.plan), actor, world.configuration.policy)
    if isinstance(decision, Deny):
        return f"{decision.reason} That has changed since it was asked for."
    if isinstance(decision, NeedsApproval) and not _enough(change.votes, decision):
        return "It now needs other approvals than it was given."
    try:
        if person:
            let_pass(world, change.plan.key, person, change.plan.request.channel, override)
        else:
            let_plan_pass(world, change.plan)
    except Held as error:
        return error.message
    return ""


def complete(world: World, key: ServiceKey, revision: str, wanted: Iterable[Check]) -> tuple[Check, ...]:
    """Return checks with their bounds, after each figure was asked for once: a check must be able to judge.

    Raises:
        NotFound, Invalid: there is no such figure, no source of figures, or the query is none.
        Unavailable: the source does not answer.
    """
    measures = world.configuration.measures
    found = tuple(checks.resolve(check, measures) for check in wanted)
    for name in (REQUESTS, *(check.name for check in found)) if found else ():
        _figure(world, key, name, revision, judging.SHORTEST)
    return found


def _figure(world: World, key: ServiceKey, name: str, revision: str, span: timedelta) -> float | None:
    measure = world.configuration.measures.get(name)
    if measure is None:
        raise NotFound(f"The configuration has no check “{name}” any more.")
    return world.metrics.query(key.cluster, checks.query(measure, key, revision, span))


def _enough(votes: Votes, decision: NeedsApproval) -> bool:
    return votes.group == decision.group and len(votes.given) >= decision.count
