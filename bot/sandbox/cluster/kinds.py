"""The kinds that this API server serves, each as one row: discovery, paths, tables and storage all read from here.

A kind that is not in KINDS does not exist; nothing else in the package knows a kind's plural or scope.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

JSON = dict[str, Any]

ALL_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
CUSTOM_VERBS = ("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of `kubectl get`: `path` is a JSONPath as a CRD's additionalPrinterColumns has it."""

    name: str
    path: str
    type: str = "string"
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kind:
    """One resource type, compared by identity.

    `custom` means served from a CRD: generation counts spec changes and updates need a resourceVersion.
    """

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool = True
    custom: bool = False
    status: bool = True
    short: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    storage_hash: str = ""
    columns: tuple[Column, ...] = ()

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def resource(self) -> str:
        """`services.serving.knative.dev`, and plain `pods` in the core group."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def verbs(self) -> tuple[str, ...]:
        return CUSTOM_VERBS if self.custom else ALL_VERBS


READY = (
    Column(name="Ready", path=".status.conditions[?(@.type=='Ready')].status"),
    Column(name="Reason", path=".status.conditions[?(@.type=='Ready')].reason"),
)
URL = Column(name="URL", path=".status.url")
LATEST = (
    Column(name="LatestCreated", path=".status.latestCreatedRevisionName"),
    Column(name="LatestReady", path=".status.latestReadyRevisionName"),
)
AGE = Column(name="Age", path=".metadata.creationTimestamp", type="date")
SERVING, INTERNAL, RBAC = "serving.knative.dev", "networking.internal.knative.dev", "rbac.authorization.k8s.io"

ROUTE = Kind(
    group=SERVING,
    version="v1",
    kind="Route",
    plural="routes",
    custom=True,
    short=("rt",),
    categories=("all", "knative", "serving"),
    storage_hash="Qa0xNJ0w1Ck=",
    columns=(URL, *READY),
)
SERVICE = Kind(
    group=SERVING,
    version="v1",
    kind="Service",
    plural="services",
    custom=True,
    short=("kservice", "ksvc"),
    categories=("all", "knative", "serving"),
    storage_hash="vqppxVmf8h0=",
    columns=(URL, *LATEST, *READY),
)
CONFIGURATION = Kind(
    group=SERVING,
    version="v1",
    kind="Configuration",
    plural="configurations",
    custom=True,
    short=("config", "cfg"),
    categories=("all", "knative", "serving"),
    storage_hash="wVwjm9dp8dc=",
    columns=(*LATEST, *READY),
)
REVISION = Kind(
    group=SERVING,
    version="v1",
    kind="Revision",
    plural="revisions",
    custom=True,
    short=("rev",),
    categories=("all", "knative", "serving"),
    storage_hash="xNh7HB/KlHg=",
    columns=(
        Column(name="Config Name", path=".metadata.labels['serving.knative.dev/configuration']"),
        Column(name="Generation", path=".metadata.labels['serving.knative.dev/configurationGeneration']"),
        *READY,
        Column(name="Actual Replicas", path=".status.actualReplicas", type="integer"),
        Column(name="Desired Replicas", path=".status.desiredReplicas", type="integer"),
    ),
)
DOMAIN_MAPPING = Kind(
    group=SERVING,
    version="v1beta1",
    kind="DomainMapping",
    plural="domainmappings",
    custom=True,
    short=("dm",),
    categories=("all", "knative", "serving"),
    storage_hash="dT1CyKoBohA=",
    columns=(URL, *READY),
)
INGRESS = Kind(
    group=INTERNAL,
    version="v1alpha1",
    kind="Ingress",
    plural="ingresses",
    custom=True,
    short=("kingress", "king"),
    categories=("knative-internal", "networking"),
    columns=READY,
)
DOMAIN_CLAIM = Kind(
    group=INTERNAL,
    version="v1alpha1",
    kind="ClusterDomainClaim",
    plural="clusterdomainclaims",
    custom=True,
    namespaced=False,
    status=False,
    short=("cdc",),
    categories=("knative-internal", "networking"),
)
NAMESPACE = Kind(
    group="",
    version="v1",
    kind="Namespace",
    plural="namespaces",
    namespaced=False,
    short=("ns",),
    columns=(Column(name="Status", path=".status.phase"), AGE),
)
POD = Kind(group="", version="v1", kind="Pod", plural="pods", short=("po",), categories=("all",))
EVENT = Kind(group="", version="v1", kind="Event", plural="events", status=False, short=("ev",))
CONFIG_MAP = Kind(group="", version="v1", kind="ConfigMap", plural="configmaps", status=False, short=("cm",))
SECRET = Kind(group="", version="v1", kind="Secret", plural="secrets", status=False)
SERVICE_ACCOUNT = Kind(
    group="", version="v1", kind="ServiceAccount", plural="serviceaccounts", status=False, short=("sa",)
)
CORE_SERVICE = Kind(group="", version="v1", kind="Service", plural="services", short=("svc",), categories=("all",))
DEPLOYMENT = Kind(
    group="apps", version="v1", kind="Deployment", plural="deployments", short=("deploy",), categories=("all",)
)
LEASE = Kind(group="coordination.k8s.io", version="v1", kind="Lease", plural="leases", status=False)
ROLE = Kind(group=RBAC, version="v1", kind="Role", plural="roles", status=False)
ROLE_BINDING = Kind(group=RBAC, version="v1", kind="RoleBinding", plural="rolebindings", status=False)
CLUSTER_ROLE = Kind(group=RBAC, version="v1", kind="ClusterRole", plural="clusterroles", status=False, namespaced=False)
CLUSTER_ROLE_BINDING = Kind(
    group=RBAC, version="v1", kind="ClusterRoleBinding", plural="clusterrolebindings", status=False, namespaced=False
)

# What a cluster also has and nothing here fills: listed, so that every group of the discovery has something in it.
UNUSED = tuple(
    Kind(group=group, version=version, kind=kind, plural=plural, namespaced=namespaced)
    for group, version, kind, plural, namespaced in (
        ("apiregistration.k8s.io", "v1", "APIService", "apiservices", False),
        ("events.k8s.io", "v1", "Event", "events", True),
        ("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", True),
        ("autoscaling", "v1", "HorizontalPodAutoscaler", "horizontalpodautoscalers", True),
        ("batch", "v1", "Job", "jobs", True),
        ("certificates.k8s.io", "v1", "CertificateSigningRequest", "certificatesigningrequests", False),
        ("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", True),
        ("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", True),
        ("storage.k8s.io", "v1", "StorageClass", "storageclasses", False),
        (
            "admissionregistration.k8s.io",
            "v1",
            "ValidatingWebhookConfiguration",
            "validatingwebhookconfigurations",
            False,
        ),
        ("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", False),
        ("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", False),
        ("node.k8s.io", "v1", "RuntimeClass", "runtimeclasses", False),
        ("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", True),
        ("resource.k8s.io", "v1", "ResourceClaim", "resourceclaims", True),
        ("flowcontrol.apiserver.k8s.io", "v1", "FlowSchema", "flowschemas", False),
        ("autoscaling.internal.knative.dev", "v1alpha1", "PodAutoscaler", "podautoscalers", True),
        ("caching.internal.knative.dev", "v1alpha1", "Image", "images", True),
    )
)

KINDS: tuple[Kind, ...] = (
    NAMESPACE,
    POD,
    EVENT,
    CONFIG_MAP,
    SECRET,
    SERVICE_ACCOUNT,
    CORE_SERVICE,
    DEPLOYMENT,
    LEASE,
    ROLE,
    ROLE_BINDING,
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
    ROUTE,
    SERVICE,
    CONFIGURATION,
    REVISION,
    DOMAIN_MAPPING,
    INGRESS,
    DOMAIN_CLAIM,
    *UNUSED,
)

BY_PATH = {(kind.group, kind.version, kind.plural): kind for kind in KINDS}
BY_TYPE = {(kind.api_version, kind.kind): kind for kind in KINDS}


def kind_of(document: JSON) -> Kind | None:
    """The kind that a document says it is by its apiVersion and kind."""
    return BY_TYPE.get((document.get("apiVersion", ""), document.get("kind", "")))
