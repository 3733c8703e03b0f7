"""Host names and the Ingress rules behind them.

A Route answers inside the cluster under `name.namespace[.svc[.cluster.local]]` and outside under
`name.namespace.DOMAIN`; every tag answers under `tag-name`, with all of its traffic to the tagged Revision, whatever
its percent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from bot.sandbox.cluster.kinds import CONFIG_MAP

if TYPE_CHECKING:
    from bot.sandbox.cluster.kinds import JSON
    from bot.sandbox.cluster.objects import Objects

SYSTEM_NAMESPACE = "knative-serving"
CLUSTER_DOMAIN = "svc.cluster.local"
VISIBILITY_LABEL = "networking.knative.dev/visibility"


def domain_of(objects: Objects, route: JSON) -> str:
    """The domain that `config-domain` gives a Route.

    The suffix whose selector fits best, and the one without any for the rest.
    """
    labels = route["metadata"].get("labels") or {}
    if labels.get(VISIBILITY_LABEL) == "cluster-local":
        return CLUSTER_DOMAIN
    data = (objects.get(CONFIG_MAP, SYSTEM_NAMESPACE, "config-domain") or {}).get("data") or {}
    best, most = CLUSTER_DOMAIN, -1
    for domain, text in data.items():
        if domain == "_example":
            continue
        selector: dict[str, str] = (yaml.safe_load(text) or {}).get("selector", {})
        fits = all(labels.get(key) == value for key, value in selector.items())
        if fits and len(selector) > most:
            best, most = domain, len(selector)
    return best


def hosts_of(name: str, namespace: str, domain: str) -> tuple[list[str], list[str]]:
    """The inner hosts of a Route, and the outer ones (none when its domain is the cluster's own)."""
    inside = [f"{name}.{namespace}{suffix}" for suffix in ("", ".svc", f".{CLUSTER_DOMAIN}")]
    return inside, [] if domain == CLUSTER_DOMAIN else [f"{name}.{namespace}.{domain}"]


def ingress_spec(hosts: tuple[list[str], list[str]], traffic: list[JSON], namespace: str) -> JSON:
    """The rules for a Route's hosts and for those of its tags."""
    weighted = [(entry["revisionName"], entry["percent"]) for entry in traffic if entry["percent"]]
    rules = _rules(hosts, weighted, namespace)
    for tag, revision in {entry["tag"]: entry["revisionName"] for entry in traffic if "tag" in entry}.items():
        inside, outside = ([f"{tag}-{host}" for host in group] for group in hosts)
        rules += _rules((inside, outside), [(revision, 100)], namespace)
    return {"httpOption": "Enabled", "rules": rules}


def _rules(hosts: tuple[list[str], list[str]], weighted: list[tuple[str, int]], namespace: str) -> list[JSON]:
    shares: dict[str, int] = {}
    for revision, percent in weighted:
        shares[revision] = shares.get(revision, 0) + percent
    splits = [_split(revision, percent, namespace) for revision, percent in shares.items()]
    return [
        {"hosts": group, "http": {"paths": [{"splits": splits}]}, "visibility": visibility}
        for group, visibility in zip(hosts, ("ClusterLocal", "ExternalIP"), strict=True)
        if group
    ]


def _split(revision: str, percent: int, namespace: str) -> dict[str, Any]:
    return {
        "appendHeaders": {"Knative-Serving-Namespace": namespace, "Knative-Serving-Revision": revision},
        "percent": percent,
        "serviceName": revision,
        "serviceNamespace": namespace,
        "servicePort": 80,
    }
