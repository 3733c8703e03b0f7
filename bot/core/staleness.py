"""Whether an object is still the one that a plan was made from, and, where not, who did what in between."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.core import attributes, template, traffic
from bot.core.errors import Stale
from bot.core.model import ObjectKind, Service, Stored
from bot.core.plan import PLAN
from bot.core.warming import opened, opening

if TYPE_CHECKING:
    from bot.core.plan import Plan
    from bot.core.template import Change


def conditional(plan: Plan, found: Service | Stored | None) -> None:
    """Refuse to go on when the object is no longer the one that `plan` was made from.

    Raises:
        Stale: it was created, deleted, or what the plan decides about was changed in between. Changes of status do
            not count.
    """
    if plan.base is None:
        if found is not None:
            raise Stale(f"{plan.subject} was created by somebody else in the meantime.", "Ask again to change it.")
        return
    if found is None or found.uid != plan.base.uid:
        raise Stale(f"{plan.subject} was deleted in the meantime.", "Ask again to create it.")
    if isinstance(found, Stored):
        _object(plan, found)
    elif (found.generation != plan.base.generation and not opened(plan, found)) or _relabelled(plan, found):
        first = opening(plan) if plan.warms else None
        who = changed_by(found, plan.base.plan, first.id if first else None)
        raise Stale(
            f"{plan.key} was changed in the meantime by {who}.",
            "Nothing was written. Ask again to plan on what is there now.",
            differences=_moved(plan, found),
        )


def _relabelled(plan: Plan, service: Service) -> bool:
    """Whether somebody has changed a label or annotation that `plan` decides about; those have no generation."""
    before = plan.before.attributes if plan.before else ()
    return attributes.present(service, before) != before


def decided(plan: Plan, found: Stored) -> dict[str, Any]:
    """Return what `found` has under the names that `plan` decides about: controllers may write beside them."""
    names = {*document(plan.before.document if plan.before else ""), *document(plan.after.document)}
    return {name: value for name, value in document(found.document).items() if name in names}


def _object(plan: Plan, found: Stored) -> None:
    """Names are compared, not generations: annotations and ConfigMaps have none that tells.

    What deletes a Revision decides about all of it, whose resourceVersion tells: a second in which it was given traffic
    is too short for the time that Knative notes.
    """
    whole = plan.deletes and plan.about is not None and plan.about.kind is ObjectKind.REVISION
    moved = whole and plan.base is not None and found.resource_version != plan.base.resource_version
    if moved or plan.before is None or decided(plan, found) != wished(plan.before.document):
        who = "somebody through Knobot" if found.annotations.get(PLAN) else "somebody"
        raise Stale(
            f"{plan.subject} was changed in the meantime by {who}.",
            "Nothing was written. Ask again to plan on what is there now.",
            differences=_names(plan, found),
        )


def wished(text: str) -> dict[str, Any]:
    """Return the names of a State's document that shall be there: null stands for one that shall not."""
    return {name: value for name, value in document(text).items() if value is not None}


def document(text: str) -> dict[str, Any]:
    """Return the JSON object of a State or Stored; "" is the empty one."""
    found: dict[str, Any] = json.loads(text) if text else {}
    return found


def changed_by(service: Service, *known: str | None) -> str:
    """Return who has changed a Service since one of the plans `known` was the last that Knobot had written to it.

    Knative names the account that wrote, which for Knobot's own writes is Knobot's.
    """
    if service.annotations.get(PLAN) not in (None, *known):
        return "somebody through Knobot"
    return service.annotations.get("serving.knative.dev/lastModifier", "somebody")


def _moved(plan: Plan, service: Service) -> list[str]:
    """Return what differs from what the plan was made from, a line each: what was there, and what is."""
    found = []
    if plan.before is not None:
        was, now = traffic.percents(plan.before.traffic), traffic.percents(service.traffic)
        if was != now:
            found.append(f"traffic: {_shares(was)} → {_shares(now)}")
        found.extend(_line(change) for change in template.differences(plan.before.template, service.template))
        labels = plan.before.attributes
        found.extend(_line(change) for change in attributes.differences(labels, attributes.present(service, labels)))
    return found or [f"its generation: {plan.base.generation if plan.base else 0} → {service.generation}"]


def _names(plan: Plan, found: Stored) -> list[str]:
    """Return the names under which there is something else now."""
    was, now = wished(plan.before.document if plan.before else ""), decided(plan, found)
    return sorted(name for name in {*was, *now} if was.get(name) != now.get(name))


def _shares(percents: dict[str, int]) -> str:
    return ", ".join(f"{percent}% {where}" for where, percent in percents.items()) or "none"


def _line(change: Change) -> str:
    return f"{change.what}: {change.before or 'nothing'} → {change.after or 'nothing'}"
