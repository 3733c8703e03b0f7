"""What to do about the reasons that Knative and the kubelet give: one plain sentence for each that a person can act on.

Reasons that pass by themselves say so, since the most useful remedy may be to wait.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Za-z0-9]+")
_EXIT = re.compile(r"ExitCode\d+\Z")

_PULL = "The cluster cannot pull the image: check its name and tag, and that the cluster may read the registry."
_CRASH = "The container starts and stops again: its last log lines tell why. Fix it and deploy again."
_ROOM = "No node has room for the pod: ask for less cpu or memory, or for more nodes."
_FAILED = "The newest Revision does not start: see its own reason, then deploy a fixed image."
_ROUTE = "The ingress is being set up; this takes a few seconds. If it stays, ask who runs the cluster."
_WAIT = "Knative is at work on it; wait a moment."

REMEDIES: dict[str, str] = {
    "ImagePullBackOff": _PULL,
    "ErrImagePull": _PULL,
    "InvalidImageName": "The image's name is not one: correct it and deploy again.",
    "ErrImageNeverPull": "The image is not on the node and may not be pulled: push it, or let it be pulled.",
    "ContainerMissing": "The image was not found in its registry: check its name and tag, and the registry's secret.",
    "CrashLoopBackOff": _CRASH,
    "OOMKilled": "The container needs more memory than it may have: deploy with a larger `--memory`.",
    "CreateContainerConfigError": "A Secret or ConfigMap that the container names is missing: create it.",
    "ProgressDeadlineExceeded": "The pods did not become ready in time: see their reason and the last log lines.",
    "RevisionFailed": _FAILED,
    "RevisionMissing": "Traffic names a Revision that is missing or not Ready: `rollout` or `rollback` to another.",
    "RevisionNotOwned": "Traffic names a Revision of another Service: `rollout` to one of its own.",
    "RevisionNameTaken": "Another Revision has this name: deploy without a fixed name.",
    "ConfigurationMissing": "The Configuration is gone or not made yet; if it stays, deploy again.",
    "NotOwned": "An object of this name belongs to somebody else: rename the Service, or remove that object.",
    "Unschedulable": _ROOM,
    "FailedScheduling": _ROOM,
    "FailedMount": "A Secret, ConfigMap or volume that the pod mounts is missing: create it.",
    "Unhealthy": "The container does not answer its probe: is it up on the port that the template names?",
    "LatestCreatedFailed": _FAILED,
    "IngressNotConfigured": _ROUTE,
    "Uninitialized": _ROUTE,
    "CertificateNotReady": "The certificate is being issued; if it stays, ask who runs the cluster.",
    "CertificateProvisionFailed": "No certificate could be issued: check the domain and the issuer.",
    "TrafficNotMigrated": "Traffic is about to move to the newest Revision; wait a moment.",
    "RolloutInProgress": "Knative is moving the traffic step by step; this is no failure.",
    "DomainAlreadyClaimed": "No ClusterDomainClaim gives it to this namespace: `domain claim DOMAIN` asks for one.",
    "ResolveFailed": "What the domain leads to is not there: deploy it, or let the domain lead elsewhere.",
    "OutOfDate": _WAIT,
    "ResolvingDigests": _WAIT,
    "Deploying": _WAIT,
}

INGRESS = {
    404: "if it is not the Service's own, the ingress does not know this host: is the Route Ready?",
    502: "the ingress reached a pod, and it hung up: `logs` may tell why.",
    503: "the ingress found no pod that takes requests: `pods` and `events` tell why.",
    504: "no pod answered in time: is the container slow, or still starting?",
}
"""HTTP status → what it mostly means where the ingress gives it in place of the Service."""


def remedy(reason: str) -> str:
    """Return what to do about a reason such as ImagePullBackOff, or "" if nothing better than itself is known."""
    return _CRASH if _EXIT.match(reason) else REMEDIES.get(reason, "")


def remedy_of(reason: str, message: str) -> str:
    """Return what to do about an event: the kubelet gives some reasons for several troubles, and its words tell which.

    "" if nothing better than its own words is known.
    """
    if reason in ("BackOff", "Failed"):
        return _PULL if "pull" in message else _CRASH if "restarting failed container" in message else ""
    return remedy(reason) or remedy_in(message)


def remedy_in(sentence: str) -> str:
    """Return what to do about the last reason that a sentence names: the nearest cause comes last."""
    return next((found for word in reversed(_WORD.findall(sentence)) if (found := remedy(word))), "")
