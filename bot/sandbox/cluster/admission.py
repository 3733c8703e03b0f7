"""Everything between a decoded request and storage: names, defaults, webhooks, in the API server's order.

The order shows in the answers: a bad name is refused before any webhook warns, a duplicate only after, a stale
version before both.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from bot.sandbox.cluster import configmaps, validation
from bot.sandbox.cluster.controllers.hosts import SYSTEM_NAMESPACE
from bot.sandbox.cluster.decoding import misfit_of
from bot.sandbox.cluster.defaulting import defaulted
from bot.sandbox.cluster.failures import (
    Cause,
    Failure,
    already_exists,
    bad_request,
    denied,
    invalid,
    not_found,
    object_too_large,
)
from bot.sandbox.cluster.kinds import CONFIG_MAP, NAMESPACE
from bot.sandbox.cluster.metadata import DNS_1123, NOT_DNS_1123, causes_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.sandbox.cluster.kinds import JSON, Kind
    from bot.sandbox.cluster.objects import Objects

WEBHOOK, CONFIG_WEBHOOK = "validation.webhook.serving.knative.dev", "config.webhook.serving.knative.dev"
DEFAULTING_WEBHOOK = "webhook.serving.knative.dev"
DNS_1123_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
NOT_DNS_1123_LABEL = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    f"an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '{DNS_1123_LABEL}')"
)
CUSTOM_LOOKS, BUILT_IN_LOOKS = 3, 4
"""How often an API server looks at an object's metadata that is changed, and names each cause."""
FREE_NAMES = "rbac.authorization.k8s.io"  # its names may be any path segment, `system:node` for one


class Warned(Exception):
    def __init__(self, failure: Failure, warnings: list[str]) -> None:
        super().__init__(str(failure))
        self.failure = failure
        self.warnings = warnings


class Admission:
    """Writes as a user: returns the stored (or with `dry_run` the would-be) object and the webhooks' warnings."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def create(self, kind: Kind, obj: JSON, user: str, *, dry_run: bool) -> tuple[JSON, list[str]]:
        """Raises Failure, or Warned when a webhook had spoken before the refusal."""
        new = self._objects.new(kind, obj)
        new = _defaulted(kind, new, None, user)
        name, namespace = new["metadata"].get("name", ""), new["metadata"].get("namespace", "")
        if causes := [*_name_causes(kind, name), *causes_of(new["metadata"])]:
            raise invalid(kind, name, causes)
        if namespace and self._objects.get(NAMESPACE, "", namespace) is None:
            raise not_found(NAMESPACE, namespace)
        warnings = self._validate(kind, new, None)
        if self._objects.get(kind, namespace, name):
            raise Warned(already_exists(kind, name), warnings)
        if not dry_run:
            _require_storable(new, warnings)
        return (new if dry_run else self._objects.storage.put(kind, new).object), warnings

    def update(
        self, kind: Kind, before: JSON, obj: JSON, user: str, *, status: bool = False, dry_run: bool = False
    ) -> tuple[JSON, list[str]]:
        """Write `obj` over `before`; the conditional fields of `obj` are checked first."""
        if obj["metadata"].get("name", before["metadata"]["name"]) != before["metadata"]["name"]:
            raise bad_request("the name of the object does not match the name on the URL")
        after = self._objects.changed(kind, before, obj, status=status)
        warnings: list[str] = []
        if not status:
            after = _defaulted(kind, after, before, user)
            after = self._objects.changed(kind, before, after)
            if causes := causes_of(after["metadata"]):
                looks = CUSTOM_LOOKS if kind.custom else BUILT_IN_LOOKS
                raise invalid(kind, before["metadata"]["name"], causes * looks)
            warnings = self._validate(kind, after, before)
        if not dry_run:
            _require_storable(after, warnings)
        return (after if dry_run else self._objects.replace(kind, after, status=status)), warnings

    def _validate(self, kind: Kind, obj: JSON, before: JSON | None) -> list[str]:
        warnings = validation.warnings_of(kind, obj)
        if problems := validation.problems_of(kind, obj, before):
            raise Warned(_refused(WEBHOOK, problems), warnings)
        if problems := configmaps.problems_of(obj) if _is_configuration(kind, obj) else []:
            raise _refused(CONFIG_WEBHOOK, problems)
        return warnings


def _is_configuration(kind: Kind, obj: JSON) -> bool:
    return kind is CONFIG_MAP and obj["metadata"].get("namespace") == SYSTEM_NAMESPACE


def _defaulted(kind: Kind, obj: JSON, before: JSON | None, user: str) -> JSON:
    if words := misfit_of(kind, obj):
        raise denied(DEFAULTING_WEBHOOK, f"mutation failed: cannot decode incoming new object: {words}")
    return defaulted(kind, obj, before, user)


def _refused(webhook: str, problems: Sequence[str]) -> Failure:
    return denied(webhook, "validation failed: " + "\n".join(problems))


def _name_causes(kind: Kind, name: str) -> Iterator[Cause]:
    if not name:
        yield Cause("metadata.name", "Required value: name or generateName is required", "FieldValueRequired")
    elif kind.group != FREE_NAMES:
        label = kind is NAMESPACE
        pattern, words = (DNS_1123_LABEL, NOT_DNS_1123_LABEL) if label else (DNS_1123, NOT_DNS_1123)
        if not re.fullmatch(pattern, name) or len(name) > 253:
            yield Cause("metadata.name", f'Invalid value: "{name}": {words}')


def _require_storable(obj: JSON, warnings: list[str]) -> None:
    if failure := object_too_large(len(msgspec.json.encode(obj))):
        raise Warned(failure, warnings)
