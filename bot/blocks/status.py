"""One Service whole: what serves, what is not fine and what to do about it, then what it is and who changed it last.

Ready alone misleads in both directions: it is False while an older Revision serves well, and it was True a moment ago
when a change has just been written. Traffic, the Route's readiness and the newest Revision are therefore told apart.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.blocks import guards, images, marks, mrkdwn, remedies
from bot.blocks.bars import FOLLOWS, bars, follows, told
from bot.blocks.message import Buttons, Message, Part, compose, prose, small, table
from bot.blocks.pad import pad
from bot.blocks.planned import pinned
from bot.blocks.rollout import place, waits
from bot.blocks.routes import address, tagged
from bot.core import duration, plan, traffic
from bot.core.change import Person
from bot.core.counting import counted
from bot.core.model import Condition, Truth
from bot.core.pad import Seen, useful
from bot.core.rollout import annotation
from bot.core.traffic import shares

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.core.answers import ServiceStatus
    from bot.core.model import Pod, Revision, Service, Snapshot

MODIFIER = "serving.knative.dev/lastModifier"
_ACTOR = re.compile(r"slack:(\w+)/(\w+)\Z")


def status(answer: ServiceStatus, command: str) -> Message:
    """Return everything that is worth knowing about one Service."""
    snapshot, service = answer.snapshot, answer.snapshot.service
    if service is None:
        return compose(f"There is no Service {mrkdwn.bold(str(snapshot.key))}.")
    return compose(
        _headline(service),
        table(*_bars(service)),
        prose(*guards.holding(answer.holds), *_routing(service, command), *_newest(snapshot)),
        prose(*_troubles(snapshot), *_pods(answer.pods)),
        prose(f"{address(service)}", *tagged(service).rows),
        _contents(snapshot),
        prose(*_last(answer)),
        small(*_history(answer, service)),
        buttons=_pad(snapshot),
    )


def _pad(snapshot: Snapshot) -> Buttons | None:
    nudges = useful(snapshot)
    if snapshot.service is None or snapshot.service.deleting or annotation.running(snapshot.service) or not nudges:
        return None  # a rollout in steps has buttons of its own, and a press on the pad would end it
    seen = Seen(snapshot.key, snapshot.service.generation)
    return Buttons(f"pad-{seen}"[:255], str(seen), pad(seen, nudges))


def _headline(service: Service) -> str:
    name, ready = mrkdwn.bold(str(service.key)), service.ready
    held = told(_actual(service))
    match ready:
        case Truth.TRUE:
            what = "is Ready"
        case Truth.FALSE:
            what = "is not Ready, but an older Revision still serves" if _serves(service) else "is not Ready"
        case Truth.UNKNOWN:
            what = "is being worked on"
    if service.deleting:
        what = "is being deleted"
    return f"{marks.TRUTHS[ready]} {name} {what}: {held or 'no traffic reaches it yet'}"


def _actual(service: Service) -> dict[str, int]:
    return shares(service.routed, service.latest_ready or "@latest")


def _serves(service: Service) -> bool:
    route = service.condition("RoutesReady")
    return route is not None and route.status is Truth.TRUE and bool(_actual(service))


def _bars(service: Service) -> list[str]:
    return bars(_actual(service), mark=service.latest_ready if follows(service.routed) else None)


def _routing(service: Service, command: str) -> Iterator[str]:
    """Say what a new deploy will do to traffic, and what is wished where that is not so yet."""
    wished = shares(service.traffic, service.latest_ready or "@latest")
    if service.observed_generation != service.generation:
        yield "Knative has not looked at the last change yet."
    if wished != _actual(service):
        yield f"Wished: {told(traffic.percents(service.traffic))}"
    rollout = annotation.running(service)
    if rollout:
        yield f":ladder: Rolling out in steps: {place(rollout)}. {waits(rollout)}"
    if follows(service.traffic):
        yield f"{FOLLOWS} follows latest: the next Revision that is Ready takes over its share."
    elif service.traffic:
        hint = mrkdwn.code(f"{command} follow {service.key.name}", 120)
        yield pinned(hint)


def _newest(snapshot: Snapshot) -> Iterator[str]:
    """Say it when latest has two meanings: the newest Revision is not the newest that is Ready."""
    service = snapshot.service
    if service and service.latest_created and service.latest_created != service.latest_ready:
        ready = mrkdwn.prose(service.latest_ready, 70) if service.latest_ready else "none"
        yield f"Newest Revision: {mrkdwn.prose(service.latest_created, 70)}; newest that is Ready: {ready}."


def _troubles(snapshot: Snapshot) -> Iterator[str]:
    """Say each thing that is not fine once: the Service's conditions repeat each other, and the Revision's."""
    newest = snapshot.revision(snapshot.service.latest_created or "") if snapshot.service else None
    groups: dict[tuple[str, str, Truth], list[str]] = {}
    told_by: list[tuple[str, Iterable[Condition]]] = [("", snapshot.service.conditions if snapshot.service else ())]
    if newest is not None:
        told_by.append((f"{newest.name} ", newest.conditions))
    for owner, conditions in told_by:
        for condition in conditions:
            if condition.status is not Truth.TRUE and not condition.informational:
                key = (condition.reason, condition.message, condition.status)
                groups.setdefault(key, []).append(f"{owner if not groups.get(key) else ''}{condition.type}")
    for (reason, message, truth), names in groups.items():
        why = ": ".join(part for part in (mrkdwn.prose(reason, 60), mrkdwn.prose(message)) if part)
        line = f"{marks.TRUTHS[truth]} {mrkdwn.prose(', '.join(names), 160)}{f' – {why}' if why else ''}"
        remedy = remedies.remedy(reason)
        yield f"{line}\n        {mrkdwn.prose(remedy)}" if remedy else line


def _pods(pods: Iterable[Pod]) -> Iterator[str]:
    for pod in pods:
        if pod.reason:
            restarts = f", {counted(pod.restarts, 'restart')}" if pod.restarts else ""
            message = f": {mrkdwn.prose(pod.message, 200)}" if pod.message else ""
            yield f":warning: pod {mrkdwn.code(pod.name)} {mrkdwn.prose(pod.reason, 60)}{restarts}{message}"


def _contents(snapshot: Snapshot) -> Part:
    """Say what runs: the replicas and images of the Revisions with traffic, and the wished image if it is another."""
    service = snapshot.service
    serving = [found for name in (_actual(service) if service else ()) if (found := snapshot.revision(name))]
    rows = [_running(revision) for revision in serving]
    image = images.wished(service) if service else ""
    if image not in {revision.image for revision in serving}:
        rows.append(f"Wished image: {mrkdwn.code(image)}")
    return prose(*rows)


def _running(revision: Revision) -> str:
    image = mrkdwn.code(revision.image)
    digest = f" ({mrkdwn.prose(images.digest(revision.digest))})" if revision.digest else ""
    return f"{mrkdwn.prose(revision.name, 70)}: {image}{digest}, {_replicas(revision)}"


def _replicas(revision: Revision) -> str:
    have, want = revision.replicas or 0, revision.desired_replicas
    if have == 0 and not want:
        return "scaled to zero: the next request waits for a pod"
    of = f" of {want}" if want is not None and want > have else ""
    return f"{have}{of} pod{'' if have == 1 and not of else 's'}"


def _last(answer: ServiceStatus) -> Iterator[str]:
    """Say who changed it last through Knobot, when and how; and whether somebody else has changed it since."""
    service, last = answer.snapshot.service, answer.last
    if service is None or last is None or last.generation is None:
        return
    request = last.plan.request
    who = mrkdwn.person(last.requester)
    age = duration.words(answer.now - last.created)
    yield f"Last change {age} ago by {who}: {mrkdwn.code(request.text)} – {last.state.value}"
    of_the_service = last.plan.about is None  # other objects count their generations for themselves
    if of_the_service and service.generation > last.generation and service.annotations.get(MODIFIER):
        yield f"Changed since by {mrkdwn.prose(service.annotations[MODIFIER], 120)}, not through Knobot."


def _history(answer: ServiceStatus, service: Service) -> Iterator[str]:
    who = _ACTOR.match(service.annotations.get(plan.ACTOR, ""))
    modifier = service.annotations.get(MODIFIER, "")
    age = f"created {duration.words(answer.now - service.created)} ago"
    by = ""
    if who and answer.last is None:
        by = f" · last changed through Knobot by {mrkdwn.person(Person(who[1], who[2]))}"
    if modifier:
        by += f" · last write by {mrkdwn.prose(modifier, 120)}"
    yield f"cluster {mrkdwn.prose(service.key.cluster, 80)} · {age}{by}"
