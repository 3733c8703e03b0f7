"""The template of a Service: reading and changing the JSON text of spec.template without losing a field.

Knobot knows few of the fields that a template can have. It therefore changes the document in place of a typed copy, so
that what it does not know (probes, volumes, sidecars, fields of a later Knative) survives every deploy.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

SECRET_WORDS = (
    "SECRET",
    "TOKEN",
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "CREDENTIAL",
    "PRIVATE",
    "APIKEY",
    "API_KEY",
    "ACCESS_KEY",
    "DSN",
)
SECRET_ENDS = ("_KEY", "_PASS", "_PWD")
HIDDEN = "••••"
AUTOSCALING = "autoscaling.knative.dev/"
_LOGIN = re.compile(r"://[^/\s:@]*:[^/\s@]+@")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference that a person should see: `before` is None for what is new, `after` None for what goes."""

    what: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class TemplateEdit:
    """What a deploy names; everything that is None or empty is kept as it is.

    `env` and `annotations` map a name to its new value, or to None to remove it. `env_from` maps a variable's name to
    ("secret" | "config-map", object, key). `resources` maps "cpu" or "memory" to a quantity, set as request and limit.
    """

    image: str | None = None
    env: tuple[tuple[str, str | None], ...] = ()
    env_from: tuple[tuple[str, str, str, str], ...] = ()
    annotations: tuple[tuple[str, str | None], ...] = ()
    port: int | None = None
    concurrency: int | None = None
    resources: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return self != TemplateEdit()


def edit(document: str | None, wish: TemplateEdit) -> str:
    """Return the template after `wish`, as canonical JSON text; `document` None stands for a new Service.

    A name that the template carries (spec.template.metadata.name) is dropped when anything changes: Knative refuses a
    changed template under an old name ("Saw the following changes without a name change").
    """
    template: dict[str, Any] = json.loads(document) if document else {"spec": {"containers": [{}]}}
    before = canonical(template)
    spec = _within(template, "spec")
    container = _serving_container(spec.setdefault("containers", [{}]))
    if wish.image is not None:
        container["image"] = wish.image
    if wish.env or wish.env_from:
        _edit_env(container, wish)
    if wish.port is not None:
        kept = container.get("ports") or [{}]
        container["ports"] = [{**kept[0], "containerPort": wish.port}]
    if wish.concurrency is not None:
        spec["containerConcurrency"] = wish.concurrency
    for name, quantity in wish.resources:
        for bound in ("requests", "limits"):
            _within(_within(container, "resources"), bound)[name] = quantity
    if wish.annotations:
        metadata = _within(template, "metadata")
        metadata["annotations"] = _merged(metadata.get("annotations") or {}, wish.annotations)
        if not metadata["annotations"]:
            del metadata["annotations"]
    if canonical(template) != before and template.get("metadata"):
        template["metadata"].pop("name", None)
    return canonical(template)


def image(spec: dict[str, Any]) -> str:
    """Return the image of the container that serves, of a template's or Revision's spec."""
    containers = spec.get("containers") or [{}]
    return str(_serving_container(containers).get("image", ""))


def environment(spec: dict[str, Any]) -> dict[str, str]:
    """Return what a person may see of the environment of the serving container: name → value, secrets hidden."""
    containers = spec.get("containers") or [{}]
    return {entry["name"]: _shown(entry) for entry in _serving_container(containers).get("env") or []}


def differences(before: str | None, after: str) -> tuple[Change, ...]:
    """Return what a deploy changes, in words, with secret values hidden even when they differ."""
    old: dict[str, Any] = json.loads(before) if before else {}
    new: dict[str, Any] = json.loads(after)
    old_facts, new_facts = _facts(old), _facts(new)
    found = []
    for what in [*old_facts, *(key for key in new_facts if key not in old_facts)]:
        was, now = old_facts.get(what), new_facts.get(what)
        if was != now:
            found.append(Change(what, was[0] if was else None, now[0] if now else None))
    return tuple(found)


def secret(name: str, value: str = "") -> bool:
    """Whether a value is hidden from people and logs: by the name of its variable, or as an address with a password."""
    upper = name.upper().replace("-", "_")
    return any(word in upper for word in SECRET_WORDS) or upper.endswith(SECRET_ENDS) or bool(_LOGIN.search(value))


def merge_patch(before: Any, after: Any) -> Any:
    """Return the JSON merge patch that turns `before` into `after` (RFC 7386): removed keys become null."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return after
    patch: dict[str, Any] = {key: None for key in before if key not in after}
    for key, value in after.items():
        if key not in before:
            patch[key] = value
        elif canonical(before[key]) != canonical(value):  # in Python 1 equals true
            patch[key] = merge_patch(before[key], value)
    return patch


def canonical(document: Any) -> str:
    """Return JSON text that is the same for the same document: keys sorted, no blanks."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _within(parent: dict[str, Any], key: str) -> dict[str, Any]:
    """Return the object under `key`, made where there is none; null is none, as Go's encoder writes it."""
    if parent.get(key) is None:
        parent[key] = {}
    child: dict[str, Any] = parent[key]
    return child


def _serving_container(containers: list[dict[str, Any]]) -> dict[str, Any]:
    """Of several containers the one with ports serves (Knative's rule); a single one needs none."""
    return next((container for container in containers if container.get("ports")), containers[0])


def _merged(old: dict[str, str], wish: tuple[tuple[str, str | None], ...]) -> dict[str, str]:
    merged = dict(old)
    for name, value in wish:
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = value
    return merged


def _edit_env(container: dict[str, Any], wish: TemplateEdit) -> None:
    entries: dict[str, dict[str, Any]] = {entry["name"]: entry for entry in container.get("env") or []}
    for name, value in wish.env:
        if value is None:
            entries.pop(name, None)
        else:
            entries[name] = {"name": name, "value": value}
    for name, kind, source, key in wish.env_from:
        reference = "secretKeyRef" if kind == "secret" else "configMapKeyRef"
        entries[name] = {"name": name, "valueFrom": {reference: {"name": source, "key": key}}}
    if entries:
        container["env"] = list(entries.values())
    else:
        container.pop("env", None)


def _shown(entry: dict[str, Any]) -> str:
    source = entry.get("valueFrom") or {}
    for reference, word in (("secretKeyRef", "secret"), ("configMapKeyRef", "config map")):
        if reference in source:
            return f"{word} {source[reference].get('name')}/{source[reference].get('key')}"
    if source:
        return f"from {next(iter(source))}"
    return HIDDEN if secret(entry["name"], str(entry.get("value", ""))) else str(entry.get("value", ""))


def _facts(template: dict[str, Any]) -> dict[str, tuple[str, Any]]:
    """Map each visible fact to (how it is shown, what it is): two hidden values can differ while shown the same."""
    spec = template.get("spec") or {}
    if not spec.get("containers"):
        return {}
    container = _serving_container(spec["containers"])
    facts: dict[str, tuple[str, Any]] = {"image": (container.get("image", ""), container.get("image"))}
    for entry in container.get("env") or []:
        facts[f"env {entry['name']}"] = (_shown(entry), entry)
    for key, value in ((template.get("metadata") or {}).get("annotations") or {}).items():
        what = key.removeprefix(AUTOSCALING) if key.startswith(AUTOSCALING) else f"annotation {key}"
        facts[what] = (HIDDEN if secret(key, value) else value, value)
    if spec.get("containerConcurrency"):
        facts["concurrency"] = (str(spec["containerConcurrency"]), spec["containerConcurrency"])
    for port in container.get("ports") or []:
        facts["port"] = (str(port.get("containerPort")), port)
    for bound, quantities in (container.get("resources") or {}).items():
        for name, quantity in (quantities or {}).items():
            facts[f"{name} {bound.removesuffix('s')}"] = (str(quantity), quantity)
    return facts
