"""Two templates → what a person should see of what differs: in their words, in their order, with secrets hidden."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.core.template.document import canonical, serving
from bot.core.template.probes import HANDLERS, Probe
from bot.core.template.secrets import HIDDEN, masked, secret
from bot.core.template.settings import AUTOSCALING

if TYPE_CHECKING:
    from collections.abc import Iterator

Fact = tuple[str, str, Any]
"""What it is called, how it is shown, and what it is: two hidden values can differ while shown the same."""

SPEC_WORDS = {
    "containerConcurrency": "concurrency",
    "timeoutSeconds": "timeout in seconds",
    "serviceAccountName": "service account",
}
OWN_PORT = "at its own port"
ONCE = ("successThreshold", 1)
"""The option of every probe that Knative sets where nobody does."""
CONTAINER_WORDS = {"command": "command", "args": "arguments", "imagePullPolicy": "pull policy"}
VOLUMES = {
    "configMap": ("config map", "name"),
    "secret": ("secret", "secretName"),
    "persistentVolumeClaim": ("volume claim", "claimName"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference that a person should see: `before` is None for what is new, `after` None for what goes."""

    what: str
    before: str | None
    after: str | None


def differences(before: str | None, after: str) -> tuple[Change, ...]:
    """Return what a deploy changes, in words, with secret values hidden even when they differ."""
    old, new = _facts(json.loads(before) if before else {}), _facts(json.loads(after))
    found = []
    for what in [*old, *(key for key in new if key not in old)]:
        was, now = old.get(what), new.get(what)
        if was != now:
            found.append(Change(what, was[0] if was else None, now[0] if now else None))
    return tuple(found)


def image(spec: dict[str, Any]) -> str:
    """Return the image of the container that serves, of a template's or Revision's spec."""
    return str(serving(spec.get("containers") or [{}]).get("image", ""))


def environment(spec: dict[str, Any]) -> dict[str, str]:
    """Return what a person may see of the environment of the serving container: name → value, secrets hidden."""
    container = serving(spec.get("containers") or [{}])
    return {entry["name"]: _variable(entry) for entry in container.get("env") or []}


def _facts(template: dict[str, Any]) -> dict[str, tuple[str, Any]]:
    """Map each fact to (how it is shown, what it is); what nobody has words for is called by its path."""
    spec = template.get("spec") or {}
    if not spec.get("containers"):
        return {}
    container = serving(spec["containers"])
    facts = [
        *_container(container, spec.get("volumes") or []),
        *_metadata(template.get("metadata") or {}),
        *_spec(spec),
    ]
    for index, other in enumerate(spec["containers"]):
        if other is not container:
            facts += _paths(f"container {other.get('name') or index}", {**other, "name": None})
    return {what: (shown, value) for what, shown, value in facts}


def _container(container: dict[str, Any], volumes: list[dict[str, Any]]) -> Iterator[Fact]:
    yield "image", str(container.get("image", "")), container.get("image")
    for entry in container.get("env") or []:
        yield f"env {entry['name']}", _variable(entry), entry
    for entry in container.get("envFrom") or []:
        yield f"env from {_bulk(entry)}", "all of it", entry
    for port in container.get("ports") or []:
        protocol = f"{port['name']}:" if port.get("name") else ""
        yield "port", f"{protocol}{port.get('containerPort')}", port
    for bound, quantities in (container.get("resources") or {}).items():
        for name, quantity in (quantities or {}).items() if isinstance(quantities, dict) else ():
            yield f"{name} {bound.removesuffix('s')}", str(quantity), quantity
    for probe in Probe:
        if container.get(probe.field):
            yield f"{probe.value} probe", _probe(container[probe.field]), container[probe.field]
    sources = {volume.get("name"): volume for volume in volumes}
    for mount in container.get("volumeMounts") or []:
        made_of = sources.get(mount.get("name"), {})
        yield f"mount {mount.get('mountPath')}", _mount(mount, made_of), (mount, made_of)
    told = {"name", "image", "env", "envFrom", "ports", "resources", "volumeMounts", *(probe.field for probe in Probe)}
    for field, value in container.items():
        if field not in told:
            yield from _paths(CONTAINER_WORDS.get(field, field), value)


def _metadata(metadata: dict[str, Any]) -> Iterator[Fact]:
    if metadata.get("name"):
        yield "name of the Revision", metadata["name"], metadata["name"]
    for key, value in (metadata.get("annotations") or {}).items():
        what = key.removeprefix(AUTOSCALING) if key.startswith(AUTOSCALING) else f"annotation {key}"
        yield what, HIDDEN if secret(key, value) else value, value
    for key, value in (metadata.get("labels") or {}).items():
        yield f"label {key}", value, value


def _spec(spec: dict[str, Any]) -> Iterator[Fact]:
    for field, value in spec.items():
        if field == "imagePullSecrets":
            yield "pull secret", ", ".join(str(entry.get("name")) for entry in value or []), value
        elif field == "volumes":
            for volume in value or []:
                yield f"volume {volume.get('name')}", _source(volume), volume
        elif field != "containers":
            yield from _paths(SPEC_WORDS.get(field, field), value)


def _paths(what: str, value: Any) -> Iterator[Fact]:
    """Yield what has no words of its own: each leaf by its path. What is empty, false or 0 is as good as not there."""
    if isinstance(value, dict):
        for field, inner in value.items():
            yield from _paths(f"{what}.{field}", inner)
    elif value:
        yield what, _shown(what, value), value


def _shown(what: str, value: Any) -> str:
    if isinstance(value, list):
        return " ".join(_shown(what, item) for item in value)
    if not isinstance(value, str):
        return canonical(value)
    return HIDDEN if secret(what.rpartition(".")[2]) else masked(value) or value


def _variable(entry: dict[str, Any]) -> str:
    source = entry.get("valueFrom") or {}
    for reference, word in (("secretKeyRef", "secret"), ("configMapKeyRef", "config map")):
        if reference in source:
            return f"{word} {source[reference].get('name')}/{source[reference].get('key')}"
    if source:
        return f"from {next(iter(source))}"
    value = str(entry.get("value", ""))
    return HIDDEN if secret(entry["name"], value) else value


def _bulk(entry: dict[str, Any]) -> str:
    for reference, word in (("secretRef", "secret"), ("configMapRef", "config map")):
        if reference in entry:
            return f"{word} {(entry[reference] or {}).get('name')}"
    return canonical(entry)


def _mount(mount: dict[str, Any], volume: dict[str, Any]) -> str:
    inside = f"/{mount['subPath']}" if mount.get("subPath") else ""
    return f"{_source(volume) or mount.get('name')}{inside}"


def _source(volume: dict[str, Any]) -> str:
    for field, (word, name) in VOLUMES.items():
        if field in volume:
            return f"{word} {(volume[field] or {}).get(name)}"
    if "emptyDir" in volume:
        told = [str(value) for value in (volume["emptyDir"] or {}).values()]
        return " ".join(["empty directory", *told])
    return ", ".join(field for field in volume if field != "name")


def _probe(probe: dict[str, Any]) -> str:
    """Return how a probe asks, as kn writes it, and its options."""
    handler = next((field for field in HANDLERS if field in probe), "")
    how = probe.get(handler) or {}
    match handler:
        case "httpGet":
            scheme = str(how.get("scheme", "http")).lower()
            path = how.get("path", "/")
            told = f"{scheme} {path} {OWN_PORT}" if _own_port(how) else f"{scheme}:{_end(how)}:{path}"
        case "tcpSocket":
            told = f"tcp {OWN_PORT}" if _own_port(how) else f"tcp:{_end(how)}"
        case "exec":
            told = "exec:" + ",".join(masked(str(word)) or str(word) for word in how.get("command") or [])
        case _:
            told = handler
    options = [f"{field}={value}" for field, value in probe.items() if field not in HANDLERS and (field, value) != ONCE]
    return " ".join([told, *options]).strip()


def _own_port(how: dict[str, Any]) -> bool:
    """Whether a probe asks where the container serves: Knative writes port 0 where none is named, and fills it in."""
    return not how.get("host") and not how.get("port")


def _end(how: dict[str, Any]) -> str:
    return f"{how.get('host', '')}:{how.get('port', '')}"
