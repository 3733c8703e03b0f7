"""Where things are on an API server. Names become parts of a path here and nowhere else, and only after a check.

The Kubernetes client quotes what it puts into a path, but a quoted "../x" is still a question about something else;
so a name that no object can have is refused before it is sent (RFC 1035 and RFC 1123, as Kubernetes demands).
"""

from __future__ import annotations

import re

from bot.core.errors import Invalid

SERVING = "/apis/serving.knative.dev/v1"
CORE = "/api/v1"
SHIPWRIGHT = "/apis/shipwright.io/v1beta1"
NETWORKING = "/apis/networking.internal.knative.dev/v1alpha1"
DOMAINS = "/apis/serving.knative.dev/v1beta1"
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
LONGEST = 253


def label(name: str, what: str) -> str:
    """Return `name` if it is an RFC 1123 label of at most 63 characters, which RFC 1035's are too.

    Raises:
        Invalid: it is not; code "name".
    """
    if not _LABEL.fullmatch(name):
        raise Invalid(
            f"“{name[:80]}” cannot be the name of a {what}.",
            "Names have up to 63 lower case letters, digits and dashes, with a letter or digit at both ends.",
            code="name",
        )
    return name


def services(namespace: str | None, name: str | None = None) -> str:
    """Return the path of one Service, of all in a namespace, or of all everywhere."""
    return _namespaced(SERVING, namespace, "services") + (f"/{label(name, 'Service')}" if name is not None else "")


def revisions(namespace: str | None) -> str:
    return _namespaced(SERVING, namespace, "revisions")


def domain_mappings(namespace: str | None) -> str:
    return _namespaced(DOMAINS, namespace, "domainmappings")


def pods(namespace: str) -> str:
    return _namespaced(CORE, namespace, "pods")


def events(namespace: str) -> str:
    return _namespaced(CORE, namespace, "events")


def gateways() -> str:
    return _namespaced(CORE, None, "services")


def log(namespace: str, pod: str) -> str:
    if len(pod) > LONGEST or not _SUBDOMAIN.fullmatch(pod):
        raise Invalid(f"“{pod[:80]}” cannot be the name of a pod.", code="name")
    return f"{pods(namespace)}/{pod}/log"


def named(api: str, namespace: str | None, plural: str, name: str) -> str:
    """Return the path of one object of any kind; `namespace` is None for those that belong to the whole cluster."""
    if len(name) > LONGEST or not _SUBDOMAIN.fullmatch(name):
        raise Invalid(f"“{name[:80]}” cannot be the name of an object.", code="name")
    return f"{_namespaced(api, namespace, plural)}/{name}"


def _namespaced(api: str, namespace: str | None, plural: str) -> str:
    return f"{api}/{plural}" if namespace is None else f"{api}/namespaces/{label(namespace, 'namespace')}/{plural}"
