"""Domains: one of its own for a Service (DomainMapping), and the one under which all Services of a cluster lie.

A DomainMapping takes a domain that a ClusterDomainClaim gives to its namespace. Claims are made by those who run the
cluster, unless it makes them by itself (autocreate-cluster-domain-claims): whoever may make claims may take the
domains of others. Where one is missing, and who maps a domain may claim it too, one plan does both: its *opening*
claims the domain, before the plan's own write, and its id follows from the plan's.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.errors import Invalid, NoChange, NotFound
from bot.core.model import Object, ObjectKind, ServiceKey
from bot.core.plan import GONE, Base, Plan, Request, State, sealed
from bot.core.policy import WHOLE
from bot.core.staleness import document
from bot.core.template import Change, canonical

if TYPE_CHECKING:
    from bot.core.commands import ClaimDomain, DefaultDomain, MapDomain
    from bot.core.model import Stored

VERB = "domain"
SYSTEM = "knative-serving"
CONFIG = "config-domain"
FALLBACK = "svc.cluster.local"
"""The domain of a cluster that names none: reachable from inside only."""
DOMAIN = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)+\Z")
"""A fully qualified name, as the name of a DomainMapping must be one."""


def mapping(domain: str, namespace: str) -> Object:
    """Return the DomainMapping of a domain as an object."""
    return Object(ObjectKind.DOMAIN_MAPPING, domain, namespace)


def claim(domain: str) -> Object:
    """Return the ClusterDomainClaim of a domain as an object."""
    return Object(ObjectKind.DOMAIN_CLAIM, domain)


LEADS = "leads to"
CLAIMED = "claimed for"
"""What people read before the Service that a domain leads to, and before the namespace that has claimed it."""
SUFFIXES = Object(ObjectKind.CONFIG_MAP, CONFIG, SYSTEM)
"""Where a cluster keeps the domains of its Services."""


NETWORK = Object(ObjectKind.CONFIG_MAP, "config-network", SYSTEM)
"""Where a cluster says whether it makes claims by itself."""


def claims_itself(found: Stored | None) -> bool:
    """Whether a cluster claims each domain for whoever maps it first, by its ConfigMap config-network; else it is not.

    Knative's own default is that it does not.
    """
    data = document(found.document) if found else {}
    return str(data.get("autocreate-cluster-domain-claims", "")).lower() == "true"


def opening(plan: Plan) -> Plan | None:
    """Return the write that claims the domain which `plan` maps; None where that is not a part of it."""
    if plan.about is None or plan.about.kind is not ObjectKind.DOMAIN_MAPPING or WHOLE not in plan.also:
        return None
    after = State(document=canonical({"namespace": plan.about.namespace}))
    key = replace(plan.key, name="")
    return sealed(Plan(VERB, key, plan.request, None, None, after, notes=(plan.id,), about=claim(plan.about.name)))


def suffixes(found: Stored | None) -> dict[str, bool]:
    """Return the domains of a cluster → whether it is the default one: the others are for Services with some label."""
    data = document(found.document) if found else {}
    named = {name: not str(value).strip() for name, value in data.items() if not name.startswith("_")}
    return named if any(named.values()) else {**named, FALLBACK: True}


def map_to(
    command: MapDomain,
    key: ServiceKey,
    found: Stored | None,
    claimed: Stored | None,
    request: Request,
    *,
    itself: bool | None = None,
) -> Plan:
    """Return the plan that gives a domain to a Service.

    Args:
        command: the wish.
        key: the Service.
        found: the DomainMapping as it is, None where there is none.
        claimed: the ClusterDomainClaim of the domain as far as Knobot can see it, None for none.
        request: who asks.
        itself: whether the cluster claims by itself what is mapped; None where Knobot may not know.

    Raises:
        Invalid: the domain belongs to another namespace. NoChange: it is already so.
    """
    about = mapping(command.domain, key.namespace)
    owner = document(claimed.document).get("namespace") if claimed else None
    if owner not in (None, key.namespace):
        raise Invalid(f"{command.domain} belongs to the namespace {owner}.", "Choose another domain.")
    spec = {
        "ref": {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": key.name, "namespace": key.namespace}
    }
    wish = {**spec, "tls": {"secretName": command.tls}} if command.tls else spec
    unclaimed = (
        f"No ClusterDomainClaim gives {command.domain} to {key.namespace}: unless the cluster makes claims by itself, "
        f"`domain claim {command.domain}` is needed too."
    )
    notes = (unclaimed,) if owner is None and itself is None else ()
    claims = owner is None and itself is False
    was = document(found.document) if found else {}
    before = State(document=canonical({name: was.get(name) for name in wish})) if found else None
    if before and document(before.document) == wish:
        raise NoChange(f"{command.domain} leads to {key} already.", "Nothing was written.")
    gained = (Change(CLAIMED, None, key.namespace),) if claims else ()
    changes = (Change(LEADS, _led(was), f"{key}"), *gained)
    base, after = Base.of(found) if found else None, State(document=canonical(wish))
    also = (WHOLE,) if claims else ()
    plan = Plan(VERB, key, request, base, before, after, changes=changes, notes=notes, about=about, also=also)
    return sealed(plan)


def unmap(domain: str, key: ServiceKey, found: Stored, request: Request) -> Plan:
    """Return the plan that takes a domain from the Service that it leads to."""
    about, was = mapping(domain, key.namespace), document(found.document)
    changes = (Change(LEADS, _led(was), None),)
    plan = Plan(VERB, key, request, Base.of(found), State(document=canonical(was)), GONE, changes=changes, about=about)
    return sealed(replace(plan, loses=(loss(plan),)))


def loss(plan: Plan) -> str:
    """Return what is lost when the DomainMapping of `plan` goes."""
    led = next((each.before or each.after for each in plan.changes if each.what == LEADS), None)
    return f"the address {plan.about.name if plan.about else ''}, which leads to {led or 'nothing'}"


def claim_for(command: ClaimDomain, key: ServiceKey, found: Stored | None, request: Request) -> Plan:
    """Return the plan that gives a domain to a namespace.

    Raises:
        Invalid: another namespace has it. NoChange: it is already so.
    """
    about = claim(command.domain)
    if found:
        owner = document(found.document).get("namespace")
        if owner == key.namespace:
            raise NoChange(f"{command.domain} belongs to {owner} already.", "Nothing was written.")
        raise Invalid(f"{command.domain} belongs to the namespace {owner}.", "Choose another domain.")
    after = State(document=canonical({"namespace": key.namespace}))
    changes = (Change(CLAIMED, None, key.namespace),)
    return sealed(Plan(VERB, key, request, None, None, after, changes=changes, about=about))


def make_default(command: DefaultDomain, key: ServiceKey, found: Stored | None, request: Request) -> Plan:
    """Return the plan that puts all Services of a cluster under another domain.

    Raises:
        NotFound: Knative is not there, or Knobot may not see its settings. NoChange: it is already so.
    """
    if found is None:
        raise NotFound(f"There is no ConfigMap {SYSTEM}/{CONFIG}.", "`install` brings Knative to the cluster.")
    known = suffixes(found)
    former = [name for name, is_default in known.items() if is_default and name != command.domain]
    if known.get(command.domain) and not former:
        raise NoChange(f"{command.domain} is the cluster's domain already.", "Nothing was written.")
    was = document(found.document)
    wish: dict[str, str | None] = {name: None for name in former if name in was} | {command.domain: ""}
    before = State(document=canonical({name: was.get(name) for name in wish}))
    loses = (f"every address under {', '.join(former)}: the Services move to {command.domain}",) if former else ()
    changes = (Change("default domain", ", ".join(former) or None, command.domain),)
    after = State(document=canonical(wish))
    return sealed(Plan(VERB, key, request, Base.of(found), before, after, changes=changes, about=SUFFIXES, loses=loses))


def leads_to(found: Stored) -> str:
    """Return the name of the Service that a DomainMapping leads to, "" for something else."""
    return _name(found.document)


def others(plan: Plan) -> tuple[str, ...]:
    """Return the Services beside its own that a plan takes a domain from or gives one to, "" for something else."""
    if plan.about is None or plan.about.kind is not ObjectKind.DOMAIN_MAPPING:
        return ()
    names = [_name(state.document) for state in (plan.before, plan.after) if state and state.document]
    return tuple(dict.fromkeys(name for name in names if name != plan.key.name))


def _name(text: str) -> str:
    reference = document(text).get("ref") or {}
    return str(reference.get("name", "")) if reference.get("kind") == "Service" else ""


def _led(spec: dict[str, object]) -> str | None:
    reference = spec.get("ref")
    if not isinstance(reference, dict):
        return None
    return f"{reference.get('namespace', '')}/{reference.get('name', '')}"
