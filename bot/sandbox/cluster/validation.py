"""What Knative's validating webhook refuses, and in which words.

Every check yields Problems; equal messages are gathered under one line with all their paths, the lines sorted, as
Knative's FieldError prints them. Nothing here knows HTTP.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.sandbox.cluster.defaulting import CREATOR
from bot.sandbox.cluster.kinds import CONFIGURATION, REVISION, ROUTE, SERVICE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.sandbox.cluster.kinds import JSON, Kind

DNS_1035 = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
IMAGE = re.compile(r"[a-z0-9]([\w.:/-]*[a-z0-9])?(:[\w][\w.-]*)?(@sha256:[0-9a-f]{64})?")
NOT_DNS_1035 = (
    "invalid value: not a DNS 1035 label: [a DNS-1035 label must consist of lower case alphanumeric characters "
    "or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or "
    "'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')]"
)
AUTOSCALING = "autoscaling.knative.dev/"
ROLLOUT_DURATION = "serving.knative.dev/rollout-duration"
MAX_LABEL, MAX_CONCURRENCY, MAX_TIMEOUT, MAX_SCALE = 63, 1000, 600, 2**31 - 1
UNSAFE_DEFAULTS = ("allowPrivilegeEscalation", "capabilities", "runAsNonRoot", "seccompProfile")


@dataclass(frozen=True, slots=True)
class Problem:
    message: str
    paths: tuple[str, ...]
    details: str = ""


def problems_of(kind: Kind, obj: JSON, before: JSON | None) -> list[str]:
    """The lines that the webhook answers; none means that the object is admitted.

    `before` is the stored object on update.
    """
    return _lines(_problems(kind, obj, before))


def warnings_of(kind: Kind, obj: JSON) -> list[str]:
    """What the webhook warns of even when it refuses: settings that a later Knative may default to safer ones."""
    if kind not in (SERVICE, CONFIGURATION):
        return []
    containers = obj["spec"]["template"]["spec"].get("containers") or []
    unset = [
        f"spec.template.spec.containers[{position}].securityContext.{field}"
        for position, container in enumerate(containers)
        for field in UNSAFE_DEFAULTS
        if field not in (container.get("securityContext") or {})
    ]
    lead = "Kubernetes default value is insecure, Knative may default this to secure in a future release: "
    return [lead + ", ".join(unset)] if unset else []


def _lines(problems: Iterable[Problem]) -> list[str]:
    paths: dict[tuple[str, str], set[str]] = defaultdict(set)
    for problem in problems:
        paths[problem.message, problem.details].update(problem.paths)
    return [
        f"{message}: {', '.join(sorted(where))}" + (f"\n{details}" if details else "")
        for (message, details), where in sorted(paths.items())
    ]


def _problems(kind: Kind, obj: JSON, before: JSON | None) -> Iterator[Problem]:
    if kind not in (SERVICE, CONFIGURATION, ROUTE, REVISION):
        return
    if kind is REVISION:
        if before is not None and before["spec"] != obj["spec"]:
            yield Problem("Immutable fields changed (-old +new)", ("spec",), _go_diff(before["spec"], obj["spec"]))
        return
    yield from _metadata(obj["metadata"], before)
    if kind in (SERVICE, CONFIGURATION):
        yield from _template(obj, before)
    if kind in (SERVICE, ROUTE):
        yield from _traffic(obj["spec"]["traffic"], in_service=kind is SERVICE)


def _metadata(metadata: JSON, before: JSON | None) -> Iterator[Problem]:
    if not _is_label(metadata["name"]):
        yield Problem(NOT_DNS_1035, ("metadata.name",))
    annotations = metadata.get("annotations") or {}
    for key in annotations:
        if key.startswith(AUTOSCALING):
            message = 'autoscaling annotations must be put under "spec.template.metadata.annotations" to work'
            yield Problem(message, (f"metadata.annotations.{key}",))
    duration = annotations.get(ROLLOUT_DURATION)
    if duration is not None and not re.fullmatch(r"(\d+h)?(\d+m)?(\d+s)?", duration or "?"):
        yield Problem(f"invalid value: {duration}", (f"metadata.annotations.{ROLLOUT_DURATION}",))
    if before is not None:
        old = (before["metadata"].get("annotations") or {}).get(CREATOR)
        if old is not None and annotations.get(CREATOR) != old:
            yield Problem("annotation value is immutable", (f"metadata.annotations.{CREATOR}",))


def _traffic(targets: list[JSON], *, in_service: bool) -> Iterator[Problem]:
    for position, target in enumerate(targets):
        yield from _target(target, f"spec.traffic[{position}]", position, in_service=in_service)
    for tag, count in Counter(target["tag"] for target in targets if target.get("tag")).items():
        if count > 1:
            paths = tuple(f"spec.traffic[{at}].tag" for at, target in enumerate(targets) if target.get("tag") == tag)
            yield Problem(f'Multiple definitions for "{tag}"', paths)
    total = sum(target["percent"] for target in targets)
    if total != 100:
        yield Problem(f"Traffic targets sum to {total}, want 100", ("spec.traffic",))


def _target(target: JSON, path: str, position: int, *, in_service: bool) -> Iterator[Problem]:
    revision, latest, percent = target.get("revisionName", ""), target["latestRevision"], target["percent"]
    if bool(revision) is latest:
        message = f'may not set revisionName "{revision}" when latestRevision is {str(latest).lower()}'
        yield Problem(message, (f"{path}.latestRevision",))
    forbidden = ("url", "configurationName") if in_service else ("url",)
    for field in forbidden:
        if target.get(field):
            yield Problem("must not set the field(s)", (f"{path}.{field}",))
    yield from _within(percent, 100, f"{path}.percent")
    if target.get("tag") and not _is_label(target["tag"]):
        yield Problem(NOT_DNS_1035, (f"spec.traffic.tag[{position}]",))


def _template(obj: JSON, before: JSON | None) -> Iterator[Problem]:
    template, path = obj["spec"]["template"], "spec.template"
    spec = template["spec"]
    yield from _revision_name(obj, before)
    yield from _scale(template["metadata"].get("annotations") or {}, f"{path}.metadata.annotations")
    if not spec["containers"]:
        yield Problem("missing field(s)", (f"{path}.spec.containers",))
    for position, container in enumerate(spec["containers"]):
        yield from _container(container, f"{path}.spec.containers[{position}]")
    yield from _within(spec["containerConcurrency"], MAX_CONCURRENCY, f"{path}.spec.containerConcurrency")
    yield from _within(spec["timeoutSeconds"], MAX_TIMEOUT, f"{path}.spec.timeoutSeconds")


def _container(container: JSON, path: str) -> Iterator[Problem]:
    image = container.get("image", "")
    if not image:
        yield Problem("missing field(s)", (f"{path}.image",))
    elif not IMAGE.fullmatch(image):
        details = f'image: "{image}", error: could not parse reference: {image}'
        yield Problem("Failed to parse image reference", (f"{path}.image",), details)
    for position, variable in enumerate(container.get("env") or []):
        if not variable.get("name"):
            yield Problem("missing field(s)", (f"{path}.env[{position}].name",))


def _revision_name(obj: JSON, before: JSON | None) -> Iterator[Problem]:
    template, path = obj["spec"]["template"], "spec.template.metadata.name"
    name, prefix = template["metadata"].get("name"), obj["metadata"]["name"] + "-"
    if not name:
        return
    if not _is_label(name):
        yield Problem(NOT_DNS_1035, (path,))
    elif not name.startswith(prefix):
        yield Problem(f'invalid value: "{name}" must have prefix "{prefix}"', (path,))
    old = before["spec"]["template"] if before else template
    if old != template and old["metadata"].get("name") == name:
        details = _go_diff(old["spec"], template["spec"])
        yield Problem("Saw the following changes without a name change (-old +new)", (path,), details)


def _scale(annotations: dict[str, str], path: str) -> Iterator[Problem]:
    bounds: dict[str, int] = {}
    for name in ("min-scale", "max-scale", "initial-scale"):
        value = annotations.get(AUTOSCALING + name)
        if value is None:
            continue
        if not re.fullmatch(r"[+-]?\d+", value):
            yield Problem(f"invalid value: {value}", (f"{path}.{AUTOSCALING}{name}",))
            continue
        bounds[name] = int(value)
        yield from _within(bounds[name], MAX_SCALE, f"{path}.{AUTOSCALING}{name}")
    low, high = bounds.get("min-scale", 0), bounds.get("max-scale", 0)
    if high and high < low:
        paths = (f"{path}.{AUTOSCALING}max-scale", f"{path}.{AUTOSCALING}min-scale")
        yield Problem(f"max-scale={high} is less than min-scale={low}", paths)


def _within(value: Any, limit: int, path: str) -> Iterator[Problem]:
    if not 0 <= value <= limit:
        yield Problem(f"expected 0 <= {value} <= {limit}", (path,))


def _is_label(text: str) -> bool:
    return len(text) <= MAX_LABEL and DNS_1035.fullmatch(text) is not None


def _go_diff(old: JSON, new: JSON) -> str:
    """The first level of Knative's compact diff of two RevisionSpecs."""
    lines = [
        f'*{{v1.RevisionSpec}}.{field[0].upper()}{field[1:]}:\n\t-: "{old.get(field)}"\n\t+: "{new.get(field)}"\n'
        for field in sorted(old.keys() | new.keys())
        if old.get(field) != new.get(field)
    ]
    return "".join(lines)
