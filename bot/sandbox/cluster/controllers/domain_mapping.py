"""The DomainMapping controller.

A domain of one's own for a Service, if a ClusterDomainClaim gives the domain to the namespace.

Claims are made by administrators; without one the mapping stays refused, unless `config-network` says that the
controller makes and takes away claims by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.cluster.controllers.conditions import FALSE, TRUE, UNKNOWN, Conditions, condition_of, observed
from bot.sandbox.cluster.controllers.hosts import SYSTEM_NAMESPACE
from bot.sandbox.cluster.controllers.route import CLASS_ANNOTATION, NOT_CONFIGURED
from bot.sandbox.cluster.kinds import BY_TYPE, CONFIG_MAP, DOMAIN_CLAIM, DOMAIN_MAPPING, INGRESS
from bot.sandbox.cluster.objects import owner_reference

if TYPE_CHECKING:
    from bot.sandbox.cluster.kinds import JSON
    from bot.sandbox.cluster.objects import Objects

FINALIZER = "domainmappings.serving.knative.dev"
DEPENDENTS = ("CertificateProvisioned", "DomainClaimed", "IngressReady", "ReferenceResolved")


def reconcile(objects: Objects, namespace: str, name: str) -> None:
    """Claim, resolve, route; the first that fails is what the mapping says."""
    mapping = objects.get(DOMAIN_MAPPING, namespace, name)
    if mapping is None:
        return
    metadata = mapping["metadata"]
    if "deletionTimestamp" in metadata:
        if _autocreates(objects) and _claimed(objects, mapping):
            objects.delete(DOMAIN_CLAIM, "", name)
        objects.replace(DOMAIN_MAPPING, {**mapping, "metadata": {**metadata, "finalizers": []}})
        return
    conditions = Conditions(mapping, DEPENDENTS)
    if not observed(mapping):
        conditions.mark("IngressReady", UNKNOWN, "IngressNotConfigured", NOT_CONFIGURED)
    if objects.get(DOMAIN_CLAIM, "", name) is None and _autocreates(objects):
        objects.create(DOMAIN_CLAIM, {"metadata": {"name": name}, "spec": {"namespace": namespace}})
    if not _claimed(objects, mapping):
        taken = "The domain name is already in use by another DomainMapping"
        conditions.mark("DomainClaimed", FALSE, "DomainAlreadyClaimed", taken)
    else:
        conditions.mark("DomainClaimed", TRUE)
        _route(objects, mapping, conditions)
    url = f"http://{name}"
    status = {
        "address": {"url": url},
        "conditions": conditions.listed(),
        "observedGeneration": metadata["generation"],
        "url": url,
    }
    mapping = objects.replace(DOMAIN_MAPPING, {**mapping, "status": status}, status=True)
    if FINALIZER not in (metadata.get("finalizers") or []):
        kept = {**mapping["metadata"], "finalizers": [*(metadata.get("finalizers") or []), FINALIZER]}
        objects.replace(DOMAIN_MAPPING, {**mapping, "metadata": kept})


def _autocreates(objects: Objects) -> bool:
    data = (objects.get(CONFIG_MAP, SYSTEM_NAMESPACE, "config-network") or {}).get("data") or {}
    return str(data.get("autocreate-cluster-domain-claims", "")).lower() == "true"


def _claimed(objects: Objects, mapping: JSON) -> bool:
    """Whether the domain is its namespace's."""
    claim = objects.get(DOMAIN_CLAIM, "", mapping["metadata"]["name"])
    return claim is not None and claim["spec"].get("namespace") == mapping["metadata"]["namespace"]


def _route(objects: Objects, mapping: JSON, conditions: Conditions) -> None:
    reference = mapping["spec"]["ref"]
    kind = BY_TYPE.get((reference.get("apiVersion", ""), reference.get("kind", "")))
    namespace = reference.get("namespace") or mapping["metadata"]["namespace"]
    if kind is None or objects.get(kind, namespace, reference["name"]) is None:
        resource = kind.resource if kind else reference.get("kind", "")
        conditions.mark("ReferenceResolved", FALSE, "ResolveFailed", f'{resource} "{reference["name"]}" not found')
        return
    conditions.mark("ReferenceResolved", TRUE)
    conditions.mark("CertificateProvisioned", TRUE, "TLSNotEnabled", "external-domain-tls is not enabled")
    ingress = _ingress(objects, mapping, f"{reference['name']}.{namespace}.svc.cluster.local")
    if observed(ingress):
        conditions.propagate("IngressReady", condition_of(ingress))
    else:
        conditions.mark("IngressReady", UNKNOWN, "IngressNotConfigured", NOT_CONFIGURED)


def _ingress(objects: Objects, mapping: JSON, target: str) -> JSON:
    metadata = mapping["metadata"]
    path = {"rewriteHost": target, "splits": [{"percent": 100, "serviceName": mapping["spec"]["ref"]["name"]}]}
    rules = [{"hosts": [metadata["name"]], "http": {"paths": [path]}, "visibility": "ExternalIP"}]
    spec = {"httpOption": "Enabled", "rules": rules}
    if there := objects.get(INGRESS, metadata["namespace"], metadata["name"]):
        return objects.replace(INGRESS, {**there, "spec": spec})
    return objects.create(
        INGRESS,
        {
            "metadata": {
                "name": metadata["name"],
                "namespace": metadata["namespace"],
                "annotations": CLASS_ANNOTATION,
                "ownerReferences": [owner_reference(DOMAIN_MAPPING, mapping)],
            },
            "spec": spec,
        },
    )
